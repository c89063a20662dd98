//! What functions ask of the org: one API call each.

use salesforce_client::{Client, Soql};
use serde_json::{Map, Value};

use super::failure::classify;
use crate::{
    crm::{AccountRecord, CallerMatch, CallerRecord, CrmError, RecordRef},
    deadline::Deadline,
    phone::PhoneNumber,
};

mod cases;
mod people;
mod tasks;

pub(super) use cases::{find_case, open_cases};
pub(super) use people::{find_people, proofs};
pub(super) use tasks::open_task;

type Row = Map<String, Value>;

/// The fields of a contact that hold telephone numbers.
const PHONES: [&str; 4] = ["Phone", "MobilePhone", "HomePhone", "OtherPhone"];

/// Contacts that may have this number: an org keeps what was typed, so every usual spelling is asked for.
pub(super) fn callers_with(phone: &PhoneNumber) -> Soql {
    Soql::new(
        "SELECT Id, Name, AccountId, Account.Name, Account.AccountNumber, Phone, MobilePhone, HomePhone, OtherPhone \
         FROM Contact WHERE Phone IN :forms OR MobilePhone IN :forms OR HomePhone IN :forms OR OtherPhone IN :forms \
         LIMIT 20",
    )
    .bind("forms", phone.stored_forms())
}

/// The contacts among the rows that really have this number.
pub(super) fn callers_in(rows: &[Row], phone: &PhoneNumber) -> Vec<CallerRecord> {
    let has_number =
        |row: &&Row| PHONES.iter().filter_map(|field| text(row, field)).any(|stored| phone.matches(&stored));
    rows.iter()
        .filter(has_number)
        .filter_map(|row| Some(CallerRecord::new(id(row, "Id")?, text(row, "Name")?, own_account(row))))
        .collect()
}

pub(super) async fn find_caller(
    client: &Client,
    phone: &PhoneNumber,
    deadline: Deadline,
) -> Result<CallerMatch, CrmError> {
    let rows = rows(client, callers_with(phone), deadline).await?;
    Ok(callers_in(&rows, phone).into())
}

pub(super) async fn find_account(
    client: &Client,
    number: &str,
    deadline: Deadline,
) -> Result<Vec<AccountRecord>, CrmError> {
    let soql = Soql::new("SELECT Id, Name, AccountNumber FROM Account WHERE AccountNumber = :number LIMIT 2")
        .bind("number", number);
    let rows = rows(client, soql, deadline).await?;
    let account = |row: &Row| {
        Some(AccountRecord::new(
            id(row, "Id")?,
            text(row, "Name").unwrap_or_default(),
            text(row, "AccountNumber"),
        ))
    };
    Ok(rows.iter().filter_map(account).collect())
}

fn own_account(row: &Row) -> Option<AccountRecord> {
    let account = row.get("Account")?.as_object()?;
    let name = text(account, "Name").unwrap_or_default();
    Some(AccountRecord::new(id(row, "AccountId")?, name, text(account, "AccountNumber")))
}

async fn rows(client: &Client, soql: Soql, deadline: Deadline) -> Result<Vec<Row>, CrmError> {
    let page = client.query::<Row>(soql).deadline(deadline.instant()).await.map_err(classify)?;
    Ok(page.records)
}

fn text(row: &Row, field: &str) -> Option<String> {
    row.get(field).and_then(Value::as_str).map(str::to_owned)
}

fn id(row: &Row, field: &str) -> Option<RecordRef> {
    text(row, field).map(RecordRef::new)
}
