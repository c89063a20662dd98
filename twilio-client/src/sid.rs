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

/// The account that owns everything else: `AC..`.
pub type AccountSid = Sid<Account>;
/// An API key, the user name of revocable credentials: `SK..`.
pub type ApiKeySid = Sid<ApiKey>;
/// A TwiML application: `AP..`.
pub type ApplicationSid = Sid<Application>;
/// A bring-your-own-carrier trunk: `BY..`.
pub type ByocSid = Sid<Byoc>;
/// One leg of a call: `CA..`.
pub type CallSid = Sid<Call>;
/// A call recording: `RE..`.
pub type RecordingSid = Sid<Recording>;

/// What a [`Sid`] identifies; a resource that this crate does not know can have a kind of your own.
pub trait Kind {
    /// The two letters every identifier of this kind begins with.
    const PREFIX: &'static str;
}

/// Marks an [`AccountSid`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Account;
/// Marks an [`ApiKeySid`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ApiKey;
/// Marks an [`ApplicationSid`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Application;
/// Marks a [`ByocSid`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Byoc;
/// Marks a [`CallSid`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Call;
/// Marks a [`RecordingSid`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Recording;

impl Kind for Account {
    const PREFIX: &'static str = "AC";
}
impl Kind for ApiKey {
    const PREFIX: &'static str = "SK";
}
impl Kind for Application {
    const PREFIX: &'static str = "AP";
}
impl Kind for Byoc {
    const PREFIX: &'static str = "BY";
}
impl Kind for Call {
    const PREFIX: &'static str = "CA";
}
impl Kind for Recording {
    const PREFIX: &'static str = "RE";
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
        let digits = text.strip_prefix(K::PREFIX).ok_or(InvalidSid { prefix: K::PREFIX })?;
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
