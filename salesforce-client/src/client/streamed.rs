//! One attempt whose bodies pass through piece by piece.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tokio::time::{Instant, timeout_at};

use super::Client;
use super::exchange::{Exchange, Failed, lost};
use crate::error::{Error, ErrorKind, Result, classify};
use crate::gate::Passage;
use crate::request::Request;
use crate::response::{Response, Run, usage};
use crate::transport::{BodySource, BodyStream};

/// More than this of a refusal is not read.
const LONGEST_REFUSAL: usize = 64 << 10;

/// A good answer whose body is still to be read.
pub(crate) struct Opened {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: BodyStream,
    pub(crate) origin: Arc<str>,
    template: Cow<'static, str>,
    run: Run,
}

impl Opened {
    /// What it took to get it.
    pub(crate) fn run(&self) -> Run {
        self.run
    }

    /// The whole of a small body.
    pub(crate) async fn read(self) -> Result<Response> {
        let body = read(self.body).await?;
        let Self { headers, template, run, .. } = self;
        Ok(Response { headers, template, run, ..Response::of(self.status, body, &self.origin) })
    }
}

/// Bodies piece by piece.
pub(super) struct Streamed<'a>(pub(super) Option<&'a BodySource>);

impl Exchange for Streamed<'_> {
    type Answer = Opened;

    async fn attempt(&self, client: &Client, request: &Request, deadline: Instant) -> Result<Opened, Failed> {
        let token = client.token(deadline).await?;
        let _permit = client.permit(deadline).await?;
        let mut passage = Passage::through(client.gate.as_ref())?;
        let body = self.0.map_or_else(|| BodyStream::whole(Bytes::new()), BodySource::open);
        let length = body.length();
        let asks_for_rows = request.headers.contains(&CSV);
        let mut request = client.address(request, &token, body)?;
        if let (Some(length), Some(_)) = (length, self.0) {
            request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        }
        let answer = timeout_at(deadline, client.inner.transport.attempt_streamed(request)).await;
        let answer = answer
            .map_err(|_| Error::new(ErrorKind::Deadline, "the deadline was over before the answer came"))?;
        let (parts, body) = answer.map_err(lost)?.into_parts();
        let usage = usage(&parts.headers);
        passage.told(usage);
        if let Some(usage) = usage {
            client.inner.usage.note(usage);
        }
        if parts.status.is_success() && is_a_page(asks_for_rows, &parts.headers) {
            let body = timeout_at(deadline, read(body)).await.unwrap_or_else(|_| Ok(Bytes::new()))?;
            let error = classify::in_place_of_rows(parts.status, &body);
            return Err(Failed { error, token: Some(token) });
        }
        if parts.status.is_success() {
            let origin = Arc::clone(token.origin());
            let body = body.patient(client.inner.idle_timeout);
            return Ok(Opened {
                status: parts.status,
                headers: parts.headers,
                body,
                origin,
                template: Cow::Borrowed(""),
                run: Run::default(),
            });
        }
        let body = timeout_at(deadline, read(body)).await.unwrap_or_else(|_| Ok(Bytes::new()))?;
        let refused = Response::read(http::Response::from_parts(parts, body), token.origin());
        let error = refused.err().unwrap_or_else(|| {
            Error::new(ErrorKind::Decode, "the org answers that nothing changed, which was not asked")
        });
        passage.failed(&error);
        Err(Failed { error, token: Some(token) })
    }

    fn status(answer: &Opened) -> StatusCode {
        answer.status
    }

    fn of(request: &Request, answer: Opened, run: Run, _repeated: bool) -> Opened {
        Opened { template: request.template.clone(), run, ..answer }
    }
}

/// What a request for rows says of them.
const CSV: (HeaderName, HeaderValue) = (header::ACCEPT, HeaderValue::from_static("text/csv"));

/// Whether a page came where rows were asked for.
fn is_a_page(asked_for_rows: bool, headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    asked_for_rows && kind.is_some_and(|kind| kind.starts_with(b"text/html"))
}

async fn read(mut body: BodyStream) -> Result<Bytes> {
    let mut whole = BytesMut::new();
    while let Some(piece) = body.next().await {
        whole.extend_from_slice(&piece.map_err(cut)?);
        if whole.len() > LONGEST_REFUSAL {
            break;
        }
    }
    Ok(whole.freeze())
}

/// The connection was lost inside a body.
pub(crate) fn cut(error: std::io::Error) -> Error {
    let hint = match error.kind() {
        std::io::ErrorKind::TimedOut => "the answer stood still on its way for too long, and was given up",
        _ => "the connection was cut inside the answer",
    };
    Error::new(ErrorKind::Transport, hint).with_source(error)
}
