//! A call as Twilio describes it.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::endpoint::Endpoint;
use crate::lenient;
use crate::sid::{AccountSid, CallSid};
use crate::word::{AnsweredBy, CallStatus, Direction};

/// One leg of a call.
///
/// Only `sid` and `status` are sure to be there. `Debug` shows no number, no name and nothing unknown.
///
/// See Twilio's page "Call resource".
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Call {
    /// The identifier of the leg.
    pub sid: CallSid,
    /// How far it has come.
    pub status: CallStatus,
    /// The account it belongs to.
    #[serde(default, deserialize_with = "lenient::field")]
    pub account_sid: Option<AccountSid>,
    /// The leg that made this one.
    #[serde(default, deserialize_with = "lenient::field")]
    pub parent_call_sid: Option<CallSid>,
    /// Who is called.
    #[serde(default, deserialize_with = "lenient::field")]
    pub to: Option<Endpoint>,
    /// Who calls.
    #[serde(default, deserialize_with = "lenient::field")]
    pub from: Option<Endpoint>,
    /// Whose call was forwarded to us.
    #[serde(default, deserialize_with = "lenient::field")]
    pub forwarded_from: Option<Endpoint>,
    /// The name the telephone network has for the caller.
    #[serde(default, deserialize_with = "lenient::field")]
    pub caller_name: Option<String>,
    /// Who began it.
    #[serde(default, deserialize_with = "lenient::field")]
    pub direction: Option<Direction>,
    /// Who or what answered.
    #[serde(default, deserialize_with = "lenient::field")]
    pub answered_by: Option<AnsweredBy>,
    /// When it was asked for.
    #[serde(default, deserialize_with = "lenient::field")]
    pub date_created: Option<Timestamp>,
    /// When it last changed.
    #[serde(default, deserialize_with = "lenient::field")]
    pub date_updated: Option<Timestamp>,
    /// When it began.
    #[serde(default, deserialize_with = "lenient::field")]
    pub start_time: Option<Timestamp>,
    /// When it was over.
    #[serde(default, deserialize_with = "lenient::field")]
    pub end_time: Option<Timestamp>,
    /// How long it lasted; none while it lasts.
    #[serde(default, deserialize_with = "lenient::field")]
    pub duration: Option<Duration>,
    /// How long it waited to be dialled.
    #[serde(default, deserialize_with = "lenient::milliseconds")]
    pub queue_time: Option<Duration>,
    /// What it cost, as decimal text and usually negative; none until it is known.
    #[serde(default, deserialize_with = "lenient::field")]
    pub price: Option<String>,
    /// The currency of the price, such as `USD`.
    #[serde(default, deserialize_with = "lenient::field")]
    pub price_unit: Option<String>,
    /// Everything else Twilio says, as it says it.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("sid", &self.sid)
            .field("status", &self.status)
            .field("direction", &self.direction)
            .field("answered_by", &self.answered_by)
            .field("start_time", &self.start_time)
            .field("duration", &self.duration)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_finished_call_is_read_with_its_numbers_and_dates_that_are_text() {
        let call: Call = serde_json::from_value(json!({
            "sid": "CA00000000000000000000000000000001", "status": "no-answer", "direction": "outbound-api",
            "to": "+14155550142", "from": "client:desk", "duration": "15", "queue_time": "1000",
            "start_time": "Tue, 31 Aug 2010 20:36:29 +0000", "price": "-0.03000", "price_unit": "USD",
            "answered_by": "machine_end_beep", "annotation": null, "brand_new": {"a": 1}
        }))
        .unwrap();

        assert_eq!(call.status, CallStatus::NoAnswer);
        assert_eq!(call.duration, Some(Duration::from_secs(15)));
        assert_eq!(call.queue_time, Some(Duration::from_secs(1)));
        assert_eq!(call.start_time, Some("2010-08-31T20:36:29Z".parse().unwrap()));
        assert_eq!(call.price.as_deref(), Some("-0.03000"));
        assert_eq!(call.answered_by, Some(AnsweredBy::MachineEndBeep));
        assert_eq!(call.extra["brand_new"], json!({"a": 1}));
    }

    #[test]
    fn words_and_fields_of_the_future_do_not_lose_the_call() {
        let call: Call = serde_json::from_value(json!({
            "sid": "CA00000000000000000000000000000001", "status": "teleported", "direction": 7,
            "duration": "soon", "start_time": {"at": 1}, "queue_time": 20, "from": "", "to": null
        }))
        .unwrap();

        assert_eq!(call.status.as_str(), "teleported");
        assert_eq!(call.direction, Some(Direction::from("7")));
        assert_eq!((call.duration, call.start_time), (None, None));
        assert_eq!(call.queue_time, Some(Duration::from_millis(20)));
        assert!(call.from.is_none() && call.to.is_none());
    }

    #[test]
    fn debug_shows_neither_numbers_nor_names() {
        let call: Call = serde_json::from_value(json!({
            "sid": "CA00000000000000000000000000000001", "status": "queued", "to": "+14155550142",
            "to_formatted": "+14155550142", "caller_name": "canary-transcript-c0de"
        }))
        .unwrap();

        let debug = format!("{call:?}");
        assert!(!debug.contains("4155550142") && !debug.contains("canary"));
    }
}
