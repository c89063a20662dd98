//! An answer of the API before it is bytes.

use serde_json::{Value, json};

use crate::{blob::Blob, error::ApiError, id::RecordId};

/// Status, body, and the headers that belong to it.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content: Content,
    pub(crate) headers: Vec<(&'static str, String)>,
}

#[derive(Clone)]
pub(crate) enum Content {
    Empty,
    Json(Value),
    Blob(Blob),
    /// A text and its media type.
    Text(&'static str, String),
}

impl Answer {
    pub(crate) fn new(status: u16, content: Content) -> Self {
        Self { status, content, headers: Vec::new() }
    }

    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self::new(status, Content::Json(body))
    }

    pub(crate) fn html(status: u16, page: impl Into<String>) -> Self {
        Self::new(status, Content::Text("text/html;charset=UTF-8", page.into()))
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, Content::Empty)
    }

    pub(crate) fn done() -> Self {
        Self::empty(204)
    }

    pub(super) fn blob(blob: Blob) -> Self {
        Self::new(200, Content::Blob(blob))
    }

    pub(super) fn created(id: RecordId, location: String) -> Self {
        let body = json!({ "id": id.to_string(), "success": true, "errors": [] });
        Self::json(201, body).header("location", location)
    }

    /// The answer to a platform event, which is on its way and has no record.
    pub(super) fn enqueued(id: RecordId, location: String) -> Self {
        let noise: String = std::iter::repeat_with(|| fastrand::digit(16)).take(32).collect();
        let uuid = [&noise[..8], &noise[8..12], &noise[12..16], &noise[16..20], &noise[20..]].join("-");
        let entry = json!({ "statusCode": "OPERATION_ENQUEUED", "message": uuid, "fields": [] });
        let body = json!({ "id": id.to_string(), "success": true, "errors": [entry] });
        Self::json(201, body).header("location", location)
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<&ApiError> for Answer {
    fn from(error: &ApiError) -> Self {
        Self::json(error.status(), error.body())
    }
}
