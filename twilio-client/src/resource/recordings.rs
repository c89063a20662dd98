//! Recordings: finding them, fetching their sound, deleting them.
//!
//! - `GET /2010-04-01/Accounts/{AccountSid}/Recordings.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Recordings.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}/Recordings.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.wav`
//! - `DELETE /2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.json`
//!
//! See Twilio's page "Recordings resource".

mod media;

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

pub use self::media::{Media, MediaFormat, OpenMedia};

use crate::ask::{self, lists};
use crate::client::Client;
use crate::described::described;
use crate::error::Result;
use crate::request::Request;
use crate::sid::{AccountSid, CallSid, ConferenceSid, RecordingSid};
use crate::word::{RecordingChannels, RecordingSource, RecordingStatus, RecordingTrack};

/// The recordings of an account, from [`Client::recordings`].
#[derive(Clone, Copy, Debug)]
pub struct Recordings<'a> {
    client: &'a Client,
}

impl<'a> Recordings<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Reads what is known of a recording.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch(self, recording: &RecordingSid) -> Result<Recording> {
        ask::read(self.client, Request::get(ONE).fill("RecordingSid", recording.as_str())).await
    }

    /// Lists recordings, the newest first.
    pub fn list(self) -> ListRecordings<'a> {
        ListRecordings::new(self.client, Request::get(ALL))
    }

    /// Lists the recordings of a call, those that go on included.
    pub fn of_call(self, call: &CallSid) -> ListRecordingsOf<'a> {
        ListRecordingsOf::new(self.client, Request::get(OF_CALL).fill("CallSid", call.as_str()))
    }

    /// Lists the recordings of a conference, those that go on included.
    pub fn of_conference(self, conference: &ConferenceSid) -> ListRecordingsOf<'a> {
        let request = Request::get(OF_CONFERENCE).fill("ConferenceSid", conference.as_str());
        ListRecordingsOf::new(self.client, request)
    }

    /// Opens the sound of a recording, to be read piece by piece, however long it is. With
    /// [`Dual`](RecordingChannels::Dual) each side has a channel of its own, if it was recorded so.
    pub fn media(
        self,
        recording: &RecordingSid,
        format: MediaFormat,
        channels: &RecordingChannels,
    ) -> OpenMedia {
        let channels = if *channels == RecordingChannels::Dual { "2" } else { "1" };
        let request = Request::get(format.template())
            .fill("RecordingSid", recording.as_str())
            .query("RequestedChannels", channels);
        self.client.download(&request)
    }

    /// Deletes the sound of a recording, and soon all that is known of it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete(self, recording: &RecordingSid) -> Result<()> {
        ask::delete(self.client, Request::delete(ONE).fill("RecordingSid", recording.as_str())).await
    }
}

described! {
    /// A recording of a call or a conference.
    Recording {
        /// The identifier of the recording.
        sid: RecordingSid,
        /// How far it has come.
        status: RecordingStatus,
        ;
        /// The account it belongs to.
        account_sid: AccountSid,
        /// The call it is of.
        call_sid: CallSid,
        /// The conference it is of.
        conference_sid: ConferenceSid,
        /// How long it is.
        duration: Duration,
        /// How many channels it has.
        channels: u64,
        /// Which side it has, if only one.
        track: RecordingTrack,
        /// What began it.
        source: RecordingSource,
        /// When it began.
        start_time: Timestamp,
        /// When it was asked for.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
        /// What it cost, as decimal text and usually negative.
        price: String,
        /// The currency of the price.
        price_unit: String,
        /// What went wrong, as one of Twilio's codes.
        error_code: u64,
        /// The address of its sound, without the ending that chooses a format.
        media_url: String,
        /// How it is encrypted, if it is with a key of ours.
        encryption_details: Value,
    } shows [sid, status, duration, channels]
}

lists! {
    /// Recordings of the account, from [`Recordings::list`].
    ListRecordings of Recording {
        /// Those of this call.
        call: &CallSid = "CallSid",
        /// Those of this conference.
        conference: &ConferenceSid = "ConferenceSid",
        /// Those made on this day, in UTC.
        created_on: Date = "DateCreated",
        /// Those made before.
        created_before: Timestamp = "DateCreated<",
        /// Those made at this time or after.
        created_after: Timestamp = "DateCreated>",
        /// Whether to list those whose sound is deleted already.
        include_deleted: bool = "IncludeSoftDeleted",
    }

    /// Recordings of one call or conference, from [`Recordings::of_call`] and [`Recordings::of_conference`].
    ListRecordingsOf of Recording {
        /// Those made on this day, in UTC.
        created_on: Date = "DateCreated",
        /// Those made before.
        created_before: Timestamp = "DateCreated<",
        /// Those made at this time or after.
        created_after: Timestamp = "DateCreated>",
    }
}

const OF_CALL: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Recordings.json";
const OF_CONFERENCE: &str = "/2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}/Recordings.json";
const ALL: &str = "/2010-04-01/Accounts/{AccountSid}/Recordings.json";
const ONE: &str = "/2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.json";
