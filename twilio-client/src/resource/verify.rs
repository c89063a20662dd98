//! Verify: is the caller who they say they are? A code goes to a number that is known, and comes back.
//!
//! - `POST /v2/Services/{ServiceSid}/Verifications`
//! - `GET /v2/Services/{ServiceSid}/Verifications/{VerificationSid}`
//! - `POST /v2/Services/{ServiceSid}/Verifications/{VerificationSid}`
//! - `POST /v2/Services/{ServiceSid}/VerificationCheck`
//!
//! See Twilio's page "Verify API".

use jiff::Timestamp;
use serde_json::Value;

use crate::ask::{self, asks};
use crate::client::Client;
use crate::described::described;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::form::Form;
use crate::host::Product;
use crate::open_word::open_words;
use crate::request::Request;
use crate::sid::{AccountSid, VerificationSid, VerifyServiceSid};

/// One service of Verify, from [`Client::verify`].
#[derive(Clone, Debug)]
pub struct Verify<'a> {
    client: &'a Client,
    service: VerifyServiceSid,
}

impl Client {
    /// One service of Verify.
    pub fn verify(&self, service: &VerifyServiceSid) -> Verify<'_> {
        Verify { client: self, service: service.clone() }
    }
}

impl<'a> Verify<'a> {
    /// Sends a code to this number or address. What may have been sent is not sent again.
    pub fn start(&self, to: impl Into<Endpoint>, channel: &VerifyChannel) -> StartVerification<'a> {
        let mut form = Form::new();
        form.set("To", to.into().as_str());
        form.set("Channel", channel.as_str());
        StartVerification::new(self.client, self.of(Request::post(ALL, form)))
    }

    /// Checks the code that came back from this number or address. Every check counts, right or wrong, so one
    /// whose answer was lost is not repeated.
    pub fn check(&self, to: impl Into<Endpoint>, code: &str) -> CheckVerification<'a> {
        let mut form = Form::new();
        form.set("To", to.into().as_str());
        form.set("Code", code);
        CheckVerification::new(self.client, self.of(Request::post(CHECK, form)))
    }

    /// Checks the code of this verification.
    pub fn check_verification(&self, verification: &VerificationSid, code: &str) -> CheckVerification<'a> {
        let mut form = Form::new();
        form.set("VerificationSid", verification.as_str());
        form.set("Code", code);
        CheckVerification::new(self.client, self.of(Request::post(CHECK, form)))
    }

    /// Reads a verification that is under way; an approved one is gone.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch(&self, verification: &VerificationSid) -> Result<Verification> {
        let request = self.of(Request::get(ONE)).fill("VerificationSid", verification.as_str());
        ask::read(self.client, request).await
    }

    /// Gives a verification up, so that its code is worth nothing.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn cancel(&self, verification: &VerificationSid) -> Result<Verification> {
        let mut form = Form::new();
        form.set("Status", VerificationStatus::Canceled.as_str());
        let request = self.of(Request::post(ONE, form)).fill("VerificationSid", verification.as_str());
        ask::read(self.client, request.repeatable()).await
    }

    fn of(&self, request: Request) -> Request {
        request.product(Product::Verify).fill("ServiceSid", self.service.as_str())
    }
}

described! {
    /// A verification.
    Verification {
        /// The identifier of the verification.
        sid: VerificationSid,
        /// How far it has come.
        status: VerificationStatus,
        ;
        /// The account it belongs to.
        account_sid: AccountSid,
        /// The service it is of.
        service_sid: VerifyServiceSid,
        /// Whom the code was sent to.
        to: Endpoint,
        /// How it was sent.
        channel: VerifyChannel,
        /// Whether the right code came back.
        valid: bool,
        /// What is known of the number.
        lookup: Value,
        /// When it was made.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid, status, channel, valid]
}

impl Verification {
    /// Whether the right code came back.
    pub fn is_approved(&self) -> bool {
        self.status == VerificationStatus::Approved
    }
}

open_words! {
    /// How far a verification has come.
    VerificationStatus {
        /// The code has not come back.
        Pending = "pending",
        /// It has.
        Approved = "approved",
        /// Given up.
        Canceled = "canceled",
        /// Too many wrong codes.
        MaxAttemptsReached = "max_attempts_reached",
        /// Deleted before it was approved.
        Deleted = "deleted",
        /// It could not be sent.
        Failed = "failed",
        /// Nobody answered in time.
        Expired = "expired",
    }

    /// How a code is sent.
    VerifyChannel {
        /// By SMS.
        Sms = "sms",
        /// By a call that speaks it.
        Call = "call",
        /// By e-mail.
        Email = "email",
        /// By `WhatsApp`.
        WhatsApp = "whatsapp",
        /// By asking the carrier, without a code.
        SilentNetworkAuth = "sna",
    }
}

asks! {
    /// A verification to be started, from [`Verify::start`]; await it.
    StartVerification -> Verification {
        /// The name the message shows in place of the service's.
        custom_name: &str = "CustomFriendlyName",
        /// The text of the message.
        custom_message: &str = "CustomMessage",
        /// Keys to press once a call is answered.
        send_digits: &str = "SendDigits",
        /// The language, such as `en`.
        locale: &str = "Locale",
        /// A code of our own.
        custom_code: &str = "CustomCode",
        /// What is to be paid, where that must be said.
        amount: &str = "Amount",
        /// Who is to be paid, where that must be said.
        payee: &str = "Payee",
        /// What to count attempts by.
        rate_limits: &Value = "RateLimits",
        /// Settings of the channel.
        channel_configuration: &Value = "ChannelConfiguration",
        /// The name of an Android app that reads the code by itself.
        app_hash: &str = "AppHash",
        /// A text from Twilio's templates.
        template: &str = "TemplateSid",
        /// What to put into that text, as JSON text.
        template_substitutions: &str = "TemplateCustomSubstitutions",
        /// The address of the device that asks.
        device_ip: &str = "DeviceIp",
        /// Whether a token is wanted for asking the carrier.
        sna_client_token: bool = "EnableSnaClientToken",
        /// Whether it is checked for fraud: `enable` or `disable`.
        risk_check: &str = "RiskCheck",
        /// Names and values of our own, as JSON text.
        tags: &str = "Tags",
    }

    /// A code to be checked, from [`Verify::check`]; await it.
    CheckVerification -> Verification {
        /// What is to be paid, as it was said.
        amount: &str = "Amount",
        /// Who is to be paid, as it was said.
        payee: &str = "Payee",
        /// The token of asking the carrier.
        sna_client_token: &str = "SnaClientToken",
    }
}

const ALL: &str = "/v2/Services/{ServiceSid}/Verifications";
const ONE: &str = "/v2/Services/{ServiceSid}/Verifications/{VerificationSid}";
const CHECK: &str = "/v2/Services/{ServiceSid}/VerificationCheck";
