//! How often callers may fail to prove who they are.

use std::time::Duration;

/// A day.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How often callers may fail to prove who they are, and how many codes are sent.
///
/// The count of a contact is what guards the contact: it holds over all calls, numbers, replicas and restarts. The
/// other limits only make guessing slower.
///
/// ```
/// use std::time::Duration;
/// use voice_crm_core::caller::ProofLimits;
///
/// let limits = ProofLimits::new().per_contact(50).per_call(2).per_number(5, Duration::from_secs(12 * 3600));
/// # let _ = limits;
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct ProofLimits {
    pub(super) per_contact: u32,
    pub(super) contact_lasts: Duration,
    pub(super) per_call: u32,
    pub(super) per_number: u32,
    pub(super) number_lasts: Duration,
    pub(super) codes_per_call: u32,
    pub(super) codes_to_own_number: (u32, Duration),
    pub(super) codes_to_another: (u32, Duration),
}

impl ProofLimits {
    /// 100 wrong answers for a contact in all, as NIST 800-63B allows; three on a call, ten from a number within a day;
    /// three codes on a call.
    pub fn new() -> Self {
        Self {
            per_contact: 100,
            contact_lasts: DAY * 3652,
            per_call: 3,
            per_number: 10,
            number_lasts: DAY,
            codes_per_call: 3,
            codes_to_own_number: (3, Duration::from_secs(600)),
            codes_to_another: (10, DAY),
        }
    }

    /// How many wrong answers a contact may get, from whomever. 100 unless said; then only a code proves this contact,
    /// until an operator unlocks it.
    pub fn per_contact(mut self, failures: u32) -> Self {
        self.per_contact = failures;
        self
    }

    /// How long the wrong answers of a contact count, from the first one on. Ten years unless said.
    pub fn contact_lasts(mut self, span: Duration) -> Self {
        self.contact_lasts = span;
        self
    }

    /// How many wrong answers there may be on one call, and how many wrong codes. Three unless said.
    pub fn per_call(mut self, failures: u32) -> Self {
        self.per_call = failures;
        self
    }

    /// How many wrong answers may come from one number within a span. Ten within a day unless said.
    ///
    /// A number can be forged, so keep the span short: it is the owner of the number who waits for its end, or proves
    /// it by a code.
    pub fn per_number(mut self, failures: u32, span: Duration) -> Self {
        (self.per_number, self.number_lasts) = (failures, span);
        self
    }

    /// How many codes may be asked for on one call. Three unless said.
    pub fn codes_per_call(mut self, codes: u32) -> Self {
        self.codes_per_call = codes;
        self
    }

    /// How many codes a contact gets on calls from their own number within a span. Three within ten minutes unless said.
    pub fn codes_to_own_number(mut self, codes: u32, span: Duration) -> Self {
        self.codes_to_own_number = (codes, span);
        self
    }

    /// How many codes a contact gets on calls from other numbers within a span. Ten within a day unless said.
    ///
    /// They are counted apart, so that strangers cannot use up those of a contact who calls from the number on file. No
    /// more than two of them are sent within ten minutes, and no more than two checked.
    pub fn codes_to_another(mut self, codes: u32, span: Duration) -> Self {
        self.codes_to_another = (codes, span);
        self
    }
}

impl Default for ProofLimits {
    fn default() -> Self {
        Self::new()
    }
}
