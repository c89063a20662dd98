//! The operator's own number that the call came in on or goes out from.

use crate::{
    destination::Destination,
    wire::{open_word, wire_object},
};

wire_object! {
    /// A phone number resource; real ones carry carrier credentials, which stay in `extra`, unshown.
    pub struct PhoneNumber {
        /// Identifier of the resource.
        pub id: Option<String> = shown "id",
        /// Organization the number belongs to.
        pub org_id: Option<String> = shown "orgId",
        /// Who carries the number.
        pub provider: Option<PhoneProvider> = shown "provider",
        /// The number itself, usually in E.164 form.
        pub number: Option<String> = hidden "number",
        /// SIP URI of a Vapi number.
        pub sip_uri: Option<String> = hidden "sipUri",
        /// The operator's label.
        pub name: Option<String> = hidden "name",
        /// Carrier account the number is in.
        pub twilio_account_sid: Option<String> = hidden "twilioAccountSid",
        /// The number, as the call object of the REST API names it.
        pub twilio_phone_number: Option<String> = hidden "twilioPhoneNumber",
        /// Assistant that answers by default.
        pub assistant_id: Option<String> = shown "assistantId",
        /// Squad that answers by default.
        pub squad_id: Option<String> = shown "squadId",
        /// Credential of the carrier, by reference.
        pub credential_id: Option<String> = shown "credentialId",
        /// Where calls go when no assistant answers.
        pub fallback_destination: Option<Destination> = shown "fallbackDestination",
    }
}

open_word! {
    /// Who carries a phone number.
    pub enum PhoneProvider {
        /// Bring your own number over a SIP trunk.
        Byo = "byo-phone-number",
        /// Twilio.
        Twilio = "twilio",
        /// Vonage.
        Vonage = "vonage",
        /// A number bought from Vapi.
        Vapi = "vapi",
        /// Telnyx.
        Telnyx = "telnyx",
    }
}
