//! How sure we are of who is calling.

/// How far a caller has proved to be who the CRM says.
///
/// Ordered: a function that asks for one level is open to that level and all above it.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Assurance {
    /// Nothing is known; the number was withheld, is in no record, or the network denies it.
    #[default]
    Unknown,
    /// The number stands in exactly one contact of the CRM. A number can be forged, so this is a hint.
    NumberMatches,
    /// The same, and the caller's carrier vouches for the number (full STIR attestation).
    NumberAttested,
    /// The caller has proved it on this call: by something only they know, or by a code sent to them.
    Verified,
}

/// What the telephone network says of the caller's number (STIR/SHAKEN).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Attestation {
    /// Nothing; most calls carry no statement, and that counts neither for nor against them. So it is with every call that
    /// Vapi tells of: no webhook of Vapi has a word of the network in it.
    #[default]
    Absent,
    /// The carrier knows the customer and the customer's right to the number.
    Full,
    /// The carrier knows the customer, or only where the call came in; or what it says is of an earlier leg.
    Partial,
    /// A statement came and it does not hold.
    Failed,
}

impl Assurance {
    /// What a number that stands in one contact is worth, by what the network says of it.
    pub(crate) fn of_number(attestation: Attestation) -> Self {
        match attestation {
            Attestation::Full => Self::NumberAttested,
            Attestation::Absent | Attestation::Partial => Self::NumberMatches,
            Attestation::Failed => Self::Unknown,
        }
    }
}
