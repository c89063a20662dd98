//! Conferences: the rooms in which transfers take place.
//!
//! - `GET /2010-04-01/Accounts/{AccountSid}/Conferences.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}/Recordings/{RecordingSid}.json`
//!
//! See Twilio's page "Conference resource".

mod add;
mod participant;
mod update;

use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

pub use self::add::AddParticipant;
pub use self::participant::{ListParticipants, Participant};
pub use self::update::UpdateParticipant;

use crate::ask::{self, lists};
use crate::client::Client;
use crate::described::described;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::form::Form;
use crate::request::Request;
use crate::resource::live_call::recording_controls;
use crate::sid::{AccountSid, CallSid, ConferenceSid};
use crate::word::{CallbackMethod, ConferenceStatus};

/// The conferences of an account, from [`Client::conferences`].
#[derive(Clone, Copy, Debug)]
pub struct Conferences<'a> {
    client: &'a Client,
}

impl<'a> Conferences<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Reads a conference.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch(self, conference: &ConferenceSid) -> Result<Conference> {
        ask::read(self.client, Request::get(ONE).fill("ConferenceSid", conference.as_str())).await
    }

    /// Lists conferences, the newest first. By the name given in TwiML, and going on, it finds the one that a
    /// caller waits in.
    pub fn list(self) -> ListConferences<'a> {
        ListConferences::new(self.client, Request::get(ALL))
    }
}

/// One conference, from [`Client::conference`].
#[derive(Clone, Debug)]
pub struct InConference<'a> {
    client: &'a Client,
    conference: ConferenceSid,
}

impl<'a> InConference<'a> {
    pub(crate) fn new(client: &'a Client, conference: ConferenceSid) -> Self {
        Self { client, conference }
    }

    /// Ends the conference for all who are in it. Ending it twice does no harm.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn end(&self) -> Result<Conference> {
        let mut form = Form::new();
        form.set("Status", "completed");
        ask::read(self.client, self.post(ONE, form).repeatable()).await
    }

    /// Plays the TwiML or sound at this address to all who are in it.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn announce(&self, url: &Url, method: CallbackMethod) -> Result<Conference> {
        let mut form = Form::new();
        form.set("AnnounceUrl", url.as_str());
        form.set("AnnounceMethod", method.as_str());
        ask::read(self.client, self.post(ONE, form)).await
    }

    /// Calls somebody into the conference. As with a call, what may have been placed is not placed again, and
    /// it waits for its turn among the calls that are placed.
    pub fn add(&self, to: impl Into<Endpoint>, from: impl Into<Endpoint>) -> AddParticipant<'a> {
        let mut form = Form::new();
        form.set("To", to.into().as_str());
        form.set("From", from.into().as_str());
        AddParticipant::new(self.client, self.post(participant::ALL, form).paced())
    }

    /// Lists who is in the conference.
    pub fn participants(&self) -> ListParticipants<'a> {
        let request = Request::get(participant::ALL).fill("ConferenceSid", self.conference.as_str());
        ListParticipants::new(self.client, request)
    }

    /// Reads one side, given by its call or its label.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when it is not in there, and the kinds every request
    /// has.
    pub async fn participant(&self, who: impl AsRef<str>) -> Result<Participant> {
        let request = Request::get(participant::ONE).fill("ConferenceSid", self.conference.as_str());
        ask::read(self.client, request.fill("CallSid", who.as_ref())).await
    }

    /// Changes one side, given by its call or its label: holds, mutes, lets it coach.
    pub fn update(&self, who: impl AsRef<str>) -> UpdateParticipant<'a> {
        let request = self.post(participant::ONE, Form::new()).fill("CallSid", who.as_ref());
        UpdateParticipant::new(self.client, request)
    }

    /// Takes one side out, given by its call or its label.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when it is not in there, and the kinds every request
    /// has.
    pub async fn remove(&self, who: impl AsRef<str>) -> Result<()> {
        let request = Request::delete(participant::ONE).fill("ConferenceSid", self.conference.as_str());
        ask::delete(self.client, request.fill("CallSid", who.as_ref())).await
    }

    recording_controls!(RECORDING);

    fn post(&self, template: &'static str, form: Form) -> Request {
        Request::post(template, form).fill("ConferenceSid", self.conference.as_str())
    }
}

described! {
    /// A conference.
    Conference {
        /// The identifier of the conference.
        sid: ConferenceSid,
        /// How far it has come.
        status: ConferenceStatus,
        ;
        /// The account it belongs to.
        account_sid: AccountSid,
        /// The name that TwiML gave it.
        friendly_name: String,
        /// Where it is mixed.
        region: String,
        /// When it was made.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
        /// Why it ended.
        reason_conference_ended: String,
        /// Whose leaving ended it.
        call_sid_ending_conference: CallSid,
    } shows [sid, status, reason_conference_ended]
}

lists! {
    /// Conferences of the account, from [`Conferences::list`].
    ListConferences of Conference {
        /// Those that have come this far.
        status: &ConferenceStatus = "Status",
        /// Those of this name.
        name: &str = "FriendlyName",
        /// Those made on this day.
        created_on: Date = "DateCreated",
        /// Those made on this day or before.
        created_before: Date = "DateCreated<",
        /// Those made on this day or after.
        created_after: Date = "DateCreated>",
        /// Those changed on this day.
        updated_on: Date = "DateUpdated",
        /// Those changed on this day or before.
        updated_before: Date = "DateUpdated<",
        /// Those changed on this day or after.
        updated_after: Date = "DateUpdated>",
    }
}

const ALL: &str = "/2010-04-01/Accounts/{AccountSid}/Conferences.json";
const ONE: &str = "/2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}.json";
const RECORDING: &str =
    "/2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}/Recordings/{RecordingSid}.json";
