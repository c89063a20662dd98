//! Cases: one by its number, and the open ones of a caller.

use salesforce_client::{Client, RecordId, Soql};
use serde_json::Value;
use voice_crm_core::{
    crm::{CaseRecord, CaseScope, CrmError, RecordRef},
    deadline::Deadline,
};

use crate::reads::{Row, id, rows, text};

/// More than anybody listens to.
const MOST: usize = 20;

pub(crate) async fn find_case(
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

pub(crate) async fn open_cases(
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
