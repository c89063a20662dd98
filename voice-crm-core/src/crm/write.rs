//! Writes to the CRM: what shall be so, under a key that makes repeating it harmless.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de, ser};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    call::{CallId, Direction, EndedCall},
    phone::PhoneNumber,
};

/// The identity of one write: the external id in the CRM and the key in the journal.
///
/// Made from organisation, channel, call, function call and index, so that the same webhook names
/// the same write on every replica and in every week.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct WriteKey([u8; 16]);

impl WriteKey {
    /// The key of the `index`-th write that `origin` makes on a call.
    pub fn new(organisation: &str, channel: &str, call: &CallId, origin: &str, index: u32) -> Self {
        let mut hash = Sha256::new();
        for part in [organisation, channel, call.as_str(), origin] {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(index.to_be_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finalize()[..16]);
        Self(key)
    }

    /// The key's sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The key with these sixteen bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The short form that a caller can be given: six characters, none of them easily misheard.
    pub fn reference(&self) -> Reference {
        // Crockford's alphabet less the letters that sound or look like others.
        const ALPHABET: &[u8; 25] = b"2346789ACEFGHJKMNPQRTUWXY";
        let mut number = u64::from_be_bytes([
            self.0[0], self.0[1], self.0[2], self.0[3], self.0[4], self.0[5], self.0[6], self.0[7],
        ]);
        let mut text = String::with_capacity(6);
        for _ in 0..6 {
            text.push(char::from(ALPHABET[usize::try_from(number % 25).unwrap_or_default()]));
            number /= 25;
        }
        Reference(text)
    }
}

impl fmt::Display for WriteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for WriteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WriteKey({self})")
    }
}

/// The text is not the key of a write.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the key of a write, which is 32 hexadecimal digits")]
pub struct InvalidWriteKey;

impl FromStr for WriteKey {
    type Err = InvalidWriteKey;

    fn from_str(text: &str) -> Result<Self, InvalidWriteKey> {
        if text.len() != 32 || !text.is_ascii() {
            return Err(InvalidWriteKey);
        }
        let mut key = [0; 16];
        for (index, byte) in key.iter_mut().enumerate() {
            let pair = &text[index * 2..index * 2 + 2];
            *byte = u8::from_str_radix(pair, 16).map_err(|_| InvalidWriteKey)?;
        }
        Ok(Self(key))
    }
}

impl Serialize for WriteKey {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WriteKey {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The short form of a [`WriteKey`], for a caller's ear.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reference(String);

impl Reference {
    /// The six characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The CRM's own id of a record.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordRef(String);

impl RecordRef {
    /// The record with this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One write, durable in the journal until it is in the CRM.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Write {
    /// Its identity.
    pub key: WriteKey,
    /// What shall be so.
    pub change: Change,
}

/// What a write makes so.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Change {
    /// A support case exists.
    CreateCase(NewCase),
    /// A contact's details are these.
    UpdateContact(ContactUpdate),
    /// A finished call is on record.
    LogCall(Box<CallLog>),
    /// A record of an object of one's own exists, with these fields.
    SaveRecord(OwnRecord),
}

impl Change {
    /// One word for what it does, for logs and lists.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CreateCase(_) => "create_case",
            Self::UpdateContact(_) => "update_contact",
            Self::LogCall(_) => "log_call",
            Self::SaveRecord(_) => "save_record",
        }
    }
}

/// How the account of a case is known.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum AccountRef {
    /// By its record.
    Known(RecordRef),
    /// By the account number that the caller gave.
    Number(String),
}

impl fmt::Debug for AccountRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(_) => "Known(..)",
            Self::Number(_) => "Number(..)",
        })
    }
}

/// A support case to be.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct NewCase {
    /// The headline.
    pub subject: String,
    /// The caller's trouble, in whatever words.
    pub description: String,
    /// The kind of trouble, in a word that the CRM knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// How urgent it is, in a word that the CRM knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The account it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountRef>,
    /// The contact who called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<RecordRef>,
    /// The number that called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
}

