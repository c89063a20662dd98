//! When a rule holds.

use serde::Deserialize;

use super::Profile;
use crate::crm::{CallerMatch, RecordText};

/// Conditions; all that are named must hold, and one of each list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Condition {
    /// Who calls.
    kind: Option<Kind>,
    /// The account has one of these numbers.
    account_number: Vec<String>,
    /// An open case has one of these priorities, in the CRM's word.
    open_case_priority: Vec<String>,
    /// There are this many open cases.
    open_cases_at_least: Option<usize>,
    /// The network vouches for the number, or does not.
    attested: Option<bool>,
}

/// Who calls.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Nobody,
    Contact,
    Lead,
    Company,
    Several,
}

impl Condition {
    pub(super) fn holds(&self, profile: &Profile<'_>) -> bool {
        let caller = profile.caller;
        let cases = || caller.one().into_iter().flat_map(|caller| &caller.open_cases);
        let listed = |list: &[String], word: Option<&RecordText>| {
            word.is_some_and(|word| list.iter().any(|known| known.eq_ignore_ascii_case(word.as_stored())))
        };
        let number = caller.account().and_then(|account| account.number.as_ref());
        self.kind.is_none_or(|kind| kind == kind_of(caller))
            && (self.account_number.is_empty() || listed(&self.account_number, number))
            && (self.open_case_priority.is_empty()
                || cases().any(|case| listed(&self.open_case_priority, case.priority.as_ref())))
            && self.open_cases_at_least.is_none_or(|count| cases().count() >= count)
            && self.attested.is_none_or(|attested| attested == profile.attested)
    }
}

fn kind_of(caller: &CallerMatch) -> Kind {
    match caller {
        CallerMatch::Nobody => Kind::Nobody,
        CallerMatch::Several(_) => Kind::Several,
        CallerMatch::One(one) if one.contact.is_some() => Kind::Contact,
        CallerMatch::One(one) if one.lead.is_some() => Kind::Lead,
        CallerMatch::One(_) => Kind::Company,
    }
}
