//! Telephone numbers that the account has, and where their calls are taken to.
//!
//! - `POST /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{PhoneNumberSid}.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{PhoneNumberSid}.json`
//! - `DELETE /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{PhoneNumberSid}.json`
//!
//! See Twilio's page "Incoming phone numbers".

mod change;

use jiff::Timestamp;
use serde_json::Value;

pub use self::change::{BuyNumber, UpdateNumber};

use crate::ask::{self, lists};
use crate::client::Client;
use crate::described::described;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::form::Form;
use crate::phone::E164;
use crate::request::Request;
use crate::sid::{AccountSid, ApplicationSid, PhoneNumberSid};

/// The telephone numbers of an account, from [`Client::incoming_numbers`].
#[derive(Clone, Copy, Debug)]
pub struct IncomingNumbers<'a> {
    client: &'a Client,
}

impl<'a> IncomingNumbers<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Buys this number. It costs money every month until it is released.
    pub fn buy(self, number: &E164) -> BuyNumber<'a> {
        self.buying("PhoneNumber", number.as_str())
    }

    /// Buys any number of this area code of the United States or Canada.
    pub fn buy_in_area(self, area_code: &str) -> BuyNumber<'a> {
        self.buying("AreaCode", area_code)
    }

    fn buying(self, key: &'static str, value: &str) -> BuyNumber<'a> {
        let mut form = Form::new();
        form.set(key, value);
        BuyNumber::new(self.client, Request::post(ALL, form))
    }

    /// Reads what is known of a number.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch(self, number: &PhoneNumberSid) -> Result<IncomingNumber> {
        ask::read(self.client, Request::get(ONE).fill("PhoneNumberSid", number.as_str())).await
    }

    /// Lists numbers.
    pub fn list(self) -> ListNumbers<'a> {
        ListNumbers::new(self.client, Request::get(ALL))
    }

    /// Changes where the calls of a number are taken to; changing it twice does no harm.
    pub fn update(self, number: &PhoneNumberSid) -> UpdateNumber<'a> {
        let request = Request::post(ONE, Form::new()).fill("PhoneNumberSid", number.as_str());
        UpdateNumber::new(self.client, request.repeatable())
    }

    /// Releases a number. Somebody else may have it next.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn release(self, number: &PhoneNumberSid) -> Result<()> {
        ask::delete(self.client, Request::delete(ONE).fill("PhoneNumberSid", number.as_str())).await
    }
}

described! {
    /// A telephone number of the account.
    IncomingNumber {
        /// The identifier of the number.
        sid: PhoneNumberSid,
        ;
        /// The account it belongs to.
        account_sid: AccountSid,
        /// The number.
        phone_number: Endpoint,
        /// Its name.
        friendly_name: String,
        /// What it can do.
        capabilities: Value,
        /// Where calls are taken to.
        voice_url: String,
        /// The application that takes its calls.
        voice_application_sid: ApplicationSid,
        /// Where calls are taken to when that fails.
        voice_fallback_url: String,
        /// Where to say how calls go.
        status_callback: String,
        /// Where messages are taken to.
        sms_url: String,
        /// When it was bought.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid]
}

lists! {
    /// Numbers of the account, from [`IncomingNumbers::list`].
    ListNumbers of IncomingNumber {
        /// Those that match; `*` stands for any digit.
        number: &str = "PhoneNumber",
        /// Those of this name.
        name: &str = "FriendlyName",
        /// Those new to Twilio, or all others.
        beta: bool = "Beta",
        /// Those from here: `twilio` or `hosted`.
        origin: &str = "Origin",
    }
}

const ALL: &str = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json";
const ONE: &str = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{PhoneNumberSid}.json";
