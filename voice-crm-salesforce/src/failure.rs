//! From the client's error to the class that the outbox acts upon.

use salesforce_client::{Error, ErrorCode, ErrorKind, Retry};
use voice_crm_core::crm::{CrmError, CrmErrorKind};

/// Classifies a failure of the org.
pub(crate) fn classify(error: Error) -> CrmError {
    if let Some(field) = missing_field(&error) {
        let detail = format!(
            "the field {field}, by which records are found, is not there or the user may not see it: make it a text field \
             with External ID and Unique, as `provision` does, and let the user see and edit it"
        );
        let missing = CrmError::new(CrmErrorKind::Refused, detail).with_code(FIELD_MISSING);
        return missing.that_may_have_applied(error.may_be_applied()).with_source(error);
    }
    // Its display form, which keeps back what does not look like a code.
    let code = error.code().map(ToString::to_string);
    let kind = kind(&error);
    let may_have_applied = match error.retry() {
        Retry::Safe => false,
        Retry::IfIdempotent => true,
        // Only a refusal by the org says that nothing was done; an answer that cannot be read does not.
        _ => kind == CrmErrorKind::Unavailable,
    };
    // Two attempts under one key met: one of them made the record.
    let met_itself = code.as_deref() == Some("DUPLICATE_VALUE");
    // By an attempt that the client made before this one.
    let may_be_applied = error.may_be_applied();
    let retry_after = error.retry_after();
    let classified = CrmError::new(kind, describe(kind, &error))
        .that_may_have_applied(may_have_applied || met_itself || may_be_applied)
        .with_retry_after(retry_after)
        .with_source(error);
    match code {
        Some(code) => classified.with_code(code),
        None => classified,
    }
}

/// Our own code for a unique field that an object lacks; the org has the same code for a record that is not there.
const FIELD_MISSING: &str = "KEY_FIELD_MISSING";

/// The unique field that the org does not know, if that is what it says.
fn missing_field(error: &Error) -> Option<&str> {
    let says = error.entries().iter().find_map(|entry| {
        entry.message().strip_prefix("Provided external ID field does not exist or is not accessible:")
    });
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    says.map(str::trim).filter(|name| is_name(name))
}

fn kind(error: &Error) -> CrmErrorKind {
    match error.kind() {
        // Mended by an operator, not by giving the write up.
        ErrorKind::Authentication | ErrorKind::Reauthorization | ErrorKind::Configuration => {
            CrmErrorKind::Unauthorized
        }
        ErrorKind::Limit => CrmErrorKind::Throttled,
        ErrorKind::Deadline => CrmErrorKind::Late,
        ErrorKind::InvalidRequest => CrmErrorKind::Refused,
        ErrorKind::Rejected => match error.code().map(ErrorCode::as_str) {
            // Without a code it was not the org that spoke, but something in front of it.
            None => CrmErrorKind::Unavailable,
            // The meeting of two attempts; only who has looked knows whether it will pass.
            Some("DUPLICATE_VALUE") => CrmErrorKind::Transient,
            Some(_) if error.retry() == Retry::Never => CrmErrorKind::Refused,
            Some(_) => CrmErrorKind::Transient,
        },
        // The org took the request, or names the record: the trouble is the record's own.
        ErrorKind::Unavailable if error.is_of_part() || is_lock(error) => CrmErrorKind::Transient,
        _ => CrmErrorKind::Unavailable,
    }
}

fn is_lock(error: &Error) -> bool {
    error.code().map(ErrorCode::as_str) == Some("UNABLE_TO_LOCK_ROW")
}

/// What it means for us, then the client's own sentence, which says what to do, and the fields.
fn describe(kind: CrmErrorKind, error: &Error) -> String {
    let meaning = match kind {
        CrmErrorKind::Unavailable => "the org cannot take requests now",
        CrmErrorKind::Transient => "the org could not take the record just now",
        CrmErrorKind::Throttled => "a limit of the org, or of our budget, is reached for now",
        CrmErrorKind::Late => "the org did not answer by the deadline",
        CrmErrorKind::Unauthorized => "the org does not let us in",
        CrmErrorKind::InProgress => "the org is at work on it",
        _ if error.entries().is_empty() => "the request is refused",
        _ => "the org refuses the request",
    };
    let fields: Vec<&str> = error.field_names().collect();
    if fields.is_empty() {
        return format!("{meaning}; {}", error.sentence());
    }
    format!("{meaning}; {} [{}]", error.sentence(), fields.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_reads_says_what_to_do_and_names_no_code_that_is_not_there() {
        let closed = classify(Error::new(ErrorKind::Authentication, "set the run-as user"));
        assert_eq!(closed.to_string(), "the org does not let us in; set the run-as user");
        let over = classify(Error::new(ErrorKind::Reauthorization, "let the user allow the app again"));
        assert_eq!(over.kind(), CrmErrorKind::Unauthorized);
        let ours = classify(Error::new(ErrorKind::InvalidRequest, "the row is too long"));
        assert_eq!(ours.to_string(), "the request is refused; the row is too long");
        assert_eq!((ours.kind(), ours.code()), (CrmErrorKind::Refused, None));
    }
}
