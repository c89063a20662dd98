//! The messages of the protocol: those sent, and those that come back.
//!
//! See \[Bayeux specification 1.0\].

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::advice::{Reconnect, reconnect};
use crate::error::{Error, ErrorKind, Limit, Result, document};

/// What a message is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Meta {
    Handshake,
    Subscribe,
    Connect,
    Disconnect,
}

impl Meta {
    pub(super) fn channel(self) -> &'static str {
        match self {
            Self::Handshake => "/meta/handshake",
            Self::Subscribe => "/meta/subscribe",
            Self::Connect => "/meta/connect",
            Self::Disconnect => "/meta/disconnect",
        }
    }

    fn named(channel: &str) -> Option<Self> {
        let all = [Self::Handshake, Self::Subscribe, Self::Connect, Self::Disconnect];
        all.into_iter().find(|meta| meta.channel() == channel)
    }
}

/// A message from the server.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub(super) channel: String,
    #[serde(default)]
    pub(super) successful: bool,
    #[serde(default)]
    pub(super) client_id: Option<String>,
    #[serde(default)]
    pub(super) subscription: Option<Value>,
    #[serde(default)]
    pub(super) error: Option<String>,
    #[serde(default)]
    pub(super) advice: Value,
    #[serde(default)]
    pub(super) ext: Value,
    #[serde(default)]
    pub(super) data: Option<Value>,
}

/// The messages of an answer; the error tells that it is something else.
pub(super) fn read(body: &Bytes) -> Result<Vec<Message>> {
    let messages = serde_json::from_slice::<Vec<Message>>(body);
    // Some servers answer a single message without the brackets.
    messages.or_else(|_| serde_json::from_slice::<Message>(body).map(|one| vec![one])).map_err(|_| {
        Error::new(ErrorKind::Decode, "the answer does not hold messages of the Streaming API")
            .with_excerpt(body)
    })
}

impl Message {
    /// What the message answers; nothing when it carries an event.
    pub(super) fn meta(&self) -> Option<Meta> {
        Meta::named(&self.channel)
    }

    pub(super) fn reconnect(&self) -> Option<Reconnect> {
        reconnect(&self.advice)
    }

    /// The code before the first colon, and the rest.
    fn fault(&self) -> (&str, &str) {
        let text = self.error.as_deref().unwrap_or_default();
        text.split_once(':').unwrap_or(("", text))
    }

    /// Why the org refused, which it tells apart from the denial itself.
    fn reason(&self) -> &str {
        self.ext["sfdc"]["failureReason"].as_str().unwrap_or_default()
    }

    /// Whether the server does not know the session, going by its words.
    pub(super) fn is_unknown_client(&self) -> bool {
        let (code, text) = self.fault();
        let text = text.to_ascii_lowercase();
        matches!(code, "401" | "402" | "403")
            && text.contains("unknown")
            && (text.contains("client") || text.contains("session"))
    }

    /// Whether the token was refused, going by the words.
    pub(super) fn is_unauthorized(&self) -> bool {
        self.reason().starts_with("401") || (self.fault().0 == "401" && !self.is_unknown_client())
    }

    /// Whether the position to go on from is not known.
    pub(super) fn is_unknown_position(&self) -> bool {
        let (code, text) = self.fault();
        code == "400" && text.to_ascii_lowercase().contains("replayid")
    }

    /// Whether as many listen as may at once, which passes.
    pub(super) fn is_crowded(&self) -> bool {
        [self.fault().1, self.reason()].into_iter().any(|text| limit(text) == Some(Limit::Concurrent))
    }

    /// The refusal as an error; the server's words are among its entries.
    pub(super) fn refusal(&self, hint: &'static str) -> Error {
        let (code, text) = self.fault();
        let message = if self.reason().is_empty() { text.trim_start_matches(':') } else { self.reason() };
        let limit = limit(message);
        let kind = match limit {
            _ if self.is_unauthorized() => ErrorKind::Authentication,
            Some(_) => ErrorKind::Limit,
            None => ErrorKind::Rejected,
        };
        let code =
            if code.is_empty() || !code.bytes().all(|b| b.is_ascii_digit()) { "REFUSED" } else { code };
        let entry = json!([{"errorCode": format!("BAYEUX_{code}"), "message": message}]).to_string();
        Error::new(kind, hint).with_entries(document::entries(entry.as_bytes()), 0).with_limit(limit)
    }
}

/// The limit that a refusal names.
fn limit(text: &str) -> Option<Limit> {
    let text = text.to_ascii_lowercase();
    let daily = text.contains("daily").then_some(Limit::Daily);
    text.contains("limit exceeded").then(|| daily.unwrap_or(Limit::Concurrent))
}

/// A message to send.
pub(super) fn message(meta: Meta, id: u64, client_id: Option<&str>, more: Value) -> Value {
    let mut message = json!({"channel": meta.channel(), "id": id.to_string()});
    if let Some(client_id) = client_id {
        message["clientId"] = Value::from(client_id);
    }
    if let (Value::Object(message), Value::Object(more)) = (&mut message, more) {
        message.extend(more);
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Message {
        read(&Bytes::copy_from_slice(text.as_bytes())).unwrap().remove(0)
    }

    #[test]
    fn the_same_trouble_is_known_in_the_words_of_three_servers() {
        for unknown in ["401:abc:Unknown client", "402::session_unknown", "403::Unknown client"] {
            let message = one(&format!(r#"[{{"channel":"/meta/connect","error":"{unknown}"}}]"#));
            assert!(message.is_unknown_client() && !message.is_unauthorized(), "{unknown}");
        }
        let ended = one(r#"{"channel":"/meta/connect","error":"401::Authentication invalid"}"#);
        assert!(ended.is_unauthorized());
        let denied = r#"{"channel":"/meta/handshake","error":"403::Handshake denied",
            "ext":{"sfdc":{"failureReason":"401::Authentication invalid"}}}"#;
        assert!(one(denied).is_unauthorized());
    }

    #[test]
    fn a_refusal_is_typed_and_does_not_show_the_servers_words() {
        let limit = one(
            r#"{"channel":"/meta/connect","error":"403::Organization total events daily limit exceeded"}"#,
        )
        .refusal("the org refuses");
        assert_eq!((limit.kind(), limit.limit()), (ErrorKind::Limit, Some(Limit::Daily)));
        let odd = one(r#"{"channel":"/meta/subscribe","error":"404::/topic/+14155550142"}"#)
            .refusal("no such channel");
        assert_eq!((odd.kind(), odd.code().unwrap().as_str()), (ErrorKind::Rejected, "BAYEUX_404"));
        assert!(!format!("{odd} {odd:?}").contains("4155550142"));
        assert_eq!(odd.entries()[0].message(), "/topic/+14155550142");
    }

    #[test]
    fn a_page_is_no_message() {
        for text in ["<html></html>", "{}", "[1]", ""] {
            assert!(read(&Bytes::copy_from_slice(text.as_bytes())).is_err(), "{text}");
        }
    }
}