impl fmt::Debug for NewCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewCase").field("priority", &self.priority).finish_non_exhaustive()
    }
}

/// New details of a contact; what is `None` stays as it is.
#[derive(Clone, Serialize, Deserialize)]
pub struct ContactUpdate {
    /// The contact.
    pub contact: RecordRef,
    /// The new telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// The new e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl fmt::Debug for ContactUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactUpdate")
            .field("contact", &self.contact)
            .field("phone", &self.phone.is_some())
            .field("email", &self.email.is_some())
            .finish()
    }
}

/// A finished call, as the CRM keeps it.
#[derive(Clone, Serialize, Deserialize)]
pub struct CallLog {
    /// The platform's id of the call.
    pub call: String,
    /// Which way it went.
    pub inbound: bool,
    /// Why it ended.
    pub ended_reason: String,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Its length in whole seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// What it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// Where the recording lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_url: Option<String>,
    /// The number at the far end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// Whose number that is, where it is known already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<RecordRef>,
}

impl CallLog {
    /// The log of a finished call with a contact, if it is known who that is.
    pub fn of(ended: &EndedCall, contact: Option<RecordRef>) -> Self {
        Self {
            call: ended.call.id.as_str().to_owned(),
            inbound: ended.call.direction == Direction::Inbound,
            ended_reason: ended.reason.clone(),
            ended_at: ended.ended_at,
            seconds: ended.seconds,
            summary: ended.summary.clone(),
            transcript: ended.transcript.clone(),
            recording_url: ended.recording_url.clone(),
            phone: ended.call.caller.number().cloned(),
            contact,
        }
    }
}

impl fmt::Debug for CallLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallLog")
            .field("call", &self.call)
            .field("ended_reason", &self.ended_reason)
            .finish_non_exhaustive()
    }
}

/// A record of an object that only the user knows.
#[derive(Clone, Serialize, Deserialize)]
pub struct OwnRecord {
    /// The object's API name.
    pub object: String,
    /// Its fields by their API names.
    pub fields: Map<String, Value>,
}

impl fmt::Debug for OwnRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnRecord").field("object", &self.object).finish_non_exhaustive()
    }
}

/// What the CRM gave back for a write that took effect.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// The record that was made or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordRef>,
    /// The kind of record, in the CRM's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The number that people call the record by, such as a case number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What came out differently from what was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Remark>,
}

/// A way in which a write came out differently from what was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Remark {
    /// No account has the number that the caller gave; the record stands without one.
    AccountNotFound,
    /// Several accounts have the number that the caller gave; the record stands without one.
    AccountAmbiguous,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(call: &str, origin: &str, index: u32) -> WriteKey {
        WriteKey::new("org", "vapi", &call.into(), origin, index)
    }

    #[test]
    fn the_same_origin_gives_the_same_key_and_any_other_another() {
        assert_eq!(key("c", "t", 0), key("c", "t", 0));
        let all = [key("c", "t", 0), key("c", "t", 1), key("c", "u", 0), key("ct", "", 0), key("", "ct", 0)];
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other != one));
        }
    }

    #[test]
    fn a_key_survives_its_text_form() {
        let key = key("c", "t", 7);
        assert_eq!(key.to_string().parse(), Ok(key));
        for bad in ["", "zz", "ß3333333333333333333333333333333", &"g".repeat(32)] {
            assert_eq!(bad.parse::<WriteKey>(), Err(InvalidWriteKey), "{bad}");
        }
    }

    #[test]
    fn a_reference_has_six_characters_that_are_not_misheard() {
        let reference = key("c", "t", 0).reference();
        assert_eq!(reference.as_str().len(), 6);
        assert!(!reference.as_str().contains(['0', 'O', '1', 'I', 'L', '5', 'S', 'B', 'D', 'V', 'Z']));
    }
}
