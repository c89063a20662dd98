//! Noting what became of leased jobs: a statement for many at a time.

use deadpool_postgres::Object;
use jiff::Timestamp;
use tokio_postgres::Error;

use super::rows;
use crate::{
    Lane,
    journal::{
        FAILING_AFTER, Lease, Outcome,
        payload::{Part, Payloads, Unwritable},
    },
};

/// What is to be noted of a leased job.
pub(super) struct Note {
    pub(super) lane: Lane,
    sequence: i64,
    epoch: i64,
    state: i16,
    counts: bool,
    outcome: Option<Vec<u8>>,
    memo: Option<Vec<u8>>,
    free_at: i64,
    may_have_applied: bool,
    now: i64,
}

impl Note {
    pub(super) fn new(
        payloads: &Payloads,
        lease: &Lease,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<Self, Unwritable> {
        let key = lease.key();
        let now = now.as_millisecond();
        let note = Self {
            lane: lease.lane().clone(),
            sequence: lease.sequence,
            epoch: lease.epoch,
            state: 0,
            counts: true,
            outcome: None,
            memo: None,
            free_at: now,
            may_have_applied: false,
            now,
        };
        Ok(match outcome {
            Outcome::Retry { at, may_have_applied } => {
                Self { free_at: at.as_millisecond(), may_have_applied: *may_have_applied, ..note }
            }
            Outcome::Snooze { at, may_have_applied } => Self {
                free_at: at.as_millisecond(),
                may_have_applied: *may_have_applied,
                counts: false,
                ..note
            },
            Outcome::Done(receipt) => Self {
                state: 1,
                outcome: Some(payloads.seal(key, Part::Outcome, &receipt.body)?),
                memo: receipt.memo.as_ref().map(|memo| payloads.seal(key, Part::Memo, memo)).transpose()?,
                ..note
            },
            Outcome::Dead(reason) => Self {
                state: 2,
                outcome: Some(payloads.seal(key, Part::Outcome, &rows::text_of(reason))?),
                ..note
            },
        })
    }
}

/// Notes what became of leased jobs, in their order, which must be that of their lanes.
pub(super) async fn settle(client: &Object, schema: &str, notes: &[&Note]) -> Result<(), Error> {
    let sql = format!(
        "SELECT {schema}.settle(s.sequence, s.lane, s.epoch, s.state, s.counts, s.outcome, s.memo, s.free_at,
            s.may_have_applied, s.settled, $11)
         FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::smallint[], $5::boolean[], $6::bytea[],
            $7::bytea[], $8::bigint[], $9::boolean[], $10::bigint[])
            AS s (sequence, lane, epoch, state, counts, outcome, memo, free_at, may_have_applied, settled)"
    );
    let rows = client
        .query(
            &client.prepare_cached(&sql).await?,
            &[
                &notes.iter().map(|note| note.sequence).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.lane.as_str()).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.epoch).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.state).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.counts).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.outcome.as_deref()).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.memo.as_deref()).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.free_at).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.may_have_applied).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.now).collect::<Vec<_>>(),
                &i32::try_from(FAILING_AFTER).unwrap_or(i32::MAX),
            ],
        )
        .await?;
    let stale = rows.iter().filter(|row| !row.get::<_, bool>(0)).count();
    metrics::counter!("voice_crm_journal_stale_leases_total").increment(stale as u64);
    Ok(())
}
