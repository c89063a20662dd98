//! What the loop has to know of a service.

use std::fmt;

use http::StatusCode;

use crate::{Operation, Verdict};

/// One service: its name, and how it says that it refuses. Nobody makes a value of it.
pub trait Service: Send + Sync + 'static {
    /// Its name in the sentences of errors, in lower case.
    const NAME: &'static str;
    /// What requests say of who sends them, such as `rota-client/1.0`.
    const USER_AGENT: &'static str;
    /// The header of answers that names the request for the service's support.
    const REQUEST_ID: &'static str = "x-request-id";

    /// What its error documents say. It may quote anything, so errors hand it out and do not print it.
    type Refusal: Clone + Send + Sync + 'static;
    /// The code in them, which errors do print, in its alternate form. [`Infallible`](std::convert::Infallible) if there
    /// is none.
    type Code: Copy + fmt::Display;

    /// Reads an error document; none if the body is no such thing. It is read once for each refusal.
    fn refusal(body: &[u8]) -> Option<Self::Refusal>;

    /// The code of an error document.
    fn code(_: &Self::Refusal) -> Option<Self::Code> {
        None
    }

    /// The verdict on an answer that means something else than its status; none where the status says it all.
    fn judge(_: Operation, _: StatusCode, _: Option<&Self::Refusal>) -> Option<Verdict> {
        None
    }
}
