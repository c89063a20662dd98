//! Leasing the heads of lanes that are due.

use std::borrow::Cow;

use deadpool_postgres::Object;
use jiff::Timestamp;
use tokio_postgres::{Error, Row};

use super::rows;
use crate::{
    Lane, Reason, SinkName,
    journal::{
        Claim, FAILING_AFTER, Lease, LeasedJob, Outcome, WITHOUT_KEY, horizon, later,
        payload::{Part, Payloads, Unreadable},
        timestamp,
    },
};

/// The leases, and the outcomes to settle at once for jobs that cannot be read.
#[derive(Debug, Default)]
pub(super) struct Leased {
    pub(super) leases: Vec<Lease>,
    pub(super) failing: Vec<Lease>,
    pub(super) unreadable: Vec<(Lease, Outcome)>,
}

pub(super) async fn claim(
    client: &Object,
    schema: &str,
    payloads: &Payloads,
    claim: &Claim,
) -> Result<Leased, Error> {
    let sql = format!(
        "SELECT false AS failing, c.* FROM {schema}.claim($1, false, $2, $3, $4, $5, $6) c
         UNION ALL SELECT true, c.* FROM {schema}.claim($1, true, $2, $3, $4, $5, $7) c"
    );
    let Claim { sink, now, lease, limit, failing_limit } = claim;
    let rows = client
        .query(
            &client.prepare_cached(&sql).await?,
            &[
                &sink.as_str(),
                &i32::try_from(FAILING_AFTER).unwrap_or(i32::MAX),
                &now.as_millisecond(),
                &horizon(*now).as_millisecond(),
                &later(*now, *lease).as_millisecond(),
                &rows::limit(*limit),
                &rows::limit(*failing_limit),
            ],
        )
        .await?;
    let mut leased = Leased::default();
    for row in rows {
        match read(payloads, &row, *now) {
            Ok(lease) if row.get("failing") => leased.failing.push(lease),
            Ok(lease) => leased.leases.push(lease),
            Err(unreadable) => leased.unreadable.push(*unreadable),
        }
    }
    Ok(leased)
}

fn read(payloads: &Payloads, row: &Row, now: Timestamp) -> Result<Lease, Box<(Lease, Outcome)>> {
    let key = rows::key(row.get("taken_key"));
    let body = row.get::<_, Option<&[u8]>>("taken_body").ok_or(Unreadable::Damaged);
    let body = body.and_then(|body| payloads.open(key, Part::Body, body));
    let (earlier, memo) = rows::history(payloads, row);
    let job = LeasedJob {
        key,
        lane: Lane::from_text(row.get::<_, &str>("lane_name")),
        kind: Cow::Owned(row.get("taken_kind")),
        body: body.as_ref().cloned().unwrap_or_default(),
        may_have_applied: row.get("doubted"),
        earlier,
        memo,
        attempts: rows::attempts(row.get("tried")),
        enqueued_at: timestamp(row.get("since")),
    };
    let lease = Lease::new((row.get("taken"), row.get("fence")), job);
    let Err(problem) = body else { return Ok(lease) };
    tracing::error!(%key, "{problem}");
    let outcome = match problem {
        Unreadable::NoKey(_) => Outcome::Snooze { at: later(now, WITHOUT_KEY), may_have_applied: false },
        Unreadable::Damaged => Outcome::Dead(Reason::unreadable()),
    };
    Err(Box::new((lease, outcome)))
}

/// When the next lane of a sink falls due that is not yet.
pub(super) async fn next_due(
    client: &Object,
    schema: &str,
    sink: &SinkName,
    now: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    // Each of the two is the first entry of the index. What lies beyond the horizon is due now.
    let sql = format!(
        "SELECT least(
            (SELECT min(free_at) FROM {schema}.lane
                WHERE sink = $1 AND NOT failing AND free_at > $2 AND free_at <= $3),
            (SELECT min(free_at) FROM {schema}.lane
                WHERE sink = $1 AND failing AND free_at > $2 AND free_at <= $3))"
    );
    let statement = client.prepare_cached(&sql).await?;
    let row = client
        .query_one(&statement, &[&sink.as_str(), &now.as_millisecond(), &horizon(now).as_millisecond()])
        .await?;
    Ok(row.get::<_, Option<i64>>(0).map(timestamp))
}
