//! `GET /2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}/Participants.json`

use jiff::Timestamp;

use crate::ask::lists;
use crate::described::described;
use crate::sid::{CallSid, ConferenceSid};
use crate::word::ParticipantStatus;

described! {
    /// One side of a conference.
    ///
    /// See Twilio's page "Participant resource".
    Participant {
        /// The call that is in the conference.
        call_sid: CallSid,
        ;
        /// The conference it is in.
        conference_sid: ConferenceSid,
        /// How far it has come.
        status: ParticipantStatus,
        /// The name it was given.
        label: String,
        /// Whether it is not heard.
        muted: bool,
        /// Whether it hears music.
        hold: bool,
        /// Whether it coaches another side.
        coaching: bool,
        /// Which side it coaches.
        call_sid_to_coach: CallSid,
        /// Whether the conference begins with it.
        start_conference_on_enter: bool,
        /// Whether the conference ends with it.
        end_conference_on_exit: bool,
        /// When it was made.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [call_sid, status, muted, hold, coaching]
}

lists! {
    /// Sides of a conference, from [`InConference::participants`](super::InConference::participants).
    ListParticipants of Participant {
        /// Those that are not heard, or all others.
        muted: bool = "Muted",
        /// Those that are held, or all others.
        hold: bool = "Hold",
        /// Those that coach, or all others.
        coaching: bool = "Coaching",
    }
}

pub(super) const ALL: &str =
    "/2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}/Participants.json";
pub(super) const ONE: &str =
    "/2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}/Participants/{CallSid}.json";
