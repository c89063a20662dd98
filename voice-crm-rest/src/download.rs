//! Reading something long as it comes in.

use std::{
    fmt,
    future::IntoFuture,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, header};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};
use url::Url;

use crate::{
    Client, Error, ErrorKind, Operation, Request, Result, Service,
    client::{Attempt, Failure, after},
    transport::Body,
};

/// Something to be downloaded; await it for the [`Media`].
///
/// The deadline is for the head of the answer. The errors are those every request has;
/// [`NotFound`](ErrorKind::NotFound) also while it is not ready yet, and [`Unexpected`](ErrorKind::Unexpected) when it is
/// kept at a host that was not named.
#[must_use = "nothing is sent until this is awaited"]
pub struct Download<S: Service> {
    client: Client<S>,
    request: Request,
    storage: Vec<String>,
    patience: Duration,
}

impl<S: Service> Download<S> {
    pub(crate) fn new(client: Client<S>, request: Request) -> Self {
        Self { client, request, storage: Vec::new(), patience: Duration::ZERO }
    }

    /// A host of our own storage, such as `bucket.s3.amazonaws.com`, to which the service may send us on. The way there is
    /// gone by `https` alone, and without the credentials. No host unless set.
    pub fn storage_host(mut self, host: impl Into<String>) -> Self {
        self.storage.push(host.into());
        self
    }

    /// Asks again for so long when it is not there yet.
    pub fn wait_until_ready(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    async fn open(self) -> Result<Media<S>, S> {
        let ready_by = after(self.patience);
        let deadline = self.client.patient_deadline(self.patience);
        let mut request = self.request;
        for _ in 0..=MOST_REDIRECTS {
            let attempt = |attempt| head(&self.client, &request, attempt, ready_by);
            let done = self.client.repeat(&request, deadline, attempt).await?;
            let (answer, slot) = done.answer;
            if !answer.status().is_redirection() {
                return Ok(Media::new(request.operation(), answer, slot));
            }
            let Some(next) = elsewhere(answer.headers(), &self.storage) else {
                let error = Error::new(ErrorKind::Unexpected, request.operation());
                let error =
                    error.answered(answer.status(), answer.headers()).after(done.attempts, done.elapsed);
                return Err(error.caused_by("it is kept at a host that was not named"));
            };
            request = request.to(next).anonymous();
        }
        Err(Error::new(ErrorKind::Unexpected, request.operation()).caused_by("it leads round in circles"))
    }
}

async fn head<S: Service>(
    client: &Client<S>,
    request: &Request,
    attempt: Attempt,
    ready_by: Instant,
) -> std::result::Result<(http::Response<Body>, OwnedSemaphorePermit), Failure<S>> {
    match client.head(request, attempt.wire, attempt.until, true).await {
        Ok(answer) => Ok((answer, attempt.slot)),
        Err(failure) if failure.error.kind() == ErrorKind::NotFound && Instant::now() < ready_by => {
            Err(failure.coming())
        }
        Err(failure) => Err(failure),
    }
}

/// Where a redirect leads: by `https`, to one of these hosts, and without credentials. None if it leads anywhere else.
fn elsewhere(headers: &HeaderMap, hosts: &[String]) -> Option<Url> {
    let url: Url = headers.get(header::LOCATION)?.to_str().ok()?.parse().ok()?;
    let named = url.host_str().is_some_and(|host| hosts.iter().any(|known| known.eq_ignore_ascii_case(host)));
    let plain = url.scheme() == "https" && url.port().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    (named && plain && anonymous).then_some(url)
}

impl<S: Service> IntoFuture for Download<S> {
    type Output = Result<Media<S>, S>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.open())
    }
}

impl<S: Service> fmt::Debug for Download<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("request", &self.request).finish_non_exhaustive()
    }
}

/// Something long, as it comes in: a stream of bytes, of which none is kept.
#[must_use = "nothing is read until it is asked for"]
pub struct Media<S> {
    operation: Operation,
    content_type: Option<String>,
    length: Option<u64>,
    body: Body,
    _slot: OwnedSemaphorePermit,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> Media<S> {
    fn new(operation: Operation, answer: http::Response<Body>, slot: OwnedSemaphorePermit) -> Self {
        let header = |name| answer.headers().get(name)?.to_str().ok();
        Self {
            operation,
            content_type: header(header::CONTENT_TYPE).map(str::to_owned),
            length: header(header::CONTENT_LENGTH).and_then(|text| text.parse().ok()),
            body: answer.into_body(),
            _slot: slot,
            service: PhantomData,
        }
    }

    /// The media type, such as `audio/x-wav`.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// How many bytes it has, if that is known before.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// [`Network`](ErrorKind::Network) when the connection broke: what came before it is not the whole.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, S> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await.transpose()
    }
}

impl<S: Service> Stream for Media<S> {
    type Item = Result<Bytes, S>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let operation = self.operation;
        let wrap = |error| Error::new(ErrorKind::Network, operation).caused_by(error);
        Pin::new(&mut self.body).poll_next(cx).map(|piece| piece.map(|piece| piece.map_err(wrap)))
    }
}

impl<S> fmt::Debug for Media<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Media")
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// A storage may send us on to another of its hosts, but not round in circles.
const MOST_REDIRECTS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_to_a_host_that_was_not_named_or_in_the_clear() {
        let sent_to = |location: &str| {
            let headers = [(header::LOCATION, location.parse().unwrap())].into_iter().collect();
            elsewhere(&headers, &["Bucket.s3.example.com".to_owned()])
        };
        for foreign in [
            "https://evil.example/a",
            "http://bucket.s3.example.com/a",
            "https://bucket.s3.example.com:8443/a",
            "https://user@bucket.s3.example.com/a",
            "https://bucket.s3.example.com.evil.example/a",
            "https://evil.example/?bucket.s3.example.com",
            "//bucket.s3.example.com/a",
            "/a",
            "",
        ] {
            assert!(sent_to(foreign).is_none(), "{foreign}");
        }
        let there = sent_to("https://bucket.s3.example.com/a?X=1").unwrap();
        assert_eq!(there.as_str(), "https://bucket.s3.example.com/a?X=1");
    }
}
