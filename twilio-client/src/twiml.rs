//! `TwiML`: what Twilio is told to do with a call, as a typed tree that is written as XML.
//!
//! Which verb or noun may stand in which is checked when the program is compiled. Twilio adds attributes and
//! nouns faster than libraries learn them, so any element takes [`attribute`](Say::attribute)s by name, and
//! an [`Element`] of your own may stand anywhere.
//!
//! ```
//! use twilio_client::twiml::{Dial, Number, Say, VoiceResponse};
//!
//! let response = VoiceResponse::new()
//!     .with(Say::new("One moment, I will put you through.").language("en-US"))
//!     .with(Dial::new().answer_on_bridge(true).timeout(20).with(Number::new("+14155550100")));
//!
//! let expected = concat!(
//!     r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#,
//!     r#"<Say language="en-US">One moment, I will put you through.</Say>"#,
//!     r#"<Dial answerOnBridge="true" timeout="20"><Number>+14155550100</Number></Dial>"#,
//!     r#"</Response>"#,
//! );
//! assert_eq!(response.to_xml()?, expected);
//! # Ok::<(), twilio_client::twiml::InvalidTwiml>(())
//! ```
//!
//! A number is dialled, it does not stand by itself:
//!
//! ```compile_fail,E0277
//! use twilio_client::twiml::{Number, VoiceResponse};
//!
//! let _ = VoiceResponse::new().with(Number::new("+14155550100"));
//! ```
//!
//! See Twilio's page "TwiML for Programmable Voice".

mod element;
mod noun;
mod tag;
mod verb;

pub use self::element::{Element, InvalidTwiml};
pub use self::noun::{
    Client, Conference, ConversationRelay, Language, Number, Parameter, Queue, Sip, Siprec, Stream,
};
pub use self::tag::Inside;
pub use self::verb::{
    Connect, Dial, Enqueue, Gather, Hangup, Leave, Pause, Play, Record, Redirect, Reject, Say, Start, Stop,
    VoiceResponse,
};
