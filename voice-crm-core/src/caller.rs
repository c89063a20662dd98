//! Who is calling, and how sure we are of it.

use std::fmt;

use crate::phone::{PhoneNumber, Region};

/// The party at the far end, as the platform names it.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Caller {
    /// A telephone number. A hint to who is calling, not a proof.
    Number(PhoneNumber),
    /// A SIP address.
    Sip(String),
    /// No number was sent, or one that stands for "withheld".
    Unknown,
}

impl Caller {
    /// Reads what a platform sends as the caller's number.
    pub fn from_number(text: Option<&str>, home: Region) -> Self {
        match text {
            Some(address) if address.starts_with("sip:") || address.starts_with("sips:") => {
                Self::Sip(address.to_owned())
            }
            Some(number) => PhoneNumber::parse(number, home).map_or(Self::Unknown, Self::Number),
            None => Self::Unknown,
        }
    }

    /// The caller's number, when there is one.
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Number(number) => Some(number),
            Self::Sip(_) | Self::Unknown => None,
        }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number(_) => "Number(..)",
            Self::Sip(_) => "Sip(..)",
            Self::Unknown => "Unknown",
        })
    }
}

/// How far a caller has proved to be who the CRM says.
///
/// Ordered: a function that asks for one level is open to that level and all above it.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Assurance {
    /// Nothing is known; the number was withheld or is in no record.
    #[default]
    Unknown,
    /// The number stands in exactly one contact of the CRM.
    NumberMatches,
}
