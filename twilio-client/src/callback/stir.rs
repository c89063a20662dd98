//! Whether the telephone network vouches for the caller's number (STIR/SHAKEN).

use super::family::Value;

/// What the network says of the caller's number.
///
/// ```
/// use twilio_client::callback::{Attestation, StirVerdict, StirVerification};
///
/// let verdict = StirVerdict::from("TN-Validation-Passed-A-Diverted");
/// assert_eq!(verdict.verification(), StirVerification::Passed(Attestation::Full));
/// assert!(verdict.is_diverted());
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct StirVerdict(Box<str>);

/// The outcome of the check.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StirVerification {
    /// The signature is good, and this is what it says.
    Passed(Attestation),
    /// The signature is bad; what it says is worth nothing.
    Failed,
    /// There was no signature, or it could not be checked.
    None,
    /// A word this version does not know.
    Unknown,
}

/// What the caller's carrier says.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Attestation {
    /// `A`: it knows the customer, and that the number is the customer's.
    Full,
    /// `B`: it knows the customer, and not whether the number is the customer's.
    Partial,
    /// `C`: it only passed the call on.
    Gateway,
    /// Something else.
    Unknown,
}

impl StirVerdict {
    /// The verdict as Twilio writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The outcome of the check.
    pub fn verification(&self) -> StirVerification {
        if let Some(rest) = self.0.strip_prefix("TN-Validation-Passed") {
            StirVerification::Passed(match rest.trim_start_matches('-').split('-').next() {
                Some("A") => Attestation::Full,
                Some("B") => Attestation::Partial,
                Some("C") => Attestation::Gateway,
                _ => Attestation::Unknown,
            })
        } else if self.0.starts_with("TN-Validation-Failed") {
            StirVerification::Failed
        } else if self.0.starts_with("No-TN-Validation") {
            StirVerification::None
        } else {
            StirVerification::Unknown
        }
    }

    /// Whether the number is known to be the caller's own.
    pub fn is_vouched_for(&self) -> bool {
        self.verification() == StirVerification::Passed(Attestation::Full)
    }

    /// Whether the call was forwarded on its way.
    pub fn is_diverted(&self) -> bool {
        self.0.contains("-Diverted")
    }

    /// Whether the signature was passed on by another carrier.
    pub fn is_passthrough(&self) -> bool {
        self.0.contains("-Passthrough")
    }
}

impl From<&str> for StirVerdict {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Value for StirVerdict {
    fn read(text: &str) -> Option<Self> {
        Some(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_attestation_that_passed_vouches_for_a_number() {
        for (text, vouched) in [
            ("TN-Validation-Passed-A", true),
            ("TN-Validation-Passed-A-Passthrough", true),
            ("TN-Validation-Passed-AB", false),
            ("TN-Validation-Passed-B", false),
            ("TN-Validation-Failed-A", false),
            ("No-TN-Validation", false),
            ("", false),
        ] {
            assert_eq!(StirVerdict::from(text).is_vouched_for(), vouched, "{text}");
        }
        assert_eq!(StirVerdict::from("TN-Validation-Failed").verification(), StirVerification::Failed);
    }
}
