//! The nouns that stand inside `<Dial>`: whom to call.

use super::VoiceResponse;
use super::tag::{named_by_text, tags};
use super::verb::Dial;

tags! {
    /// A telephone number to dial.
    Number in [Dial] {
        /// Keys to press once connected.
        send_digits: &str = "sendDigits",
        /// What the called side hears before it is connected.
        url: &str = "url",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "statusCallbackEvent",
    }

    /// A Voice SDK client to dial.
    Client in [Dial] {
        /// What the called side hears before it is connected.
        url: &str = "url",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "statusCallbackEvent",
    }

    /// A SIP address to dial.
    Sip in [Dial] {
        /// What to log in as.
        username: &str = "username",
        /// What to log in with.
        password: &str = "password",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "statusCallbackEvent",
    }

    /// A conference to join.
    Conference in [Dial] {
        /// The call that this side coaches: heard by it, and by nobody else.
        coach: &str = "coach",
        /// Whether this side comes in muted.
        muted: bool = "muted",
        /// Whether the conference begins with this side.
        start_conference_on_enter: bool = "startConferenceOnEnter",
        /// Whether the conference ends with this side.
        end_conference_on_exit: bool = "endConferenceOnExit",
        /// The name of this side in the API.
        participant_label: &str = "participantLabel",
        /// What to play until it begins.
        wait_url: &str = "waitUrl",
        /// How many may join.
        max_participants: u32 = "maxParticipants",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "statusCallbackEvent",
    }

    /// A queue whose first caller to speak with.
    Queue in [Dial, VoiceResponse] {
        /// What that caller hears before being connected.
        url: &str = "url",
    }

    /// An application of this account or another, to be asked what to do.
    Application in [Dial] {
        /// Whether the other side hears who was called first.
        copy_parent_to: bool = "copyParentTo",
        /// Which customer of the application it is for.
        customer_id: &str = "customerId",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "statusCallbackEvent",
    }

    /// A SIM of Twilio's to dial.
    Sim in [Dial] {}

    /// A `WhatsApp` user to call.
    WhatsApp in [Dial] {
        /// What the called side hears before it is connected.
        url: &str = "url",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
        /// Which steps to say it at.
        status_callback_event: &[&str] = "statusCallbackEvent",
    }
}

named_by_text! {
    /// Dials this number, in E.164.
    Number
    /// Dials this SIP address.
    Sip
    /// Joins the conference of this name.
    Conference
    /// The queue of this name.
    Queue
    /// The SIM of this identifier.
    Sim
    /// The `WhatsApp` user of this number.
    WhatsApp
}

impl Client {
    /// Dials the client of this identity. The identity has an element of its own, so that parameters can
    /// stand beside it.
    pub fn new(identity: impl Into<String>) -> Self {
        Self(Self::empty().0.child(super::Element::new("Identity").text(identity)))
    }
}

impl Application {
    /// Asks the application of this identifier, which has an element of its own beside its parameters.
    pub fn new(application_sid: impl Into<String>) -> Self {
        Self(Self::empty().0.child(super::Element::new("ApplicationSid").text(application_sid)))
    }
}
