//! `Response`: one answer as a pure value, read without I/O.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::Deserializer;
use serde_json::de::Read;
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, Result, classify};
use crate::request::{Idempotence, Request};
use crate::retry::retry_after;
use crate::usage::ApiUsage;

/// One successful answer.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// The instance that answered; links to further pages must stay there.
    pub(crate) origin: Arc<str>,
    pub(crate) headers: HeaderMap,
    /// What was asked, without data; empty for a part of another answer.
    pub(crate) template: Cow<'static, str>,
    /// Whether an earlier attempt of the same call may have been applied.
    pub(crate) repeated: bool,
    /// What it took to get it.
    pub(crate) run: Run,
}

/// What it took to get an answer, the waits included.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl Run {
    /// Notes it in the error of an answer that was not understood.
    pub(crate) fn blame(self, error: Error) -> Error {
        if error.attempts() > 0 { error } else { error.with_run(self.attempts, self.elapsed, false) }
    }
}

impl Response {
    /// An answer without headers: a part of another one.
    pub(crate) fn of(status: StatusCode, body: Bytes, origin: &Arc<str>) -> Self {
        Self {
            status,
            body,
            origin: Arc::clone(origin),
            headers: HeaderMap::new(),
            template: Cow::Borrowed(""),
            repeated: false,
            run: Run::default(),
        }
    }

    /// The answer, or the error it tells of.
    pub(crate) fn read(answer: http::Response<Bytes>, origin: &Arc<str>) -> Result<Self> {
        let (parts, body) = answer.into_parts();
        // Only who asks "if it was changed" gets 304.
        if parts.status.is_success() || parts.status == StatusCode::NOT_MODIFIED {
            return Ok(Self { headers: parts.headers, ..Self::of(parts.status, body, origin) });
        }
        Err(classify::answer(parts.status, &body).with_retry_after(retry_after(&parts.headers)))
    }

    /// As [`Self::read`], for a request: by whom it is answered decides what a strange answer means.
    pub(crate) fn answering(
        request: &Request,
        answer: http::Response<Bytes>,
        origin: &Arc<str>,
    ) -> Result<Self> {
        let status = answer.status();
        if request.by_code {
            if status.is_success() {
                return Self::read(answer, origin);
            }
            let (parts, body) = answer.into_parts();
            let error = classify::answer_of_code(status, &body);
            return Err(error.with_retry_after(retry_after(&parts.headers)));
        }
        // What comes is JSON; a page was given by something before the org, and passes. So was nothing in
        // answer to a read.
        let is_read = request.method == Method::GET || request.packed;
        if matches!(status, StatusCode::OK | StatusCode::CREATED)
            && request.idempotence != Idempotence::Creates
            && let Some(error) = classify::hollow(status, answer.body(), is_read)
        {
            return Err(error);
        }
        let response = Self::read(answer, origin)?;
        if request.packed { response.unpack() } else { Ok(response) }
    }

    /// The answer to the one part of a composite request that only carried it.
    pub(crate) fn unpack(self) -> Result<Self> {
        let [part] = <[Part; 1]>::try_from(self.json::<Parts>()?.composite_response)
            .map_err(|_| Error::new(ErrorKind::Decode, "the composite answer does not have one part"))?;
        let (status, body) = part.read()?;
        if status.is_success() {
            Ok(Self { status, body, ..self })
        } else {
            Err(classify::answer(status, &body))
        }
    }

    /// When the org answered, by its own clock.
    pub(crate) fn date(&self) -> Option<Timestamp> {
        let date = self.headers.get(header::DATE)?.to_str().ok()?;
        Some(jiff::fmt::rfc2822::parse(date).ok()?.timestamp())
    }

