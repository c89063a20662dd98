//! Who has a telephone number: candidates with a score and its reasons, and never a guess between them.

use std::{cmp::Reverse, fmt};

use crate::crm::{AccountRecord, CaseRecord, RecordRef, RecordText};

/// Who has a telephone number.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum CallerMatch {
    /// Nobody.
    #[default]
    Nobody,
    /// Exactly one party.
    One(CallerRecord),
    /// Several parties, the likeliest first; guessing between them is not for us.
    Several(Vec<CallerRecord>),
}

impl CallerMatch {
    /// The caller, when there is no doubt.
    pub fn one(&self) -> Option<&CallerRecord> {
        match self {
            Self::One(record) => Some(record),
            Self::Nobody | Self::Several(_) => None,
        }
    }

    /// All candidates, the likeliest first.
    pub fn candidates(&self) -> &[CallerRecord] {
        match self {
            Self::Nobody => &[],
            Self::One(record) => std::slice::from_ref(record),
            Self::Several(records) => records,
        }
    }

    /// The account to which every candidate belongs: the company is known, if not the person.
    pub fn account(&self) -> Option<&AccountRecord> {
        let (first, rest) = self.candidates().split_first()?;
        let account = first.account.as_ref()?;
        rest.iter()
            .all(|other| other.account.as_ref().is_some_and(|other| other.account == account.account))
            .then_some(account)
    }

    /// How many candidates there are.
    pub fn count(&self) -> usize {
        self.candidates().len()
    }
}

/// Ranks candidates. A person and that person's own company are one party.
impl From<Vec<CallerRecord>> for CallerMatch {
    fn from(found: Vec<CallerRecord>) -> Self {
        let mut records: Vec<CallerRecord> = Vec::with_capacity(found.len());
        let (people, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|record| record.contact.is_some());
        for person in people {
            match records.iter_mut().find(|known| known.contact == person.contact) {
                Some(known) => known.absorb(person),
                None => records.push(person),
            }
        }
        for other in others {
            match records.iter_mut().find(|known| known.is_party_of(&other)) {
                Some(known) => known.absorb(other),
                None => records.push(other),
            }
        }
        records.sort_by_cached_key(|record| (Reverse(record.score()), record.identity().to_owned()));
        match records.len() {
            0 => Self::Nobody,
            1 => records.pop().map_or(Self::Nobody, Self::One),
            _ => Self::Several(records),
        }
    }
}

/// A party of the CRM to whom a number belongs.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct CallerRecord {
    /// The contact; none for a lead, and for a company that is known by its own number alone.
    pub contact: Option<RecordRef>,
    /// The lead, when it is one.
    pub lead: Option<RecordRef>,
    /// The party's name.
    pub name: RecordText,
    /// The account that the party belongs to, or is.
    pub account: Option<AccountRecord>,
    /// The user who looks after the party.
    pub owner: Option<RecordRef>,
    /// The party's open cases, the newest first; the five newest at most.
    pub open_cases: Vec<CaseRecord>,
    /// Why the party is a candidate.
    pub reasons: Vec<MatchReason>,
}

/// One reason for a candidate, and what it counts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum MatchReason {
    /// It is a contact.
    Contact,
    /// It is a person whom the org keeps as an account.
    PersonAccount,
    /// It is a lead that was not converted yet.
    Lead,
    /// It is a company, by its own number.
    Company,
    /// The number stands in the field for mobile telephones.
    MobilePhone,
    /// The number stands in the chief field.
    Phone,
    /// The number stands in the field for the home.
    HomePhone,
    /// The number stands in the field for any other.
    OtherPhone,
    /// The record names an extension behind the number, so others share it.
    Extension,
    /// The party has an open case.
    OpenCase,
    /// The party's company has the same number.
    CompanyNumber,
}

impl MatchReason {
    /// What it adds to the score.
    pub fn weight(self) -> i32 {
        match self {
            Self::Contact | Self::PersonAccount => 50,
            Self::Lead => 30,
            Self::Company | Self::MobilePhone => 20,
            Self::Phone | Self::HomePhone => 15,
            Self::OtherPhone | Self::OpenCase => 10,
            Self::CompanyNumber => -5,
            Self::Extension => -10,
        }
    }
}

impl CallerRecord {
    /// A contact with a name.
    pub fn new(contact: RecordRef, name: impl Into<RecordText>, account: Option<AccountRecord>) -> Self {
        Self { contact: Some(contact), ..Self::nameless(name, account, MatchReason::Contact) }
    }

    /// A lead with a name.
    pub fn of_lead(lead: RecordRef, name: impl Into<RecordText>) -> Self {
        Self { lead: Some(lead), ..Self::nameless(name, None, MatchReason::Lead) }
    }

