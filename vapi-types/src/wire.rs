//! How JSON objects are read leniently and written back without loss.
//!
//! Webhooks change faster than schemas, so nothing here fails because of one odd field: a field that is
//! absent or null is simply not there, a field of an unexpected kind is left among the unnamed ones (and
//! noted as [`UnexpectedField`]), and every unnamed field is kept and written back.

mod decode_issue;
mod depth;
mod field;
mod fields;
mod number;
mod object;
mod raw;
mod surrogate;
mod time;
mod unexpected_field;
mod word;

pub use decode_issue::DecodeIssue;
pub use raw::{Extra, Raw};
pub use surrogate::without_lone_surrogates;
pub use unexpected_field::UnexpectedField;

pub(crate) use decode_issue::{parse, parse_entries};
pub(crate) use depth::nests_deeper_than;
pub(crate) use field::{Field, Value, Written};
pub(crate) use fields::{Entries, Envelope, Fields, MaybeEntries, Text};
pub(crate) use object::{Hidden, Object, parse_object, settings, wire_object};
pub(crate) use time::{Millis, time_from_number, time_from_text};
pub(crate) use unexpected_field::{Trail, kind_of};
pub(crate) use word::open_word;
