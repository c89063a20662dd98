//! Codes through Twilio Verify, which makes them, counts the guesses and lets them expire.

use std::fmt;

use async_trait::async_trait;
use twilio_client::{
    Client,
    error::ErrorKind,
    resource::verify::{VerificationStatus, VerifyChannel},
    sid::VerifyServiceSid,
};

use super::{CodeCheck, CodeSender};
use crate::{
    crm::CrmError,
    deadline::Deadline,
    messenger::twilio::{classify, number},
    phone::PhoneNumber,
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
    async fn send(&self, to: &PhoneNumber, deadline: Deadline) -> Result<(), CrmError> {
        let client = self.client.with_deadline(deadline.instant());
        let verify = client.verify(&self.service);
        verify.start(number(to)?, &VerifyChannel::Sms).await.map(|_| ()).map_err(classify)
    }

    async fn check(&self, to: &PhoneNumber, code: &str, deadline: Deadline) -> Result<CodeCheck, CrmError> {
        let client = self.client.with_deadline(deadline.instant());
        match client.verify(&self.service).check(number(to)?, code).await {
            Ok(verification) if verification.is_approved() => Ok(CodeCheck::Right),
            Ok(verification) if verification.status == VerificationStatus::Pending => Ok(CodeCheck::Wrong),
            Ok(_) => Ok(CodeCheck::Expired),
            // Twilio forgets a verification that was approved, has expired or was guessed at too often.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(CodeCheck::Expired),
            Err(error) => Err(classify(error)),
        }
    }
}

impl fmt::Debug for TwilioVerify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioVerify").finish_non_exhaustive()
    }
}
