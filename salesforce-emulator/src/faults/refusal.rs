//! An error answer of the API with any code.

use std::borrow::Cow;

/// The org's refusal of a request: a status, an error code and a sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: Cow<'static, str>,
}

impl Refusal {
    /// A refusal with this HTTP status (500 stands in for what is none), this code, such as
    /// `UNKNOWN_EXCEPTION`, and this sentence.
    pub fn new(
        status: u16,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }
}
