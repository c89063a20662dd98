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
//! What types cannot tell is told when a response is written: an element of your own in the wrong place, a verb without
//! what it is about, a text that is too long. Twilio would tell the caller of it, as an application error.
//!
//! See Twilio's page "TwiML for Programmable Voice".

mod audio;
mod element;
mod limits;
mod messaging;
mod noun;
mod parse;
pub mod ssml;
mod tag;
mod verb;

pub use self::audio::{
    AiSession, Assistant, Autopilot, Config, Conversation, ConversationRelay, ConversationRelaySession,
    Language, Parameter, Recording, Room, Siprec, Stream, Transcription, VirtualAgent,
};
pub use self::element::{Element, InvalidTwiml, Node};
pub use self::messaging::{Body, Media, Message, MessagingResponse};
pub use self::noun::{Application, Client, Conference, Number, Queue, Sim, Sip, WhatsApp};
pub use self::parse::{ParseError, ParseErrorKind};
pub use self::tag::Inside;
pub use self::verb::{
    Connect, Dial, Echo, Enqueue, Gather, Hangup, Leave, Pause, Pay, Play, Prompt, Record, Redirect, Refer,
    ReferSip, Reject, Say, Sms, Start, Stop, Task, VoiceResponse,
};
