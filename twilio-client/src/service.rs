//! What the loop that every request goes through has to know of Twilio.

use http::StatusCode;
use voice_crm_rest::{ErrorKind, Operation, Service, Verdict};

use crate::error::{ErrorCode, Refusal};

/// Twilio's REST API.
#[derive(Debug)]
#[non_exhaustive]
pub enum Twilio {}

impl Service for Twilio {
    const NAME: &'static str = "twilio";
    const USER_AGENT: &'static str = concat!("twilio-client/", env!("CARGO_PKG_VERSION"));
    const REQUEST_ID: &'static str = "twilio-request-id";
    type Refusal = Refusal;
    type Code = ErrorCode;

    fn refusal(body: &[u8]) -> Option<Refusal> {
        Refusal::parse(body)
    }

    fn code(refusal: &Refusal) -> Option<ErrorCode> {
        refusal.code()
    }

    fn judge(operation: Operation, status: StatusCode, refusal: Option<&Refusal>) -> Option<Verdict> {
        if status == StatusCode::NOT_FOUND && acts_on_a_call(operation) {
            return Some(Verdict::Refused(ErrorKind::Gone));
        }
        let code =
            refusal.and_then(Refusal::code).filter(|code| *code != ErrorCode::AUTHENTICATION_FAILED)?;
        status.is_client_error().then(|| code.verdict()).flatten()
    }
}

/// Whether the request is to do something with a call that goes on. Twilio does not find a call that is over any more.
fn acts_on_a_call(operation: Operation) -> bool {
    let last = operation.template.rsplit_once('{');
    operation.verb == "POST"
        && last.is_some_and(|(before, name)| before.ends_with("/Calls/") && name.starts_with("CallSid}"))
}
