//! What can be set when a number is bought and after.
//!
//! - `POST /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{PhoneNumberSid}.json`

use url::Url;

use super::IncomingNumber;
use crate::ask::asks;
use crate::sid::{AccountSid, ApplicationSid};
use crate::word::CallbackMethod;

asks! {
    /// A number to be bought, from [`IncomingNumbers::buy`](super::IncomingNumbers::buy); await it.
    BuyNumber -> IncomingNumber {
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
        /// An application in place of the webhooks for calls.
        voice_application: &ApplicationSid = "VoiceApplicationSid",
        /// An application in place of the webhooks for messages.
        sms_application: &ApplicationSid = "SmsApplicationSid",
        /// A trunk that calls are taken to in place of webhooks.
        trunk: &str = "TrunkSid",
        /// Whether it takes calls or faxes: `voice` or `fax`.
        voice_receive_mode: &str = "VoiceReceiveMode",
        /// Whether emergency calls can be made: `Active` or `Inactive`.
        emergency_status: &str = "EmergencyStatus",
        /// The address that emergency services are told.
        emergency_address: &str = "EmergencyAddressSid",
        /// The address that the country asks for.
        address: &str = "AddressSid",
        /// The identity that the country asks for.
        identity: &str = "IdentitySid",
        /// The bundle of documents that the country asks for.
        bundle: &str = "BundleSid",
        /// The version of the API that its webhooks speak.
        api_version: &str = "ApiVersion",
    }

    /// A number to be changed, from [`IncomingNumbers::update`](super::IncomingNumbers::update); await it.
    UpdateNumber -> IncomingNumber {
        /// Its name.
        name: &str = "FriendlyName",
        /// The account to move it to.
        account: &AccountSid = "AccountSid",
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
        /// An application in place of the webhooks for calls.
        voice_application: &ApplicationSid = "VoiceApplicationSid",
        /// An application in place of the webhooks for messages.
        sms_application: &ApplicationSid = "SmsApplicationSid",
        /// A trunk that calls are taken to in place of webhooks.
        trunk: &str = "TrunkSid",
        /// Whether it takes calls or faxes: `voice` or `fax`.
        voice_receive_mode: &str = "VoiceReceiveMode",
        /// Whether emergency calls can be made: `Active` or `Inactive`.
        emergency_status: &str = "EmergencyStatus",
        /// The address that emergency services are told.
        emergency_address: &str = "EmergencyAddressSid",
        /// The address that the country asks for.
        address: &str = "AddressSid",
        /// The identity that the country asks for.
        identity: &str = "IdentitySid",
        /// The bundle of documents that the country asks for.
        bundle: &str = "BundleSid",
        /// The version of the API that its webhooks speak.
        api_version: &str = "ApiVersion",
    }
}
