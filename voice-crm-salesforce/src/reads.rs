//! What functions ask of the org: one API call each.

use salesforce_client::{Client, Soql};
use serde_json::{Map, Value};
use voice_crm_core::crm::{AccountRecord, CrmError, ReadOptions, RecordRef};

use crate::{account_number::stored_forms, failure::classify};

pub(crate) mod caller_lookup;
mod cases;
mod people;
pub(crate) mod questions;
mod tasks;

pub(crate) use caller_lookup::Lookup;
pub use caller_lookup::LookupReach;
pub(crate) use cases::{case, find_case, open_cases};
pub(crate) use people::{find_people, proofs};
pub(crate) use tasks::open_task;

/// A record as the org brings it.
pub(crate) type Row = Map<String, Value>;

pub(crate) async fn find_account(
    client: &Client,
    number: &str,
    options: ReadOptions,
) -> Result<Vec<AccountRecord>, CrmError> {
    let soql =
        Soql::new("SELECT Id, Name, AccountNumber FROM Account WHERE AccountNumber IN :numbers LIMIT 2")
            .bind("numbers", stored_forms(number));
    let rows = rows(client, soql, options).await?;
    let account = |row: &Row| {
        Some(AccountRecord::new(
            id(row, "Id")?,
            text(row, "Name").unwrap_or_default(),
            text(row, "AccountNumber"),
        ))
    };
    Ok(rows.iter().filter_map(account).collect())
}

pub(crate) fn own_account(row: &Row) -> Option<AccountRecord> {
    let account = row.get("Account")?.as_object()?;
    let name = text(account, "Name").unwrap_or_default();
    Some(AccountRecord::new(id(row, "AccountId")?, name, text(account, "AccountNumber")))
}

async fn rows(client: &Client, soql: Soql, options: ReadOptions) -> Result<Vec<Row>, CrmError> {
    let page = client.query::<Row>(soql).deadline(options.deadline.instant()).await.map_err(classify)?;
    Ok(page.records)
}

pub(crate) fn text(row: &Row, field: &str) -> Option<String> {
    row.get(field).and_then(Value::as_str).map(str::to_owned)
}

pub(crate) fn id(row: &Row, field: &str) -> Option<RecordRef> {
    text(row, field).map(RecordRef::new)
}
