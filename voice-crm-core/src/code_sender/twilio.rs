//! Codes through Twilio Verify, which makes them, counts the guesses and lets them expire.

use std::fmt;

use async_trait::async_trait;
use twilio_client::{
    Client, Error,
    error::{ErrorCode, ErrorKind},
    resource::verify::{VerificationStatus, VerifyChannel},
    sid::VerifyServiceSid,
};

use super::{CodeCheck, CodeSender};
use crate::{
    deadline::Deadline,
    phone::PhoneNumber,
    service_error::{
        Service, ServiceError, ServiceErrorKind,
        twilio::{classify, number},
    },
};

/// Sends codes by text message through a service of Twilio Verify.
#[derive(Clone)]
pub struct TwilioVerify {
    client: Client,
    service: VerifyServiceSid,
}

impl TwilioVerify {
    /// Codes of this service.
    pub fn new(client: Client, service: VerifyServiceSid) -> Self {
        Self { client, service }
    }
}

#[async_trait]
impl CodeSender for TwilioVerify {
    async fn send(&self, to: &PhoneNumber, deadline: Deadline) -> Result<(), ServiceError> {
        let client = self.client.with_deadline(deadline.instant());
        let verify = client.verify(&self.service);
        let started = verify.start(number(Service::Codes, to)?, &VerifyChannel::Sms).await;
        started.map(|_| ()).map_err(|error| classify_code(error, false))
    }

    async fn check(
        &self,
        to: &PhoneNumber,
        code: &str,
        deadline: Deadline,
    ) -> Result<CodeCheck, ServiceError> {
        let client = self.client.with_deadline(deadline.instant());
        let checked = client.verify(&self.service).check(number(Service::Codes, to)?, code).await;
        let verification = checked.map_err(|error| classify_code(error, true))?;
        match verification.status {
            VerificationStatus::Approved => Ok(CodeCheck::Right),
            VerificationStatus::Pending => Ok(CodeCheck::Wrong),
            VerificationStatus::MaxAttemptsReached => Err(ServiceError::new(
                Service::Codes,
                ServiceErrorKind::Locked,
                "too many codes were tried for this number",
            )),
            _ => Err(ServiceError::new(
                Service::Codes,
                ServiceErrorKind::Expired,
                "no code is valid for this number any more",
            )),
        }
    }
}

impl fmt::Debug for TwilioVerify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioVerify").finish_non_exhaustive()
    }
}

fn classify_code(error: Error, checks: bool) -> ServiceError {
    let kind = match error.code() {
        Some(ErrorCode::VERIFY_MAX_CHECKS | ErrorCode::VERIFY_MAX_SENDS) => ServiceErrorKind::Locked,
        // Twilio forgets a verification that was approved, has expired or was guessed at too often.
        _ if checks && error.kind() == ErrorKind::NotFound => ServiceErrorKind::Expired,
        _ => return classify(Service::Codes, error),
    };
    let code = error.code().map(|code| code.to_string());
    ServiceError::new(Service::Codes, kind, "Twilio Verify refuses the code")
        .with_optional_code(code)
        .with_source(error)
}
