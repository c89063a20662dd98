//! An answer as bytes, with the headers that come with it.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use crate::{
    blob::Blob,
    http::{Answer, Content},
    number,
};

/// Makes the response to the request with this number; `usage` goes with answers of the API alone.
pub(super) fn response(answer: Answer, seq: u64, usage: Option<(u64, u64)>) -> Response<Blob> {
    let (bytes, kind) = match answer.content {
        Content::Empty => (memory(String::new()), None),
        Content::Json(body) => (memory(number::json(&body)), Some("application/json;charset=UTF-8")),
        Content::Blob(blob) => (blob, Some("application/octetstream")),
        Content::Text(kind, text) => (memory(text), Some(kind)),
    };
    let mut response = Response::new(bytes);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(kind) = kind {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in &answer.headers {
        put(headers, name, value);
    }
    put(headers, "x-sfdc-request-id", &format!("{seq:032x}"));
    if let Some((used, allowed)) = usage {
        put(headers, "sforce-limit-info", &format!("api-usage={used}/{allowed}"));
    }
    response
}

fn memory(text: String) -> Blob {
    Blob::Memory(Bytes::from(text))
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    // A value that no header can hold, such as a redirect with a line break in it, is left out.
    let Ok(value) = HeaderValue::from_str(value) else { return };
    if name == header::SET_COOKIE.as_str() {
        headers.append(name, value);
    } else {
        headers.insert(name, value);
    }
}
