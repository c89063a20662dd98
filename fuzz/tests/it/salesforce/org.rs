//! An org that answers what it is told to.

use std::{
    collections::VecDeque,
    future::Future,
    io,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderName, HeaderValue, Request, Response};
use salesforce_client::{
    Client, LoginHost, SecretString,
    auth::{AccessToken, FixedToken},
    transport::{BodyStream, Reached, Transport, TransportError},
};

/// One answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    /// Bytes of each piece in which the body comes.
    pub(crate) piece: usize,
}

/// Gives its answers one after the other, and then none.
#[derive(Debug, Default)]
struct Org(Mutex<VecDeque<Answer>>);

impl Org {
    fn next<B>(&self, body: impl FnOnce(&Answer) -> B) -> Result<Response<B>, TransportError> {
        let over = || TransportError::new(Reached::NotSent, "the org has no more answers").permanent();
        let answer = self.0.lock().unwrap().pop_front().ok_or_else(over)?;
        let mut response = Response::new(body(&answer));
        *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap();
        response.headers_mut().extend(answer.headers);
        Ok(response)
    }
}

#[async_trait]
impl Transport for Org {
    async fn attempt(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.next(|answer| answer.body.clone())
    }

    async fn attempt_streamed(&self, _: Request<BodyStream>) -> Result<Response<BodyStream>, TransportError> {
        self.next(|answer| {
            let pieces: Vec<io::Result<Bytes>> = answer
                .body
                .chunks(answer.piece.max(1))
                .map(|piece| Ok(Bytes::copy_from_slice(piece)))
                .collect();
            BodyStream::new(stream::iter(pieces), None)
        })
    }
}

/// A client of an org that gives these answers.
pub(crate) fn client(answers: impl IntoIterator<Item = Answer>) -> Client {
    let host = LoginHost::parse("https://acme.my.salesforce.com").unwrap();
    let token = AccessToken::new(SecretString::from("canary-token-77aa"), host.as_url().clone()).unwrap();
    Client::builder(host)
        .token_provider(Arc::new(FixedToken::new(token)))
        .transport(Arc::new(Org(Mutex::new(answers.into_iter().collect()))))
        .build()
        .unwrap()
}

/// Runs to the end in a time that stands still: waits are over at once.
pub(crate) fn run<T>(act: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(act))
}
