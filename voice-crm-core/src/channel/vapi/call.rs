//! The call that a message belongs to, as far as it tells.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use vapi_types::{Raw, call::CallKind, message::Context};

use crate::{
    call::{Call, Direction, Platform},
    caller::Caller,
    channel::tool_call::hashed_id,
    phone::Region,
    phrase::Language,
};

/// The call of a message.
///
/// Without an id of a call or a chat nothing ties a message to others; but the same message is still the same message.
pub(super) fn call(context: &Context, body: &Bytes, home: Region) -> Call {
    let id = id(context).unwrap_or_else(|| hash_of_message(body));
    let customer = context.caller();
    let kind = context.call.kind.as_ref().map(CallKind::as_str);
    let is_chat = context.call.id.is_none() && context.chat.is_some();
    // The number of a call from a browser, or of a chat, is whatever the browser or the server behind it says.
    let by_telephone = kind.is_none_or(|kind| kind.ends_with("PhoneCall")) && !is_chat;
    let number = customer.and_then(|customer| customer.number.as_deref().or(customer.sip_uri.as_deref()));
    // Whatever else a webhook says of the number, nothing of it is the word of the network: it stays unattested.
    let caller = if by_telephone {
        Caller::from_number(number, home)
    } else {
        Caller::Client(customer.and_then(|customer| customer.name.clone()).unwrap_or_default())
    };
    let mut call = Call::new(Platform::VAPI.call(id), caller);
    call.language = language(context);
    call.has_queues = false;
    let carrier = context.call.phone_call_provider.as_deref();
    let by_twilio = carrier.is_none_or(|carrier| carrier == "twilio");
    if let Some(sid) = context.call.phone_call_provider_id.as_deref()
        && by_twilio
        && is_call_sid(sid)
    {
        call.identity.add(Platform::TWILIO.call(sid));
    }
    if kind == Some("outboundPhoneCall") {
        call.direction = Direction::Outbound;
    }
    call
}

/// What ties the messages of a call together: its id, or that of the session of a chat, or that of the chat.
pub(super) fn id(context: &Context) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Chat {
        session_id: Option<Value>,
        id: Option<Value>,
    }
    let call = context.call.id.as_deref().and_then(not_blank);
    call.or_else(|| {
        let chat: Chat = context.chat.as_ref().and_then(|chat: &Raw| chat.parse().ok())?;
        [chat.session_id, chat.id].into_iter().flatten().find_map(|id| not_blank(id.as_str()?))
    })
}

fn not_blank(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A hash of a message but for the time at which it was sent, which is another one when it is sent again.
fn hash_of_message(body: &[u8]) -> String {
    let mut hash = Sha256::new();
    match serde_json::from_slice::<Value>(body) {
        Ok(mut body) => {
            if let Some(message) = body.get_mut("message").and_then(Value::as_object_mut) {
                message.remove("timestamp");
            }
            hash.update(body.to_string());
        }
        Err(_) => hash.update(body),
    }
    hashed_id(hash)
}

/// Whether an id is one of Twilio's calls: the id of another carrier names nothing that we hear of elsewhere.
fn is_call_sid(id: &str) -> bool {
    id.len() == 34 && id.starts_with("CA") && id[2..].bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// The language that the assistant of a call listens for, where it is one.
fn language(context: &Context) -> Option<Language> {
    #[derive(Deserialize)]
    struct Assistant {
        transcriber: Option<Transcriber>,
    }
    #[derive(Deserialize)]
    struct Transcriber {
        language: Option<String>,
    }
    let assistant: Assistant = serde_json::from_str(context.assistant.as_ref()?.as_str()).ok()?;
    Language::parse(&assistant.transcriber?.language?).ok()
}
