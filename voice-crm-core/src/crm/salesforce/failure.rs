//! From the client's error to the class that the writer acts upon.

use salesforce_client::{Error, ErrorCode, ErrorKind, Retry};

use crate::crm::{CrmError, CrmErrorKind};

/// Classifies a failure of the org.
pub(super) fn classify(error: Error) -> CrmError {
    let code = error.code().map(|code| code.as_str().to_owned());
    let may_have_applied = error.retry() == Retry::IfIdempotent;
    let kind = kind(&error);
    // Two tries under one key met: one of them made the record.
    let met_itself = code.as_deref() == Some("DUPLICATE_VALUE");
    let retry_after = error.retry_after();
    let classified = CrmError::new(kind, describe(kind))
        .that_may_have_applied(may_have_applied || met_itself)
        .with_retry_after(retry_after)
        .with_source(error);
    match code {
        Some(code) => classified.with_code(code),
        None => classified,
    }
}

fn kind(error: &Error) -> CrmErrorKind {
    match error.kind() {
        ErrorKind::Authentication => CrmErrorKind::Unauthorized,
        ErrorKind::Limit => CrmErrorKind::Throttled,
        ErrorKind::Deadline => CrmErrorKind::Late,
        ErrorKind::Configuration | ErrorKind::InvalidRequest => CrmErrorKind::Refused,
        ErrorKind::Rejected => match error.code().map(ErrorCode::as_str) {
            // A reference to what failed for a passing reason, and the meeting of two tries.
            Some("PROCESSING_HALTED" | "DUPLICATE_VALUE") => CrmErrorKind::Unavailable,
            _ if error.retry() == Retry::Never => CrmErrorKind::Refused,
            _ => CrmErrorKind::Unavailable,
        },
        _ => CrmErrorKind::Unavailable,
    }
}

fn describe(kind: CrmErrorKind) -> &'static str {
    match kind {
        CrmErrorKind::Unavailable => "the org cannot take requests now",
        CrmErrorKind::Throttled => "the org's allowance of API calls is used up for now",
        CrmErrorKind::Late => "the org did not answer by the deadline",
        CrmErrorKind::Unauthorized => {
            "the org does not accept our credentials; check the client id and secret"
        }
        CrmErrorKind::Refused => "the org refuses the request; see its code",
    }
}
