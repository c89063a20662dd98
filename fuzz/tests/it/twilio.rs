//! What Twilio sends.

mod form;
mod proxies;
mod stream;
mod twiml;
mod verify;
