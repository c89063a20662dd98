//! People by what they say of themselves, and what they can prove it with.

use salesforce_client::{Client, Soql};
use voice_crm_core::crm::{
    CallerRecord, CrmError, CrmErrorKind, PeopleQuery, PersonRecord, Proofs, ReadOptions, RecordRef,
    RecordText,
};

use crate::{
    account_number::stored_forms,
    reads::{Row, id, own_account, rows, text},
};

pub(crate) async fn find_people(
    client: &Client,
    query: &PeopleQuery,
    options: ReadOptions,
) -> Result<Vec<PersonRecord>, CrmError> {
    let soql = match query {
        PeopleQuery::Named(family_name) => {
            let Some(pattern) = sounding_like(family_name) else { return Ok(Vec::new()) };
            Soql::new(
                "SELECT Id, Name, FirstName, LastName, AccountId, Account.Name, Account.AccountNumber, MailingCity, \
                 Phone, MobilePhone FROM Contact WHERE LastName LIKE :pattern ORDER BY LastName, Id LIMIT 200",
            )
            .bind("pattern", pattern)
        }
        PeopleQuery::OfAccount(number) => Soql::new(
            "SELECT Id, Name, FirstName, LastName, AccountId, Account.Name, Account.AccountNumber, MailingCity, \
             Phone, MobilePhone FROM Contact WHERE Account.AccountNumber IN :numbers ORDER BY LastName, Id LIMIT 200",
        )
        .bind("numbers", stored_forms(number)),
        _ => return Err(CrmError::new(CrmErrorKind::Refused, "people are not looked up in this way")),
    };
    let rows = rows(client, soql, options).await?;
    Ok(rows.iter().filter_map(person).collect())
}

fn person(row: &Row) -> Option<PersonRecord> {
    let record = CallerRecord::new(id(row, "Id")?, text(row, "Name")?, own_account(row));
    let mut person = PersonRecord::new(record, text(row, "LastName").unwrap_or_default());
    person.given_name = text(row, "FirstName").map(Into::into);
    person.town = text(row, "MailingCity").map(Into::into);
    person.phones = phones(row);
    Some(person)
}

/// The numbers of a contact that a text message can reach, the mobile one first.
fn phones(row: &Row) -> Vec<RecordText> {
    let stored = ["MobilePhone", "Phone"].iter().filter_map(|field| text(row, field));
    stored.map(Into::into).collect()
}

/// A pattern that holds a name in most of its spellings: its consonants in their order, with anything between
/// them, since it is vowels, doubled letters and silent ones that ears and speech recognition get wrong.
///
/// It is made of letters alone, so that the wildcards in it are ours. `None` for a name without two letters.
fn sounding_like(family_name: &str) -> Option<String> {
    let letters: Vec<char> = family_name.chars().filter(|letter| letter.is_alphabetic()).take(40).collect();
    let (first, rest) = letters.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let mut pattern = if first.is_ascii() { first.to_string() } else { "_".to_owned() };
    let mut last = *first;
    for &letter in rest {
        let heard = letter.is_ascii_alphabetic() && !"aeiouyhAEIOUYH".contains(letter) && letter != last;
        if heard {
            pattern.push('%');
            // These are heard for one another; which it was is for the comparison to say.
            pattern.push(if "ckszqdtCKSZQDT".contains(letter) { '_' } else { letter });
        }
        last = letter;
    }
    pattern.push('%');
    Some(pattern)
}

pub(crate) async fn proofs(
    client: &Client,
    contact: &RecordRef,
    options: ReadOptions,
) -> Result<Option<Proofs>, CrmError> {
    let soql = Soql::new(
        "SELECT Id, MailingPostalCode, OtherPostalCode, MobilePhone, Phone, Account.AccountNumber, \
         Account.BillingPostalCode FROM Contact WHERE Id = :id LIMIT 1",
    )
    .bind("id", contact.as_str());
    let rows = rows(client, soql, options).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let account = row.get("Account").and_then(serde_json::Value::as_object);
    let of_account = |field: &str| account.and_then(|account| text(account, field));
    let postal_codes =
        [text(row, "MailingPostalCode"), text(row, "OtherPostalCode"), of_account("BillingPostalCode")];
    let mut proofs = Proofs::default();
    proofs.postal_codes = postal_codes.into_iter().flatten().map(Into::into).collect();
    proofs.account_number = of_account("AccountNumber").map(Into::into);
    proofs.phones = phones(row);
    Ok(Some(proofs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_keeps_what_ears_agree_on() {
        assert_eq!(sounding_like("Lovelace").as_deref(), Some("L%v%l%_%"));
        assert_eq!(sounding_like("Meyer"), sounding_like("Maier"));
        assert_eq!(sounding_like("Schmidt").as_deref(), Some("S%_%m%_%_%"));
        assert_eq!(sounding_like("O'Neill").as_deref(), Some("O%N%l%"));
    }

    #[test]
    fn no_wildcard_of_a_caller_gets_into_a_pattern() {
        assert_eq!(sounding_like("%_%"), None);
        assert_eq!(sounding_like("a"), None);
        assert_eq!(sounding_like(r"L%_\'ee").as_deref(), Some("L%"));
    }
}
