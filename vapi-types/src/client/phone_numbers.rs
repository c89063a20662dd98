//! POST, GET /phone-number; GET, PATCH, DELETE /phone-number/{id}

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use super::{Client, List, Request, Result, read::object};
use crate::{
    phone_number::{PhoneNumber, PhoneProvider},
    reply::TransferDestination,
    server::Server,
    wire::{Object, parse_object, settings},
};

/// The phone numbers of the organization. See "Phone numbers" in Vapi's API reference.
#[derive(Clone, Debug)]
pub struct PhoneNumbers<'c> {
    client: &'c Client,
}

impl Client {
    /// The phone numbers of the organization.
    pub fn phone_numbers(&self) -> PhoneNumbers<'_> {
        PhoneNumbers { client: self }
    }
}

impl PhoneNumbers<'_> {
    /// Imports a number from Twilio. Vapi makes itself the number's voice webhook there, so calls come to Vapi from
    /// now on.
    ///
    /// # Errors
    /// Every kind; [`Ambiguous`](super::ErrorKind::Ambiguous) when it may have been imported.
    pub async fn import_twilio(&self, number: &TwilioNumber) -> Result<PhoneNumber> {
        let response = self.client.execute(Request::post("/phone-number").json(number)).await?;
        object(&response, has_id)
    }

    /// Reads one number.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn get(&self, id: &str) -> Result<PhoneNumber> {
        object(&self.client.execute(Request::get(ONE).fill("id", id)).await?, has_id)
    }

    /// Replaces the settings that are set here, and leaves the others.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn update(
        &self,
        id: &str,
        provider: &PhoneProvider,
        settings: &PhoneNumberSettings,
    ) -> Result<PhoneNumber> {
        let body = OfProvider { provider, settings };
        object(&self.client.execute(Request::patch(ONE).fill("id", id).json(&body)).await?, has_id)
    }

    /// Gives one number up.
    ///
    /// # Errors
    /// [`NotFound`](super::ErrorKind::NotFound) and the kinds every request has.
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.client.delete(Request::delete(ONE).fill("id", id)).await
    }

    /// All numbers.
    pub fn list(&self) -> List<PhoneNumber> {
        List::new(self.client, Request::get("/phone-number"), |json| parse_object(json).ok())
    }
}

settings! {
    /// Who answers a number, and where its messages go.
    pub struct PhoneNumberSettings {
        /// The operator's label, at most 40 characters.
        pub name: String = hidden "name",
        /// Assistant that answers.
        pub assistant_id: String = shown "assistantId",
        /// Squad that answers.
        pub squad_id: String = shown "squadId",
        /// Server that is asked who answers when neither is set, and that gets messages.
        pub server: Server = shown "server",
        /// Where calls go when nobody answers: a number or a SIP URI.
        pub fallback_destination: TransferDestination = shown "fallbackDestination",
        /// Whether the number takes text messages too.
        pub sms_enabled: bool = shown "smsEnabled",
        /// What happens at certain moments of a call.
        pub hooks: Value = shown "hooks",
    }
}

/// A number of a Twilio account, with what Vapi needs to act in that account. `Debug` shows neither.
pub struct TwilioNumber {
    number: String,
    account_sid: String,
    login: Login,
    settings: PhoneNumberSettings,
}

enum Login {
    AuthToken(SecretString),
    ApiKey { key: String, secret: SecretString },
}

impl TwilioNumber {
    /// A number in E.164 form, with the auth token of its account.
    pub fn with_auth_token(
        number: impl Into<String>,
        account_sid: impl Into<String>,
        auth_token: impl Into<SecretString>,
    ) -> Self {
        Self::new(number.into(), account_sid.into(), Login::AuthToken(auth_token.into()))
    }

    /// A number in E.164 form, with an API key of its account, which can be taken back by itself.
    pub fn with_api_key(
        number: impl Into<String>,
        account_sid: impl Into<String>,
        key: impl Into<String>,
        secret: impl Into<SecretString>,
    ) -> Self {
        let login = Login::ApiKey { key: key.into(), secret: secret.into() };
        Self::new(number.into(), account_sid.into(), login)
    }

    fn new(number: String, account_sid: String, login: Login) -> Self {
        Self { number, account_sid, login, settings: PhoneNumberSettings::default() }
    }

    /// Who answers the number from the start.
    #[must_use]
    pub fn settings(mut self, settings: PhoneNumberSettings) -> Self {
        self.settings = settings;
        self
    }
}

impl Serialize for TwilioNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("provider", PhoneProvider::Twilio.as_str())?;
        map.serialize_entry("number", &self.number)?;
        map.serialize_entry("twilioAccountSid", &self.account_sid)?;
        match &self.login {
            Login::AuthToken(token) => map.serialize_entry("twilioAuthToken", token.expose_secret())?,
            Login::ApiKey { key, secret } => {
                map.serialize_entry("twilioApiKey", key)?;
                map.serialize_entry("twilioApiSecret", secret.expose_secret())?;
            }
        }
        self.settings.write_fields(&mut map)?;
        map.end()
    }
}

impl fmt::Debug for TwilioNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioNumber").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Settings as an update wants them: with the provider, which decides what they are checked against.
struct OfProvider<'s> {
    provider: &'s PhoneProvider,
    settings: &'s PhoneNumberSettings,
}

impl Serialize for OfProvider<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("provider", self.provider)?;
        self.settings.write_fields(&mut map)?;
        map.end()
    }
}

fn has_id(number: &PhoneNumber) -> bool {
    number.id.is_some()
}

const ONE: &str = "/phone-number/{id}";
