//! Cases: one by its number, and the open ones of a caller.

use salesforce_client::{Client, RecordId, Soql};
use serde_json::Value;
use voice_crm_core::crm::{CaseRecord, CaseScope, CrmError, ReadOptions, RecordRef};

use crate::reads::{Row, id, rows, text};

/// What fits into a case number.
const MOST_DIGITS: usize = 30;
/// More than anybody listens to.
const MOST: usize = 20;

pub(crate) async fn find_case(
    client: &Client,
    number: &str,
    scope: &CaseScope,
    options: ReadOptions,
) -> Result<Option<CaseRecord>, CrmError> {
    let Some(number) = case_number(number) else { return Ok(None) };
    let soql = Soql::new(
        "SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed, ContactId, AccountId, SuppliedPhone \
         FROM Case WHERE CaseNumber = :number LIMIT 1",
    )
    .bind("number", number);
    let rows = rows(client, soql, options).await?;
    Ok(rows.first().filter(|row| in_scope(row, scope)).and_then(case))
}

/// A case number as the org stores it: the digits of what was said, filled up with zeros to eight.
///
/// `None` when it cannot be one. A few digits within a word of letters are none: a caller who says the reference of
/// something else must not hear of a case whose number happens to stand in it.
fn case_number(said: &str) -> Option<String> {
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    let is_mixed = |word: &str| {
        word.contains(|one: char| one.is_ascii_digit())
            && word.contains(|one: char| one.is_ascii_alphabetic())
    };
    let in_a_word = said.split(|one: char| !one.is_alphanumeric()).any(is_mixed);
    let fits = (1..=MOST_DIGITS).contains(&digits.len()) && !(in_a_word && digits.len() < 6);
    fits.then(|| format!("{digits:0>8}"))
}

pub(crate) async fn open_cases(
    client: &Client,
    scope: &CaseScope,
    options: ReadOptions,
) -> Result<Vec<CaseRecord>, CrmError> {
    let Some(soql) = open_cases_of(scope) else { return Ok(Vec::new()) };
    let mut rows = rows(client, soql, options).await?;
    rows.retain(|row| in_scope(row, scope));
    // The rows came newest first, and stay so among themselves.
    rows.sort_by_key(|row| !is_same(row, "ContactId", scope.contact.as_ref()));
    Ok(rows.iter().filter_map(case).take(MOST).collect())
}

/// A scope without ids, or without a number, has a query of its own: nothing bound to nothing would ask for the
/// cases that lack one. An account's id among contacts' fits none of them, and the other way round.
fn open_cases_of(scope: &CaseScope) -> Option<Soql> {
    let ids: Vec<&str> =
        [&scope.contact, &scope.account].into_iter().flatten().map(RecordRef::as_str).collect();
    Some(match (ids.is_empty(), &scope.phone) {
        (false, Some(phone)) => Soql::new(
            "SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed, ContactId, AccountId, SuppliedPhone FROM Case \
             WHERE IsClosed = false AND (ContactId IN :ids OR AccountId IN :ids OR SuppliedPhone IN :forms) \
             ORDER BY CreatedDate DESC, CaseNumber DESC LIMIT 100",
        )
        .bind("ids", ids)
        .bind("forms", phone.stored_forms()),
        (false, None) => Soql::new(
            "SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed, ContactId, AccountId, SuppliedPhone FROM Case \
             WHERE IsClosed = false AND (ContactId IN :ids OR AccountId IN :ids) \
             ORDER BY CreatedDate DESC, CaseNumber DESC LIMIT 100",
        )
        .bind("ids", ids),
        (true, Some(phone)) => Soql::new(
            "SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed, ContactId, AccountId, SuppliedPhone FROM Case \
             WHERE IsClosed = false AND SuppliedPhone IN :forms \
             ORDER BY CreatedDate DESC, CaseNumber DESC LIMIT 20",
        )
        .bind("forms", phone.stored_forms()),
        (true, None) => return None,
    })
}

pub(crate) fn case(row: &Row) -> Option<CaseRecord> {
    let subject = text(row, "Subject").unwrap_or_default();
    let closed = row.get("IsClosed").and_then(Value::as_bool).unwrap_or_default();
    let (number, status) = (text(row, "CaseNumber")?, text(row, "Status")?);
    let mut case = CaseRecord::new(id(row, "Id")?, number, status, subject, closed);
    case.priority = text(row, "Priority");
    Some(case)
}

/// Whether a case is one that the caller may hear about.
fn in_scope(row: &Row, scope: &CaseScope) -> bool {
    let called_from = text(row, "SuppliedPhone")
        .zip(scope.phone.as_ref())
        .is_some_and(|(stored, own)| own.matches(&stored));
    is_same(row, "ContactId", scope.contact.as_ref())
        || is_same(row, "AccountId", scope.account.as_ref())
        || called_from
}

/// Ids have a short and a long form of the same meaning.
fn is_same(row: &Row, field: &str, own: Option<&RecordRef>) -> bool {
    let record = |id: &str| id.parse::<RecordId>().ok();
    match (text(row, field).as_deref().and_then(record), own.map(RecordRef::as_str).and_then(record)) {
        (Some(found), Some(own)) => found == own,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spoken_case_number_gets_its_zeros_back() {
        let stored = |said| case_number(said).unwrap_or_default();
        assert_eq!(stored("1 0 0 2"), "00001002");
        assert_eq!(stored("00001002"), "00001002");
        assert_eq!(stored("case number 123456789"), "123456789");
        assert_eq!(stored("Case#1002"), "00001002");
        assert_eq!(stored("CASE00001002"), "00001002");
    }

    #[test]
    fn what_cannot_be_a_case_number_is_not_asked_for() {
        for said in ["none", "", "T1", "K7M2P4", "ACC234", &"1".repeat(31)] {
            assert_eq!(case_number(said), None, "{said}");
        }
    }
}
