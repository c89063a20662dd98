//! Cases: one by its number, and the open ones of a caller.

use salesforce_client::{Client, RecordId, Soql};
use serde_json::Value;

use super::{Row, id, rows, text};
use crate::{
    crm::{CaseRecord, CaseScope, CrmError, RecordRef},
    deadline::Deadline,
};

/// More than anybody listens to.
const MOST: usize = 20;

pub(in crate::crm::salesforce) async fn find_case(
    client: &Client,
    number: &str,
    scope: &CaseScope,
    deadline: Deadline,
) -> Result<Option<CaseRecord>, CrmError> {
    let soql = Soql::new(
        "SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed, ContactId, AccountId, SuppliedPhone \
         FROM Case WHERE CaseNumber = :number LIMIT 1",
    )
    .bind("number", number);
    let rows = rows(client, soql, deadline).await?;
    Ok(rows.first().filter(|row| in_scope(row, scope)).and_then(case))
}

pub(in crate::crm::salesforce) async fn open_cases(
    client: &Client,
    scope: &CaseScope,
    deadline: Deadline,
) -> Result<Vec<CaseRecord>, CrmError> {
    let Some(soql) = open_cases_of(scope) else { return Ok(Vec::new()) };
    let mut rows = rows(client, soql, deadline).await?;
    rows.retain(|row| in_scope(row, scope));
    // The rows came newest first, and stay so among themselves.
    rows.sort_by_key(|row| !is_same(row, "ContactId", scope.contact.as_ref()));
    Ok(rows.iter().filter_map(case).take(MOST).collect())
}

/// Each scope has a query of its own: a missing id bound to null would ask for the cases that lack one.
fn open_cases_of(scope: &CaseScope) -> Option<Soql> {
    Some(match (&scope.contact, &scope.account, &scope.phone) {
        (Some(contact), Some(account), _) => Soql::new(
            "SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed, ContactId, AccountId, SuppliedPhone FROM Case \
             WHERE IsClosed = false AND (ContactId = :contact OR AccountId = :account) \
             ORDER BY CreatedDate DESC, CaseNumber DESC LIMIT 100",
        )
        .bind("contact", contact.as_str())
        .bind("account", account.as_str()),
        (Some(contact), None, _) => Soql::new(
            "SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed, ContactId, AccountId, SuppliedPhone FROM Case \
             WHERE IsClosed = false AND ContactId = :contact ORDER BY CreatedDate DESC, CaseNumber DESC LIMIT 20",
        )
        .bind("contact", contact.as_str()),
        (None, Some(account), _) => Soql::new(
            "SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed, ContactId, AccountId, SuppliedPhone FROM Case \
             WHERE IsClosed = false AND AccountId = :account ORDER BY CreatedDate DESC, CaseNumber DESC LIMIT 20",
        )
        .bind("account", account.as_str()),
        (None, None, Some(phone)) => Soql::new(
            "SELECT Id, CaseNumber, Status, Subject, Priority, IsClosed, ContactId, AccountId, SuppliedPhone FROM Case \
             WHERE IsClosed = false AND SuppliedPhone IN :forms \
             ORDER BY CreatedDate DESC, CaseNumber DESC LIMIT 20",
        )
        .bind("forms", phone.stored_forms()),
        (None, None, None) => return None,
    })
}

pub(in crate::crm::salesforce) fn case(row: &Row) -> Option<CaseRecord> {
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
