//! The resources of Twilio's API, one file each, and the way to them from a [`Client`].

pub mod applications;
pub mod calls;
pub mod conferences;
#[cfg(feature = "flex")]
pub mod flex;
pub mod incoming_numbers;
pub mod live_call;
pub mod lookups;
pub mod messages;
pub mod recordings;
#[cfg(feature = "studio")]
pub mod studio;
#[cfg(feature = "sync")]
pub mod sync;
#[cfg(feature = "taskrouter")]
pub mod taskrouter;
#[cfg(feature = "verify")]
pub mod verify;

use crate::client::Client;
use crate::sid::{CallSid, ConferenceSid};

impl Client {
    /// The applications of the account: named sets of webhooks.
    pub fn applications(&self) -> applications::Applications<'_> {
        applications::Applications::new(self)
    }

    /// The calls of the account.
    pub fn calls(&self) -> calls::Calls<'_> {
        calls::Calls::new(self)
    }

    /// What can be started and stopped beside one call.
    pub fn live_call(&self, call: &CallSid) -> live_call::LiveCall<'_> {
        live_call::LiveCall::new(self, call.clone())
    }

    /// The conferences of the account.
    pub fn conferences(&self) -> conferences::Conferences<'_> {
        conferences::Conferences::new(self)
    }

    /// One conference and who is in it.
    pub fn conference(&self, conference: &ConferenceSid) -> conferences::InConference<'_> {
        conferences::InConference::new(self, conference.clone())
    }

    /// The telephone numbers of the account.
    pub fn incoming_numbers(&self) -> incoming_numbers::IncomingNumbers<'_> {
        incoming_numbers::IncomingNumbers::new(self)
    }

    /// What is known of a telephone number.
    pub fn lookups(&self) -> lookups::Lookups<'_> {
        lookups::Lookups::new(self)
    }

    /// The messages of the account.
    pub fn messages(&self) -> messages::Messages<'_> {
        messages::Messages::new(self)
    }

    /// The recordings of the account.
    pub fn recordings(&self) -> recordings::Recordings<'_> {
        recordings::Recordings::new(self)
    }
}
