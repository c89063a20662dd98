//! Cases: one by its number, and the open ones of a caller.

use salesforce_client::{Client, Composite, Page, RecordId, Ref, Soql};
use serde_json::Value;
use voice_crm_core::crm::{CaseRecord, CaseScope, CrmError, ReadOptions, RecordRef};

use crate::{
    failure::classify,
    reads::{Row, id, rows, text},
};

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

/// The open cases of a caller: their contact's, then those that were opened from their number, then their account's.
///
/// Each has a query of its own, all in one API call. Of one query for all, the newest hundred would be those that
/// somebody else opens for the account, and the caller's own would not be among them.
pub(crate) async fn open_cases(
    client: &Client,
    scope: &CaseScope,
    options: ReadOptions,
) -> Result<Vec<CaseRecord>, CrmError> {
    let mut composite = Composite::new();
    let mut parts: Vec<Ref<Page<Row>>> = Vec::new();
    for (name, soql) in open_cases_of(scope) {
        parts.push(composite.query(name, soql).map_err(classify)?);
    }
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let answers = client.composite(composite).deadline(options.deadline.instant()).await.map_err(classify)?;
    let mut cases: Vec<CaseRecord> = Vec::new();
    for part in &parts {
        let page = answers.get(part).map_err(classify)?;
        for found in page.records.iter().filter(|row| in_scope(row, scope)).filter_map(case) {
            if cases.len() < MOST && !cases.iter().any(|known| known.case == found.case) {
                cases.push(found);
            }
        }
    }
    Ok(cases)
}

macro_rules! open_cases_where {
    ($whose:literal) => {
        concat!(
            "SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed, ContactId, AccountId, SuppliedPhone FROM Case \
             WHERE IsClosed = false AND ",
            $whose,
            " ORDER BY CreatedDate DESC, CaseNumber DESC LIMIT 20"
        )
    };
}

/// The queries for what a scope has, in their order. There is none for what it lacks: nothing bound to nothing would ask
/// for the cases that lack one.
fn open_cases_of(scope: &CaseScope) -> impl Iterator<Item = (&'static str, Soql)> {
    let own = scope.contact.as_ref().map(|contact| {
        ("own", Soql::new(open_cases_where!("ContactId = :contact")).bind("contact", contact.as_str()))
    });
    let called = scope.phone.as_ref().map(|phone| {
        (
            "called",
            Soql::new(open_cases_where!("SuppliedPhone IN :forms")).bind("forms", phone.stored_forms()),
        )
    });
    let shared = scope.account.as_ref().map(|account| {
        ("shared", Soql::new(open_cases_where!("AccountId = :account")).bind("account", account.as_str()))
    });
    [own, called, shared].into_iter().flatten()
}

pub(crate) fn case(row: &Row) -> Option<CaseRecord> {
    let subject = text(row, "Subject").unwrap_or_default();
    let closed = row.get("IsClosed").and_then(Value::as_bool).unwrap_or_default();
    let (number, status) = (text(row, "CaseNumber")?, text(row, "Status")?);
    let mut case = CaseRecord::new(id(row, "Id")?, number, status, subject, closed);
    case.priority = text(row, "Priority").map(Into::into);
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
