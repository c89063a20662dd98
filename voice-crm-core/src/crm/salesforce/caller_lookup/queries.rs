//! The queries of the caller look-up. The number stands in them as bound values only.

use salesforce_client::Soql;

use crate::phone::PhoneNumber;

/// One field against all patterns.
macro_rules! like {
    ($field:literal) => {
        concat!(
            $field,
            " LIKE :plus OR ",
            $field,
            " LIKE :country OR ",
            $field,
            " LIKE :bracket OR ",
            $field,
            " LIKE :zero OR ",
            $field,
            " LIKE :trunk OR ",
            $field,
            " LIKE :word OR ",
            $field,
            " LIKE :national"
        )
    };
}

/// One field against all spellings.
macro_rules! among {
    ($field:literal) => {
        concat!($field, " IN :forms")
    };
}

/// The three queries, with each field compared as `$compare` says.
///
/// The open cases come along with whom they belong to: the five newest, so that the oldest are left to a query
/// of their own.
macro_rules! texts {
    ($compare:ident) => {
        [
            concat!(
                "SELECT Id, Name, AccountId, Account.Name, Account.AccountNumber, OwnerId, MailingCountry, \
                 Phone, MobilePhone, HomePhone, OtherPhone, ",
                cases!(),
                " FROM Contact WHERE ", $compare!("Phone"), " OR ", $compare!("MobilePhone"), " OR ",
                $compare!("HomePhone"), " OR ", $compare!("OtherPhone"), " LIMIT 200"
            ),
            concat!(
                "SELECT Id, Name, OwnerId, Country, Phone, MobilePhone FROM Lead WHERE IsConverted = false AND (",
                $compare!("Phone"), " OR ", $compare!("MobilePhone"), ") LIMIT 200"
            ),
            concat!(
                "SELECT Id, Name, AccountNumber, OwnerId, BillingCountry, Phone, ",
                cases!(),
                " FROM Account WHERE ", $compare!("Phone"), " LIMIT 200"
            ),
            concat!(
                "SELECT Id, Name, AccountNumber, OwnerId, BillingCountry, Phone, IsPersonAccount, \
                 PersonContactId, PersonMobilePhone, PersonHomePhone, PersonOtherPhone, ",
                cases!(),
                " FROM Account WHERE ", $compare!("Phone"), " OR ", $compare!("PersonMobilePhone"), " OR ",
                $compare!("PersonHomePhone"), " OR ", $compare!("PersonOtherPhone"), " LIMIT 200"
            ),
        ]
    };
}

macro_rules! cases {
    () => {
        "(SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed FROM Cases WHERE IsClosed = false \
         ORDER BY CreatedDate DESC LIMIT 5)"
    };
}

const BY_PATTERNS: [&str; 4] = texts!(like);
const BY_SPELLINGS: [&str; 4] = texts!(among);

/// Queries that find every usual spelling.
pub(super) fn by_patterns(phone: &PhoneNumber, person_accounts: bool) -> [(&'static str, Soql); 3] {
    let patterns = phone.search_patterns();
    let bind = |text| {
        Soql::new(text)
            .bind("plus", patterns.plus.as_str())
            .bind("country", patterns.country.as_str())
            .bind("bracket", patterns.bracket.as_str())
            .bind("zero", patterns.zero.as_str())
            .bind("trunk", patterns.trunk.as_str())
            .bind("word", patterns.word.as_str())
            .bind("national", patterns.national.as_str())
    };
    named(BY_PATTERNS, person_accounts, bind)
}

/// Queries that find the usual spellings by equality.
pub(super) fn by_spellings(phone: &PhoneNumber, person_accounts: bool) -> [(&'static str, Soql); 3] {
    let forms = phone.stored_forms();
    named(BY_SPELLINGS, person_accounts, |text| Soql::new(text).bind("forms", &forms))
}

fn named(
    [contacts, leads, accounts, people]: [&'static str; 4],
    person_accounts: bool,
    bind: impl Fn(&'static str) -> Soql,
) -> [(&'static str, Soql); 3] {
    let accounts = if person_accounts { people } else { accounts };
    [("contacts", bind(contacts)), ("leads", bind(leads)), ("accounts", bind(accounts))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Region;

    #[test]
    fn every_condition_is_short_enough_for_an_org() {
        for number in ["+14155550142", "+4915112345678", "+5491123456789", "+8613812345678"] {
            let phone = PhoneNumber::parse(number, Region::US).unwrap();
            for (name, soql) in by_patterns(&phone, true).into_iter().chain(by_spellings(&phone, true)) {
                let text = soql.render().unwrap();
                let condition = &text[text.rfind(" WHERE ").unwrap()..];
                assert!(condition.len() < 4_000, "{name}: {}", condition.len());
            }
        }
    }
}