    /// A company that is known by its own number.
    pub fn of_company(account: AccountRecord) -> Self {
        Self::nameless(account.name.clone(), Some(account), MatchReason::Company)
    }

    fn nameless(name: impl Into<RecordText>, account: Option<AccountRecord>, reason: MatchReason) -> Self {
        Self {
            contact: None,
            lead: None,
            name: name.into(),
            account,
            owner: None,
            open_cases: Vec::new(),
            reasons: vec![reason],
        }
    }

    /// How likely it is that this party calls; figures of one look-up compare, others do not.
    pub fn score(&self) -> i32 {
        self.reasons.iter().map(|reason| reason.weight()).sum()
    }

    /// The person, as contact or lead.
    pub fn person(&self) -> Option<&RecordRef> {
        self.contact.as_ref().or(self.lead.as_ref())
    }

    /// The record to show of this party: the person, else the company.
    pub fn record(&self) -> Option<&RecordRef> {
        self.person().or(self.account.as_ref().map(|account| &account.account))
    }

    fn identity(&self) -> &str {
        self.record().map_or("", RecordRef::as_str)
    }

    /// Whether a lead or company is this contact once more.
    fn is_party_of(&self, other: &Self) -> bool {
        let own_company = other.lead.is_none()
            && self
                .account
                .as_ref()
                .zip(other.account.as_ref())
                .is_some_and(|(own, company)| own.account == company.account);
        let own_lead = other.lead.is_some()
            && self.contact.is_some()
            && self.name.as_stored().to_lowercase() == other.name.as_stored().to_lowercase();
        own_company || own_lead
    }

    fn absorb(&mut self, other: Self) {
        let is_company = other.contact.is_none() && other.lead.is_none();
        if is_company && self.contact.is_some() {
            self.because(MatchReason::CompanyNumber);
        }
        if other.contact.is_some() {
            for reason in other.reasons {
                self.because(reason);
            }
        }
        self.lead = self.lead.take().or(other.lead);
        self.account = self.account.take().or(other.account);
        for case in other.open_cases {
            if !self.open_cases.contains(&case) {
                self.open_cases.push(case);
            }
        }
    }

    /// Adds a reason, once.
    pub(crate) fn because(&mut self, reason: MatchReason) {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}

impl fmt::Debug for CallerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallerRecord")
            .field("contact", &self.contact)
            .field("lead", &self.lead)
            .field("reasons", &self.reasons)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str) -> AccountRecord {
        AccountRecord::new(RecordRef::new(id), "Acme", None)
    }

    fn contact(id: &str, name: &str, company: &str) -> CallerRecord {
        CallerRecord::new(RecordRef::new(id), name, Some(account(company)))
    }

    #[test]
    fn a_person_and_the_persons_own_company_are_one_party() {
        let found = CallerMatch::from(vec![CallerRecord::of_company(account("1")), contact("c", "Ada", "1")]);
        assert_eq!(found.one().unwrap().contact, Some(RecordRef::new("c")));
        assert!(found.one().unwrap().reasons.contains(&MatchReason::CompanyNumber));
    }

    #[test]
    fn a_person_and_another_company_are_not_guessed_between() {
        let found = CallerMatch::from(vec![CallerRecord::of_company(account("2")), contact("c", "Ada", "1")]);
        assert!(found.one().is_none());
        assert_eq!(found.candidates()[0].contact, Some(RecordRef::new("c")), "people come first");
        assert_eq!(found.account(), None);
    }

    #[test]
    fn a_lead_of_the_same_name_is_the_same_person_and_of_another_is_not() {
        let lead = |name| CallerRecord::of_lead(RecordRef::new("l"), name);
        let same = CallerMatch::from(vec![lead("ada lovelace"), contact("c", "Ada Lovelace", "1")]);
        assert_eq!(same.one().unwrap().lead, Some(RecordRef::new("l")));
        assert!(CallerMatch::from(vec![lead("Bob"), contact("c", "Ada Lovelace", "1")]).one().is_none());
    }

    #[test]
    fn the_order_of_the_candidates_does_not_depend_on_that_of_the_rows() {
        let mut rows = vec![contact("b", "B", "1"), contact("a", "A", "1"), contact("c", "C", "1")];
        rows[2].because(MatchReason::MobilePhone);
        let order = |rows: Vec<CallerRecord>| -> Vec<String> {
            CallerMatch::from(rows)
                .candidates()
                .iter()
                .map(|record| record.name.as_stored().to_owned())
                .collect()
        };
        let expected = order(rows.clone());
        assert_eq!(expected, ["C", "A", "B"]);
        rows.reverse();
        assert_eq!(order(rows.clone()), expected);
        assert_eq!(CallerMatch::from(rows).account().unwrap().account, RecordRef::new("1"));
    }
}
