//! The names under which the store counts proofs. They show neither a number nor a call.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::proven_calls::CallKey;
use crate::{crm::RecordRef, phone::PhoneNumber};

/// What is counted of the codes of a contact.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Codes {
    /// Sent on calls from the number on file.
    ToOwnNumber,
    /// Sent on other calls.
    ToAnother,
    /// The same, of late.
    ToAnotherOfLate,
    /// Checked on other calls, of late.
    CheckedOfLate,
}

impl Codes {
    pub(super) const ALL: [Self; 4] =
        [Self::ToOwnNumber, Self::ToAnother, Self::ToAnotherOfLate, Self::CheckedOfLate];

    fn as_str(self) -> &'static str {
        match self {
            Self::ToOwnNumber => "codes-own",
            Self::ToAnother => "codes-other",
            Self::ToAnotherOfLate => "codes-other-late",
            Self::CheckedOfLate => "codes-checked-late",
        }
    }
}

/// The name of one count.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct ProofKey(String);

impl ProofKey {
    /// What all counts of a kind begin with.
    pub(super) fn prefix(kind: &str) -> String {
        format!("proof:{kind}:")
    }

    pub(super) fn contact(organisation: &str, contact: &RecordRef) -> Self {
        Self::of("contact", &[organisation, contact.as_str()])
    }

    pub(super) fn number(organisation: &str, number: &PhoneNumber) -> Self {
        Self::of("number", &[organisation, number.as_e164()])
    }

    pub(super) fn call(organisation: &str, kind: &str, (channel, call): &CallKey) -> Self {
        Self::of(kind, &[organisation, channel, call.as_str()])
    }

    /// Of codes that a contact gets, or that are said to be theirs.
    pub(super) fn codes(organisation: &str, what: Codes, contact: &RecordRef) -> Self {
        Self::of(what.as_str(), &[organisation, contact.as_str()])
    }

    fn of(kind: &str, parts: &[&str]) -> Self {
        Self(format!("{}{}", Self::prefix(kind), digest(parts)))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The part by which an operator names it.
    pub(crate) fn name(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or_default()
    }
}

/// A digest of texts, as 32 hexadecimal digits.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize()[..16].iter().fold(String::with_capacity(32), |text, byte| text + &format!("{byte:02x}"))
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Region;

    #[test]
    fn a_name_shows_nothing_and_belongs_to_one_kind_and_one_organisation() {
        let number = PhoneNumber::parse("+14155550142", Region::US).unwrap();
        let key = ProofKey::number("one", &number);
        assert!(!key.as_str().contains("555"));
        assert_eq!(key.name().len(), 32);
        assert_ne!(key, ProofKey::number("other", &number));
        let contact = RecordRef::new("003");
        let mut all: Vec<_> = Codes::ALL.map(|what| ProofKey::codes("one", what, &contact).0).into();
        all.push(ProofKey::contact("one", &contact).0);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 5);
    }
}
