//! Who is on the other end of the call.

use crate::wire::{Raw, wire_object};

impl Customer {
    /// The customer with this number in E.164 form.
    pub fn at(number: impl Into<String>) -> Self {
        Self { number: Some(number.into()), ..Self::default() }
    }
}

wire_object! {
    /// The customer: the caller of an inbound call, the called of an outbound one.
    ///
    /// Caller id is a hint and no proof of identity. `Debug` shows none of the personal fields.
    pub struct Customer {
        /// Phone number, usually in E.164 form.
        pub number: Option<String> = hidden "number",
        /// SIP URI, for a call that has no number.
        pub sip_uri: Option<String> = hidden "sipUri",
        /// Extension to dial after the call is answered.
        pub extension: Option<String> = hidden "extension",
        /// Name, where the operator or the network gave one.
        pub name: Option<String> = hidden "name",
        /// E-mail address.
        pub email: Option<String> = hidden "email",
        /// Identifier in the operator's own records.
        pub external_id: Option<String> = hidden "externalId",
        /// Whether Vapi insists on an E.164 number.
        pub number_e164_check_enabled: Option<bool> = shown "numberE164CheckEnabled",
        /// Assistant settings for this customer alone.
        pub assistant_overrides: Option<Raw> = shown "assistantOverrides",
    }
}
