//! Twilio's resource identifiers, one type per kind, so that a recording cannot be hung up.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// A resource identifier of kind `K`: a two-letter prefix and 32 hexadecimal digits.
///
/// The text is kept exactly as Twilio wrote it; digits may be of either case.
///
/// ```
/// use twilio_client::CallSid;
///
/// let call: CallSid = "CA0123456789abcdef0123456789abcdef".parse()?;
/// assert_eq!(call.as_str().len(), 34);
/// assert!("AC0123456789abcdef0123456789abcdef".parse::<CallSid>().is_err());
/// # Ok::<(), twilio_client::sid::InvalidSid>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Sid<K> {
    text: Box<str>,
    kind: PhantomData<K>,
}

/// What a [`Sid`] identifies; a resource that this crate does not know can have a kind of your own.
pub trait Kind {
    /// The two letters every identifier of this kind begins with.
    const PREFIX: &'static str;
    /// Two other letters that some of them begin with.
    const ALSO: Option<&'static str> = None;
}

/// Declares the kinds: what each marks, the type alias, and the letters it begins with.
macro_rules! kinds {
    ($($(#[$doc:meta])* $alias:ident = $kind:ident, $prefix:literal $(or $also:literal)?;)+) => {$(
        $(#[$doc])*
        pub type $alias = Sid<$kind>;

        #[doc = concat!("Marks [`", stringify!($alias), "`].")]
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $kind;

        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
            $(const ALSO: Option<&'static str> = Some($also);)?
        }
    )+};
}

kinds! {
    /// The account that owns everything else: `AC..`.
    AccountSid = Account, "AC";
    /// An activity of a worker in `TaskRouter`, such as being available: `WA..`.
    ActivitySid = Activity, "WA";
    /// An API key, the user name of revocable credentials: `SK..`.
    ApiKeySid = ApiKey, "SK";
    /// A TwiML application: `AP..`.
    ApplicationSid = Application, "AP";
    /// A bring-your-own-carrier trunk: `BY..`.
    ByocSid = Byoc, "BY";
    /// One leg of a call: `CA..`.
    CallSid = Call, "CA";
    /// A conference: `CF..`.
    ConferenceSid = Conference, "CF";
    /// An event that `TaskRouter` recorded: `EV..`.
    EventSid = Event, "EV";
    /// One run of a Studio flow: `FN..`.
    ExecutionSid = Execution, "FN";
    /// A Studio flow: `FW..`.
    FlowSid = Flow, "FW";
    /// An interaction of Flex: `KD..`.
    InteractionSid = Interaction, "KD";
    /// A channel of an interaction of Flex: `UO..`.
    InteractionChannelSid = InteractionChannel, "UO";
    /// An invitation of an agent into an interaction of Flex: `KG..`.
    InviteSid = Invite, "KG";
    /// A message: `SM..`, or `MM..` with media.
    MessageSid = Message, "SM" or "MM";
    /// A messaging service, which chooses the number to send from: `MG..`.
    MessagingServiceSid = MessagingService, "MG";
    /// Somebody in a channel of an interaction of Flex: `UT..`.
    ParticipantSid = Participant, "UT";
    /// A telephone number that we own: `PN..`.
    PhoneNumberSid = PhoneNumber, "PN";
    /// A call recording: `RE..`.
    RecordingSid = Recording, "RE";
    /// The offer of a task to a worker: `WR..`.
    ReservationSid = Reservation, "WR";
    /// A fork of a call's audio by SIPREC: `SR..`.
    SiprecSid = Siprec, "SR";
    /// A fork of a call's audio to a WebSocket: `MZ..`.
    StreamSid = Stream, "MZ";
    /// A map of Sync: `MP..`.
    SyncMapSid = SyncMap, "MP";
    /// A service of Sync: `IS..`.
    SyncServiceSid = SyncService, "IS";
    /// A kind of tasks of `TaskRouter`: `TC..`.
    TaskChannelSid = TaskChannel, "TC";
    /// A queue of `TaskRouter`: `WQ..`.
    TaskQueueSid = TaskQueue, "WQ";
    /// A task of `TaskRouter`: `WT..`.
    TaskSid = Task, "WT";
    /// A transcription that runs beside a call: `GT..`.
    TranscriptionSid = Transcription, "GT";
    /// A transfer between agents of Flex: `UX..`.
    TransferSid = Transfer, "UX";
    /// A verification of Verify: `VE..`.
    VerificationSid = Verification, "VE";
    /// A service of Verify: `VA..`.
    VerifyServiceSid = VerifyService, "VA";
    /// A worker of `TaskRouter`: `WK..`.
    WorkerSid = Worker, "WK";
    /// A workflow of `TaskRouter`: `WW..`.
    WorkflowSid = Workflow, "WW";
    /// A workspace of `TaskRouter`: `WS..`.
    WorkspaceSid = Workspace, "WS";
}

impl<K> Sid<K> {
    /// The identifier as Twilio writes it, 34 characters.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: Kind> FromStr for Sid<K> {
    type Err = InvalidSid;

    fn from_str(text: &str) -> Result<Self, InvalidSid> {
        let also = || text.strip_prefix(K::ALSO?);
        let digits = text.strip_prefix(K::PREFIX).or_else(also).ok_or(InvalidSid { prefix: K::PREFIX })?;
        if digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            Ok(Self { text: text.into(), kind: PhantomData })
        } else {
            Err(InvalidSid { prefix: K::PREFIX })
        }
    }
}

impl<K> AsRef<str> for Sid<K> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<K> fmt::Display for Sid<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K> fmt::Debug for Sid<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(feature = "client")]
impl<'de, K: Kind> serde::Deserialize<'de> for Sid<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "client")]
impl<K> serde::Serialize for Sid<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// The text is not an identifier of the kind asked for; it is not repeated here, for it may be a secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a Twilio identifier of this kind: `{prefix}` and 32 hexadecimal digits are wanted")]
pub struct InvalidSid {
    prefix: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "0123456789abcdefABCDEF0123456789";

    #[test]
    fn an_identifier_of_another_kind_is_refused() {
        let account = format!("AC{DIGITS}");

        assert!(account.parse::<AccountSid>().is_ok());
        assert!(account.parse::<CallSid>().is_err());
    }

    #[test]
    fn length_and_alphabet_are_checked() {
        for wrong in ["", "CA", "CA0123", &format!("CA{DIGITS}0"), &format!("CA{}g", &DIGITS[1..])] {
            assert!(wrong.parse::<CallSid>().is_err(), "{wrong}");
        }
        assert!(format!("CAé{}", &DIGITS[2..]).parse::<CallSid>().is_err());
    }

    #[test]
    fn the_error_does_not_repeat_its_input() {
        let error = "canary-token-77aa".parse::<AccountSid>().unwrap_err();

        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
