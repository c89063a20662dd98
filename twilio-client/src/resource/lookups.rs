//! Lookup: is it a number, of what kind, and whose?
//!
//! - `GET /v2/PhoneNumbers/{PhoneNumber}`
//!
//! See Twilio's page "Lookup v2 API".

use serde_json::Value;

use crate::ask::asks;
use crate::client::Client;
use crate::described::described;
use crate::endpoint::Endpoint;
use crate::host::Product;
use crate::open_word::open_words;
use crate::request::Request;
use crate::sid::VerificationSid;

/// Lookup, from [`Client::lookups`].
#[derive(Clone, Copy, Debug)]
pub struct Lookups<'a> {
    client: &'a Client,
}

impl<'a> Lookups<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Looks up a number, in E.164 or as people write it in the country that
    /// [`country`](LookUp::country) names. Without [`fields`](LookUp::with) it costs nothing.
    pub fn look_up(self, number: &str) -> LookUp<'a> {
        LookUp::new(self.client, Request::get(ONE).product(Product::Lookups).fill("PhoneNumber", number))
    }
}

described! {
    /// What is known of a number.
    Lookup {
        ;
        /// Whether it can be a number at all.
        valid: bool,
        /// The number in E.164.
        phone_number: Endpoint,
        /// The number as people write it at home.
        national_format: String,
        /// The country, such as `US`.
        country_code: String,
        /// The country's calling code, such as `1`.
        calling_country_code: String,
        /// Why it is not valid.
        validation_errors: Value,
        /// Whose it is: `caller_name` and `caller_type`.
        caller_name: Value,
        /// What kind of line it is: `type`, `carrier_name` and more.
        line_type_intelligence: Value,
        /// Whether its SIM was changed lately.
        sim_swap: Value,
        /// Whether its calls are forwarded.
        call_forwarding: Value,
        /// Whether it can be reached.
        line_status: Value,
        /// Whether it belongs to the person described.
        identity_match: Value,
        /// Whether it was given to another since a day.
        reassigned_number: Value,
        /// How likely it is used for fraud by SMS.
        sms_pumping_risk: Value,
    } shows [valid, country_code]
}

open_words! {
    /// What to look up besides the shape of a number; each has its price.
    LookupField {
        /// Whose it is.
        CallerName = "caller_name",
        /// What kind of line it is.
        LineTypeIntelligence = "line_type_intelligence",
        /// Whether its SIM was changed lately.
        SimSwap = "sim_swap",
        /// Whether its calls are forwarded.
        CallForwarding = "call_forwarding",
        /// Whether it can be reached.
        LineStatus = "line_status",
        /// Whether it belongs to the person described.
        IdentityMatch = "identity_match",
        /// Whether it was given to another since a day.
        ReassignedNumber = "reassigned_number",
        /// How likely it is used for fraud by SMS.
        SmsPumpingRisk = "sms_pumping_risk",
    }
}

asks! {
    /// A number to be looked up, from [`Lookups::look_up`]; await it.
    LookUp -> Lookup {
        /// The country whose way of writing numbers it is in, such as `US`.
        country: &str = "CountryCode",
        /// For an identity match: the first name.
        first_name: &str = "FirstName",
        /// The last name.
        last_name: &str = "LastName",
        /// The street.
        address_line1: &str = "AddressLine1",
        /// More of the address.
        address_line2: &str = "AddressLine2",
        /// The city.
        city: &str = "City",
        /// The state.
        state: &str = "State",
        /// The postal code.
        postal_code: &str = "PostalCode",
        /// The country of the address.
        address_country: &str = "AddressCountryCode",
        /// The national id.
        national_id: &str = "NationalId",
        /// The date of birth, as `YYYYMMDD`.
        date_of_birth: &str = "DateOfBirth",
        /// For a reassigned number: the day on which it was last known to be the same person's,
        /// as `YYYYMMDD`.
        last_verified: &str = "LastVerifiedDate",
        /// A verification that the number passed.
        verification: &VerificationSid = "VerificationSid",
        /// The account of a partner's customer.
        partner_sub_id: &str = "PartnerSubId",
    }
}

impl LookUp<'_> {
    /// What to look up besides the shape of the number.
    pub fn with(mut self, fields: &[LookupField]) -> Self {
        let fields: Vec<_> = fields.iter().map(LookupField::as_str).collect();
        self.request.parameters().set("Fields", fields.join(","));
        self
    }
}

const ONE: &str = "/v2/PhoneNumbers/{PhoneNumber}";