    /// The body as `T`.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        self.json_by(PhantomData)
    }

    /// The body as a seed reads it.
    pub(crate) fn json_by<'de, S: DeserializeSeed<'de>>(&'de self, seed: S) -> Result<S::Value> {
        decode_by(&self.body, seed).map_err(|error| self.blame(error.with_status(self.status)))
    }

    /// Notes in an error of this answer what was asked, and how often.
    pub(crate) fn blame(&self, error: Error) -> Error {
        let error = self.run.blame(error);
        if self.template.is_empty() { error } else { error.with_request(&self.template) }
    }
}

/// The answers to a composite request as they come.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parts {
    pub(crate) composite_response: Vec<Part>,
}

/// The answer to one part.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Part {
    pub(crate) reference_id: String,
    http_status_code: u16,
    #[serde(default)]
    body: Option<Box<RawValue>>,
}

impl Part {
    pub(crate) fn read(&self) -> Result<(StatusCode, Bytes)> {
        part(self.http_status_code, self.body.as_deref())
    }
}

/// Status and body of a part of a larger answer.
pub(crate) fn part(status: u16, body: Option<&RawValue>) -> Result<(StatusCode, Bytes)> {
    let status = StatusCode::from_u16(status)
        .map_err(|_| Error::new(ErrorKind::Decode, "a part of the answer has no valid status"))?;
    Ok((status, body.map(|raw| Bytes::copy_from_slice(raw.get().as_bytes())).unwrap_or_default()))
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Reads JSON. The parser's sentence can quote the data, so only the place is told.
pub(crate) fn decode<T: DeserializeOwned>(body: &Bytes) -> Result<T> {
    decode_by(body, PhantomData)
}

fn decode_by<'de, S: DeserializeSeed<'de>>(body: &'de Bytes, seed: S) -> Result<S::Value> {
    // Text that is known to be UTF-8 as a whole is not looked at again string by string.
    let read = match std::str::from_utf8(body) {
        Ok(text) => whole(Deserializer::from_str(text), seed),
        Err(_) => whole(Deserializer::from_slice(body), seed),
    };
    read.map_err(|fault| {
        let what = match fault.classify() {
            serde_json::error::Category::Data => "does not fit the expected type",
            _ => "is not JSON",
        };
        let at = (fault.line(), fault.column());
        Error::described(ErrorKind::Decode, format!("the org's answer {what}, line {} column {}", at.0, at.1))
            .with_excerpt(body)
    })
}

/// One value, with nothing after it.
fn whole<'de, R: Read<'de>, S: DeserializeSeed<'de>>(
    mut json: Deserializer<R>,
    seed: S,
) -> serde_json::Result<S::Value> {
    let value = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

/// What the limits header says, when it is there.
pub(crate) fn usage(headers: &HeaderMap) -> Option<ApiUsage> {
    ApiUsage::parse(headers.get("sforce-limit-info")?.to_str().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decode_error_tells_the_place_and_not_the_data() {
        let body = Bytes::from_static(br#"{"id": "+14155550142"}"#);
        let error = decode::<std::collections::BTreeMap<String, u32>>(&body).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("line 1 column"));
        assert!(!format!("{error} {error:?}").contains("4155550142"));
        assert_eq!(error.body_excerpt(), Some(body.as_ref()));
    }

    #[test]
    fn a_body_that_is_no_text_is_read_as_far_as_it_is_asked_for() {
        #[derive(Deserialize)]
        struct Row {
            id: u32,
        }
        let body = Bytes::from_static(b"{\"other\": \"\xff\", \"id\": 1}");

        assert_eq!(decode::<Row>(&body).unwrap().id, 1);
        assert_eq!(decode::<serde_json::Value>(&body).unwrap_err().kind(), ErrorKind::Decode);
    }

    #[test]
    fn a_proxys_page_is_an_error_with_an_excerpt() {
        let answer = http::Response::builder()
            .status(502)
            .body(Bytes::from_static(b"<html><h1>Bad Gateway</h1></html>"))
            .unwrap();
        let error = Response::read(answer, &"https://acme.my.salesforce.com".into()).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.body_excerpt().is_some_and(|body| body.starts_with(b"<html>")));
    }
}
