//! Applications: named sets of webhooks that calls and numbers can be given in place of URLs.
//!
//! - `POST /2010-04-01/Accounts/{AccountSid}/Applications.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/Applications.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/Applications/{ApplicationSid}.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Applications/{ApplicationSid}.json`
//! - `DELETE /2010-04-01/Accounts/{AccountSid}/Applications/{ApplicationSid}.json`
//!
//! See Twilio's page "Applications resource".

use jiff::Timestamp;
use url::Url;

use crate::ask::{self, asks, lists};
use crate::client::Client;
use crate::described::described;
use crate::error::Result;
use crate::form::Form;
use crate::request::Request;
use crate::sid::{AccountSid, ApplicationSid};
use crate::word::CallbackMethod;

/// The applications of an account, from [`Client::applications`].
#[derive(Clone, Copy, Debug)]
pub struct Applications<'a> {
    client: &'a Client,
}

impl<'a> Applications<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Makes an application.
    pub fn create(self, name: &str) -> CreateApplication<'a> {
        let mut form = Form::new();
        form.set("FriendlyName", name);
        CreateApplication::new(self.client, Request::post(ALL, form))
    }

    /// Reads an application.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch(self, application: &ApplicationSid) -> Result<Application> {
        ask::read(self.client, Request::get(ONE).fill("ApplicationSid", application.as_str())).await
    }

    /// Lists applications.
    pub fn list(self) -> ListApplications<'a> {
        ListApplications::new(self.client, Request::get(ALL))
    }

    /// Changes an application; changing it twice does no harm.
    pub fn update(self, application: &ApplicationSid) -> UpdateApplication<'a> {
        let request = Request::post(ONE, Form::new()).fill("ApplicationSid", application.as_str());
        UpdateApplication::new(self.client, request.repeatable())
    }

    /// Deletes an application.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete(self, application: &ApplicationSid) -> Result<()> {
        ask::delete(self.client, Request::delete(ONE).fill("ApplicationSid", application.as_str())).await
    }
}

described! {
    /// An application.
    Application {
        /// The identifier of the application.
        sid: ApplicationSid,
        ;
        /// The account it belongs to.
        account_sid: AccountSid,
        /// Its name.
        friendly_name: String,
        /// Where calls are taken to.
        voice_url: String,
        /// Where calls are taken to when that fails.
        voice_fallback_url: String,
        /// Where to say how calls go.
        status_callback: String,
        /// Where messages are taken to.
        sms_url: String,
        /// When it was made.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid]
}

asks! {
    /// An application to be made, from [`Applications::create`]; await it.
    CreateApplication -> Application {
        /// Where calls are taken to.
        voice_url: &Url = "VoiceUrl",
        /// The method of that webhook.
        voice_method: CallbackMethod = "VoiceMethod",
        /// Where calls are taken to when that fails.
        voice_fallback_url: &Url = "VoiceFallbackUrl",
        /// The method of that webhook.
        voice_fallback_method: CallbackMethod = "VoiceFallbackMethod",
        /// Whether the caller's name is looked up, at a price.
        caller_id_lookup: bool = "VoiceCallerIdLookup",
        /// Where to say how calls go.
        status_callback: &Url = "StatusCallback",
        /// The method of that webhook.
        status_callback_method: CallbackMethod = "StatusCallbackMethod",
        /// Where messages are taken to.
        sms_url: &Url = "SmsUrl",
        /// The method of that webhook.
        sms_method: CallbackMethod = "SmsMethod",
        /// Where messages are taken to when that fails.
        sms_fallback_url: &Url = "SmsFallbackUrl",
        /// The method of that webhook.
        sms_fallback_method: CallbackMethod = "SmsFallbackMethod",
        /// Where to say how messages go.
        sms_status_callback: &Url = "SmsStatusCallback",
        /// The same, for messages sent through the application.
        message_status_callback: &Url = "MessageStatusCallback",
        /// Whether other accounts may dial it.
        public_connect: bool = "PublicApplicationConnectEnabled",
        /// The version of the API that its webhooks speak.
        api_version: &str = "ApiVersion",
    }

    /// An application to be changed, from [`Applications::update`]; await it.
    UpdateApplication -> Application {
        /// Its name.
        name: &str = "FriendlyName",
        /// Where calls are taken to.
        voice_url: &Url = "VoiceUrl",
        /// The method of that webhook.
        voice_method: CallbackMethod = "VoiceMethod",
        /// Where calls are taken to when that fails.
        voice_fallback_url: &Url = "VoiceFallbackUrl",
        /// The method of that webhook.
        voice_fallback_method: CallbackMethod = "VoiceFallbackMethod",
        /// Whether the caller's name is looked up, at a price.
        caller_id_lookup: bool = "VoiceCallerIdLookup",
        /// Where to say how calls go.
        status_callback: &Url = "StatusCallback",
        /// The method of that webhook.
        status_callback_method: CallbackMethod = "StatusCallbackMethod",
        /// Where messages are taken to.
        sms_url: &Url = "SmsUrl",
        /// The method of that webhook.
        sms_method: CallbackMethod = "SmsMethod",
        /// Where messages are taken to when that fails.
        sms_fallback_url: &Url = "SmsFallbackUrl",
        /// The method of that webhook.
        sms_fallback_method: CallbackMethod = "SmsFallbackMethod",
        /// Where to say how messages go.
        sms_status_callback: &Url = "SmsStatusCallback",
        /// The same, for messages sent through the application.
        message_status_callback: &Url = "MessageStatusCallback",
        /// Whether other accounts may dial it.
        public_connect: bool = "PublicApplicationConnectEnabled",
        /// The version of the API that its webhooks speak.
        api_version: &str = "ApiVersion",
    }
}

lists! {
    /// Applications of the account, from [`Applications::list`].
    ListApplications of Application {
        /// Those of this name.
        name: &str = "FriendlyName",
    }
}

const ALL: &str = "/2010-04-01/Accounts/{AccountSid}/Applications.json";
const ONE: &str = "/2010-04-01/Accounts/{AccountSid}/Applications/{ApplicationSid}.json";
