//! `POST /composite`: up to 25 requests that cost one API call and can refer to one another

mod answers;
mod body;
mod builder;
mod collected;
mod reference;
mod send;

pub use self::answers::CompositeAnswers;
pub use self::body::{Body, IntoBody};
pub use self::builder::Composite;
pub use self::reference::{RecordTarget, Ref, Reference};
pub use self::send::SendComposite;

pub(crate) use self::body::check_text;
pub(crate) use self::builder::Part;
pub(crate) use self::send::{WirePart, wire_part};
