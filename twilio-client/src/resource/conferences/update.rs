//! `POST /2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}/Participants/{CallSid}.json`

use url::Url;

use super::participant::Participant;
use crate::ask::asks;
use crate::sid::CallSid;
use crate::word::CallbackMethod;

asks! {
    /// A side of a conference to be changed, from [`InConference::update`](super::InConference::update); await
    /// it.
    UpdateParticipant -> Participant {
        /// Whether it is not heard.
        muted: bool = "Muted",
        /// Whether it hears music in place of the others.
        hold: bool = "Hold",
        /// What it hears while it is held.
        hold_url: &Url = "HoldUrl",
        /// The method to ask for that with.
        hold_method: CallbackMethod = "HoldMethod",
        /// Plays the TwiML or sound at this address to it alone.
        announce_url: &Url = "AnnounceUrl",
        /// The method to ask for that with.
        announce_method: CallbackMethod = "AnnounceMethod",
        /// What it hears until the conference begins.
        wait_url: &Url = "WaitUrl",
        /// The method to ask for that with.
        wait_method: CallbackMethod = "WaitMethod",
        /// Whether a beep says that it leaves.
        beep_on_exit: bool = "BeepOnExit",
        /// Whether the conference ends with it.
        end_conference_on_exit: bool = "EndConferenceOnExit",
        /// Whether it coaches: it is heard by one side and by no other.
        coaching: bool = "Coaching",
        /// Which side it coaches.
        call_to_coach: &CallSid = "CallSidToCoach",
    }
}
