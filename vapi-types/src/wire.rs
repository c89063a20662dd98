//! How JSON objects are read leniently and written back without loss.
//!
//! Webhooks drift faster than schemas, so nothing here fails because of one odd field: a field that is
//! absent or null is simply not there, a field of an unexpected kind is left among the unnamed ones (and
//! noted as [`Drift`]), and every unnamed field is kept and written back.

mod depth;
mod drift;
mod field;
mod fields;
mod misfit;
mod number;
mod object;
mod raw;
mod time;
mod word;

pub use drift::Drift;
pub use misfit::Misfit;
pub use raw::{Extra, Raw};

pub(crate) use depth::nests_deeper_than;
pub(crate) use drift::{Trail, kind_of};
pub(crate) use field::{Field, Value, Written};
pub(crate) use fields::{Entries, Envelope, Fields, MaybeEntries, Text};
pub(crate) use misfit::{parse, parse_entries};
pub(crate) use object::{Hidden, Object, parse_object, settings, wire_object};
pub(crate) use time::Millis;
pub(crate) use word::open_word;
