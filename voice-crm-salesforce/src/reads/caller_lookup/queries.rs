//! The queries of the caller look-up, for one number or several. Numbers stand in them as bound values only.
//!
//! The open cases come along with whom they belong to: the five newest, so that the oldest are left to a query of
//! their own.

use salesforce_client::{AnyField, Page, Soql};
use voice_crm_core::{crm::MatchReason, phone::PhoneNumber};

use crate::reads::caller_lookup::{
    Lookup, LookupReach,
    rows::{COMPANY, CONTACT, LEAD, PERSON},
};

/// Whom a query asks for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Party {
    Contacts,
    Leads,
    Accounts,
}

macro_rules! cases {
    () => {
        "(SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed FROM Cases WHERE IsClosed = false \
         ORDER BY CreatedDate DESC LIMIT 5)"
    };
}

const CONTACTS: &str = concat!(
    "SELECT Id, Name, AccountId, Account.Name, Account.AccountNumber, OwnerId, MailingCountry, Phone, MobilePhone, \
     HomePhone, OtherPhone, ",
    cases!(),
    " FROM Contact WHERE :held LIMIT :most"
);
const LEADS: &str = "SELECT Id, Name, OwnerId, Country, Phone, MobilePhone FROM Lead \
                     WHERE IsConverted = false AND :held LIMIT :most";
const COMPANIES: &str = concat!(
    "SELECT Id, Name, AccountNumber, OwnerId, BillingCountry, Phone, ",
    cases!(),
    " FROM Account WHERE :held LIMIT :most"
);
const PEOPLE: &str = concat!(
    "SELECT Id, Name, AccountNumber, OwnerId, BillingCountry, Phone, IsPersonAccount, PersonContactId, \
     PersonMobilePhone, PersonHomePhone, PersonOtherPhone, ",
    cases!(),
    " FROM Account WHERE :held LIMIT :most"
);

/// How many rows are wanted for a number.
const ROWS: usize = 200;
/// How many rows an org gives in one answer.
const PAGE: usize = 2_000;

impl Lookup {
    /// How many numbers one query asks for: patterns are dear for an org, a list of values is not.
    pub(crate) fn at_once(self) -> usize {
        match self.reach {
            LookupReach::Patterns => 20,
            LookupReach::Spellings | LookupReach::SpellingsThenSearch => 50,
        }
    }

    /// The query for those of one kind who have one of these numbers.
    pub(crate) fn query(self, party: Party, phones: &[&PhoneNumber]) -> Soql {
        let (text, fields): (_, &[(&str, MatchReason)]) = match party {
            Party::Contacts => (CONTACTS, &CONTACT),
            Party::Leads => (LEADS, &LEAD),
            Party::Accounts if self.person_accounts => (PEOPLE, &PERSON),
            Party::Accounts => (COMPANIES, &COMPANY),
        };
        let fields = fields.iter().map(|(field, _)| *field);
        let held = if self.reach == LookupReach::Patterns {
            let patterns = phones.iter().flat_map(|phone| {
                let patterns = phone.search_patterns();
                patterns.iter().map(str::to_owned).collect::<Vec<_>>()
            });
            AnyField::like(fields, patterns)
        } else {
            AnyField::among(fields, phones.iter().flat_map(|phone| phone.stored_forms()))
        };
        let most = u32::try_from(most(phones.len())).unwrap_or(u32::MAX);
        Soql::new(text).bind("held", held).bind("most", most)
    }
}

/// How many rows a query for so many numbers asks for.
fn most(numbers: usize) -> usize {
    (ROWS * numbers).min(PAGE)
}

/// Whether the answer to a query for so many numbers leaves nobody out.
pub(crate) fn is_whole<T>(page: &Page<T>, numbers: usize) -> bool {
    page.done && page.records.len() < most(numbers)
}

#[cfg(test)]
mod tests {
    use voice_crm_core::phone::Region;

    use super::*;

    #[test]
    fn as_many_numbers_as_go_together_are_short_enough_for_an_org() {
        let numbers = ["+14155550142", "+4915112345678", "+5491123456789", "+8613812345678"];
        let phones: Vec<_> =
            numbers.iter().map(|number| PhoneNumber::parse(number, Region::US).unwrap()).collect();
        for reach in [LookupReach::Patterns, LookupReach::Spellings] {
            let lookup = Lookup { reach, person_accounts: true, ..Lookup::new() };
            let many: Vec<_> = phones.iter().cycle().take(lookup.at_once()).collect();
            for party in [Party::Contacts, Party::Leads, Party::Accounts] {
                assert!(lookup.query(party, &many).render().is_ok(), "{party:?} by {reach:?}");
            }
        }
    }
}
