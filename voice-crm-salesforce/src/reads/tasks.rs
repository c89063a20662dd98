//! Open tasks by their headline.

use salesforce_client::{Client, Soql};
use voice_crm_core::crm::{CrmError, ReadOptions, TaskRecord};

use crate::reads::{rows, text};

pub(crate) async fn open_task(
    client: &Client,
    subject: &str,
    options: ReadOptions,
) -> Result<Option<TaskRecord>, CrmError> {
    let soql = Soql::new(
        "SELECT Id, ActivityDate, ReminderDateTime FROM Task \
         WHERE Subject = :subject AND IsClosed = false ORDER BY ActivityDate LIMIT 1",
    )
    .bind("subject", subject);
    let rows = rows(client, soql, options).await?;
    Ok(rows.first().map(|row| {
        let due = text(row, "ActivityDate").and_then(|date| date.parse().ok());
        TaskRecord::new(due, text(row, "ReminderDateTime").and_then(|moment| moment.parse().ok()))
    }))
}
