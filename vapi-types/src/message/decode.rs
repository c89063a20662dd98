//! From the body of a request to a message, and back.

use std::{borrow::Cow, cell::RefCell, str};

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::{Context, MAX_BODY, MAX_DEPTH, ServerMessage, ToolCalls, function_call, tool_calls};
use crate::{
    call::Call,
    error::{DecodeError, DecodeErrorKind},
    wire::{
        Entries, Envelope, Fields, Raw, Text, Trail, UnexpectedField, kind_of, nests_deeper_than,
        parse_object, without_lone_surrogates,
    },
};

impl ServerMessage {
    /// Decodes a request body.
    ///
    /// Verify the request first: this is the only look at the body before its contents are trusted.
    ///
    /// # Errors
    /// [`DecodeErrorKind::NotJson`], [`DecodeErrorKind::NoMessage`], [`DecodeErrorKind::TooLarge`],
    /// [`DecodeErrorKind::TooDeep`], and [`DecodeErrorKind::Field`] where `type` is no text or the list of
    /// tool calls is no list. Every other oddity is left aside, see [`ServerMessage::decode_with_unexpected_fields`].
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        Self::decode_with_unexpected_fields(body).map(|(message, _)| message)
    }

    /// Decodes a request body, and lists the fields that were not of the expected kind.
    ///
    /// Count them: a change of the platform shows here first.
    ///
    /// # Errors
    /// As [`ServerMessage::decode`].
    pub fn decode_with_unexpected_fields(body: &[u8]) -> Result<(Self, Vec<UnexpectedField>), DecodeError> {
        let body = without_lone_surrogates(bounded_text(body)?);
        let Some(entries) = envelope(&body)? else {
            return Err(DecodeError::new(DecodeErrorKind::NoMessage, "the body has no `message` object"));
        };
        let unexpected = RefCell::default();
        let mut fields = Fields::new(entries, Trail::root(&unexpected));
        let kind = kind(&fields)?;
        if kind == TOOL_CALLS {
            ToolCalls::check(&fields)?;
        }
        fields.mark_taken("type");
        let message = match Self::from_fields(&kind, &mut fields) {
            Some(message) => message,
            None => Self::Unknown { kind: kind.into_owned(), raw: whole_message(&body)? },
        };
        Ok((message, unexpected.into_inner()))
    }

    /// The request body that carries this message.
    ///
    /// # Errors
    /// Only if the message holds a number JSON cannot express.
    pub fn to_body(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Body { message: self })
    }

    /// What comes with every message, read now where the type is unknown; [`ServerMessage::context`] reads nothing.
    pub fn read_context(&self) -> Cow<'_, Context> {
        match (self, self.context()) {
            (_, Some(context)) => Cow::Borrowed(context),
            (Self::Unknown { raw, .. }, None) => Cow::Owned(parse_object(raw.as_str()).unwrap_or_default()),
            (_, None) => Cow::Owned(Context::default()),
        }
    }

    /// The call the message belongs to, if it named one.
    pub fn call(&self) -> Option<&Call> {
        self.context()?.known_call()
    }
}

#[derive(Deserialize, Serialize)]
struct Body<T> {
    message: T,
}

fn bounded_text(body: &[u8]) -> Result<&str, DecodeError> {
    if body.len() > MAX_BODY {
        return Err(DecodeError::new(
            DecodeErrorKind::TooLarge,
            format!("the body is over {MAX_BODY} bytes"),
        ));
    }
    let body = str::from_utf8(body)
        .map_err(|_| DecodeError::new(DecodeErrorKind::NotJson, "the body is not text in UTF-8"))?;
    if nests_deeper_than(MAX_DEPTH, body) {
        let detail = format!("the body nests deeper than {MAX_DEPTH} levels");
        return Err(DecodeError::new(DecodeErrorKind::TooDeep, detail));
    }
    Ok(body)
}

fn envelope(body: &str) -> Result<Option<Entries<'_>>, DecodeError> {
    if body.trim_start().starts_with('{') {
        return serde_json::from_str(body)
            .map(|Envelope(message)| message)
            .map_err(|error| DecodeError::not_json(&error));
    }
    serde_json::from_str::<IgnoredAny>(body).map(|_| None).map_err(|error| DecodeError::not_json(&error))
}

/// The `type` of a message, inferred where tool calls came without one; empty if there is none.
fn kind<'a>(fields: &Fields<'a, '_>) -> Result<Cow<'a, str>, DecodeError> {
    if let Some(raw) = fields.peek("type") {
        return serde_json::from_str::<Text<'_>>(raw.get()).map(|Text(kind)| kind).map_err(|_| {
            let detail = format!("message.type: expected a string, found {}", kind_of(raw));
            DecodeError::new(DecodeErrorKind::Field, detail)
        });
    }
    let has = |key| fields.peek(key).is_some();
    let inferred = if tool_calls::LISTS.into_iter().any(has) {
        TOOL_CALLS
    } else if has(function_call::KEY) {
        FUNCTION_CALL
    } else {
        ""
    };
    Ok(Cow::Borrowed(inferred))
}

/// The message of a body as it stands there; read a second time, but only for types nobody knows.
fn whole_message(body: &str) -> Result<Raw, DecodeError> {
    let body: Body<&RawValue> = serde_json::from_str(body).map_err(|error| DecodeError::not_json(&error))?;
    Ok(Raw::new(body.message))
}

const TOOL_CALLS: &str = "tool-calls";
const FUNCTION_CALL: &str = "function-call";
