//! Who is calling, and how sure we are of it.

use std::fmt;

use crate::phone::{PhoneNumber, Region};

mod assurance;
mod code_counts;
mod proof_counts;
mod proof_key;
mod proof_limits;
mod proof_locks;
mod proven_calls;
mod tried_values;

pub use assurance::{Assurance, Attestation};
pub(crate) use code_counts::{CodeAdmission, CountedCode};
pub(crate) use proof_counts::{Admission, Counted, LockScope, ProofCounts, Trial};
pub(crate) use proof_key::ProofKey;
pub use proof_limits::ProofLimits;
pub use proof_locks::{FailedProofs, ProofLocks};
pub(crate) use proven_calls::{CallKey, ProvenCalls};

/// The party at the far end, as the platform names it.
///
/// Only a [`Caller::Number`] is ever looked up in the CRM.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Caller {
    /// A telephone number. A hint to who is calling, not a proof.
    Number(PhoneNumber),
    /// A SIP address.
    Sip(String),
    /// A client of the platform, such as a browser, under the name that it gave itself.
    Client(String),
    /// A number that is valid in one network alone, such as 911 or that of a text service.
    ShortCode(String),
    /// The caller keeps the number back, or sent one that stands for that.
    Unknown,
}

/// Words that networks send in place of a withheld number spell these digits on a keypad: anonymous, unavailable,
/// restricted, blocked, unknown. Twilio's list has the last with two digits the other way round.
const SPELT: [&str; 6] = ["266696687", "86282452253", "7378742833", "2562533", "8656696", "8566696"];

impl Caller {
    /// Reads what a platform sends as the caller's number or address.
    pub fn from_number(text: Option<&str>, home: Region) -> Self {
        let Some(text) = text.map(str::trim) else { return Self::Unknown };
        if text.starts_with("sip:") || text.starts_with("sips:") {
            return Self::Sip(text.to_owned());
        }
        if let Some(name) = text.strip_prefix("client:") {
            return Self::Client(name.to_owned());
        }
        let digits = text.strip_prefix('+').unwrap_or(text);
        if SPELT.contains(&digits) {
            return Self::Unknown;
        }
        if (3..=6).contains(&digits.len()) && digits.chars().all(|digit| digit.is_ascii_digit()) {
            return Self::ShortCode(digits.to_owned());
        }
        PhoneNumber::parse(text, home).map_or(Self::Unknown, Self::Number)
    }

    /// The caller's number, when there is one.
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number(_) => "Number(..)",
            Self::Sip(_) => "Sip(..)",
            Self::Client(_) => "Client(..)",
            Self::ShortCode(_) => "ShortCode(..)",
            Self::Unknown => "Unknown",
        })
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_is_a_number() {
        let read = |text| Caller::from_number(Some(text), Region::US);
        for text in [
            "anonymous",
            "Restricted",
            "Unknown",
            "",
            "%",
            "+266696687",
            "7378742833",
            "+8656696",
            "+8566696",
        ] {
            assert_eq!(read(text), Caller::Unknown, "{text}");
        }
        assert_eq!(read("911"), Caller::ShortCode("911".to_owned()));
        assert_eq!(read("client:ada"), Caller::Client("ada".to_owned()));
        assert_eq!(read("sip:ada@example.com"), Caller::Sip("sip:ada@example.com".to_owned()));
        assert!(read("+4930901820").number().is_some());
        assert_eq!(Caller::from_number(None, Region::US), Caller::Unknown);
    }
}
