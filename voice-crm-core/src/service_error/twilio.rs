//! Failures of Twilio, as those of the service that it serves.

use twilio_client::{E164, Error, error::ErrorKind};

use super::{Service, ServiceError, ServiceErrorKind};
use crate::phone::PhoneNumber;

/// A number as Twilio wants it.
pub(crate) fn number(service: Service, number: &PhoneNumber) -> Result<E164, ServiceError> {
    number
        .as_e164()
        .parse()
        .map_err(|_| ServiceError::new(service, ServiceErrorKind::Refused, "not a number that Twilio takes"))
}

/// Classifies a failure of Twilio.
pub(crate) fn classify(service: Service, error: Error) -> ServiceError {
    let kind = match error.kind() {
        // Corrected by an operator, not by giving the request up.
        ErrorKind::Configuration | ErrorKind::Authentication | ErrorKind::Forbidden => {
            ServiceErrorKind::Unauthorized
        }
        ErrorKind::Refused | ErrorKind::NotFound | ErrorKind::Gone | ErrorKind::Conflict => {
            ServiceErrorKind::Refused
        }
        ErrorKind::RateLimited => ServiceErrorKind::Throttled,
        ErrorKind::Timeout => ServiceErrorKind::Late,
        _ => ServiceErrorKind::Unavailable,
    };
    let unknown = matches!(error.kind(), ErrorKind::Ambiguous | ErrorKind::Decode | ErrorKind::Unexpected);
    let code = error.code().map(|code| code.to_string());
    ServiceError::new(service, kind, "Twilio did not take it; see its code")
        .with_optional_code(code)
        .that_may_have_applied(unknown)
        .with_retry_after(error.retry_after())
        .with_source(error)
}
