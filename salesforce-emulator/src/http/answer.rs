//! An answer of the API before it is bytes.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{error::ApiError, id::RecordId};

/// Status, body, and where a new record is.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content: Content,
    pub(crate) location: Option<String>,
}

#[derive(Clone)]
pub(crate) enum Content {
    Empty,
    Json(Value),
    Bytes(Bytes),
    Html(&'static str),
}

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, content: Content::Json(body), location: None }
    }

    pub(crate) fn empty() -> Self {
        Self { status: 204, content: Content::Empty, location: None }
    }

    pub(super) fn bytes(bytes: Bytes) -> Self {
        Self { status: 200, content: Content::Bytes(bytes), location: None }
    }

    pub(super) fn created(id: RecordId, location: String) -> Self {
        let body = json!({ "id": id.to_string(), "success": true, "errors": [] });
        Self { location: Some(location), ..Self::json(201, body) }
    }
}

impl From<&ApiError> for Answer {
    fn from(error: &ApiError) -> Self {
        Self::json(error.status(), error.body())
    }
}
