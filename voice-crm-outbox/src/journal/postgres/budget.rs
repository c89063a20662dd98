//! The shares of a budget of requests, in the database that the replicas share anyway.

use std::time::Duration;

use async_trait::async_trait;

use super::{PostgresJournal, database::Database};
use crate::budget_share::{ShareGrant, ShareRequest, SharedBudget, SharedBudgetError};

#[async_trait]
impl SharedBudget for PostgresJournal {
    async fn agree(&self, request: &ShareRequest<'_>) -> Result<ShareGrant, SharedBudgetError> {
        let Database { connections, schema, .. } = &self.database;
        let sql = format!(
            "SELECT granted, fair, replicas FROM {schema}.agree($1, $2, $3, $4, $5,
                $6 * interval '1 millisecond', $7 * interval '1 millisecond')"
        );
        let sql = &sql;
        let granted = connections
            .run(|client| async move {
                let statement = client.prepare_cached(sql).await?;
                let row = client
                    .query_one(
                        &statement,
                        &[
                            &request.budget,
                            &request.replica.as_slice(),
                            &whole(request.calls),
                            &whole(request.held),
                            &whole(request.wanted),
                            &milliseconds(request.lease),
                            &milliseconds(request.window),
                        ],
                    )
                    .await?;
                let number = |place: usize| usize::try_from(row.get::<_, i32>(place)).unwrap_or_default();
                Ok(ShareGrant { granted: number(0), fair: number(1), replicas: number(2) })
            })
            .await;
        granted.map_err(SharedBudgetError::new)
    }
}

fn whole(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "a span of hours at most")]
fn milliseconds(span: Duration) -> f64 {
    span.as_millis() as f64
}
