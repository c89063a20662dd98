//! The tables and functions in the database, brought up to date by whichever replica starts first.

use deadpool_postgres::Client;

use super::connections::failure::explain;

/// Each step once, in this order; a step that was released is never changed.
const STEPS: [&str; 4] = [
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];

/// The lock under which replicas that start together take turns. Any number will do that nobody else uses.
const LOCK: i64 = 0x766F_6963_6563_726D;

/// Why the database cannot be used.
pub(super) enum Unusable {
    /// It refuses something.
    Refused(tokio_postgres::Error),
    /// A newer release has been here.
    Newer(usize),
}

impl From<tokio_postgres::Error> for Unusable {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Refused(error)
    }
}

impl Unusable {
    /// Why, in a sentence for the operator.
    pub(super) fn explain(&self) -> String {
        match self {
            Self::Refused(error) => explain(error),
            Self::Newer(steps) => format!(
                "a newer release has been here (step {steps}); run that release, or one with another schema"
            ),
        }
    }
}

pub(super) async fn migrate(client: &mut Client, schema: &str) -> Result<(), Unusable> {
    let transaction = client.transaction().await?;
    // A step may touch every row there is, and replicas that start at the same time wait for it.
    transaction.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    // Looked for first, so that a user without the right to create schemas can use one that is there.
    let there = transaction.query_one("SELECT to_regnamespace($1) IS NOT NULL", &[&schema]).await?;
    if !there.get::<_, bool>(0) {
        transaction.batch_execute(&format!("CREATE SCHEMA {schema}")).await?;
    }
    let there =
        transaction.query_one("SELECT to_regclass($1) IS NOT NULL", &[&format!("{schema}.step")]).await?;
    if !there.get::<_, bool>(0) {
        transaction.batch_execute(&format!("CREATE TABLE {schema}.step (number bigint PRIMARY KEY)")).await?;
    }
    let done = transaction.query_one(&format!("SELECT count(*) FROM {schema}.step"), &[]).await?;
    let done = usize::try_from(done.get::<_, i64>(0)).unwrap_or_default();
    if done > STEPS.len() {
        return Err(Unusable::Newer(done));
    }
    for step in &STEPS[done..] {
        transaction.batch_execute(&step.replace("{schema}", schema)).await?;
        let note = format!("INSERT INTO {schema}.step SELECT count(*) + 1 FROM {schema}.step");
        transaction.batch_execute(&note).await?;
    }
    transaction.commit().await?;
    Ok(())
}
