//! Taking writes in, leasing them and settling them, each a statement for many at a time.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::Object;
use jiff::Timestamp;
use tokio_postgres::{Error, Row};

use super::rows;
use crate::{
    crm::{Attempt, Receipt, Write, WriteKey},
    journal::{
        Accepted, Entry, Lane, Lease, Reason, Settlement, horizon, later,
        payload::{Part, Payloads, Unreadable},
    },
};

/// How long a lane waits whose next write is encrypted under a key that was not given.
const WITHOUT_KEY: Duration = Duration::from_secs(60);

/// A write that asks to be taken in, as it will be stored.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) entry: Entry,
    pub(super) body: Vec<u8>,
    pub(super) caller: Option<[u8; 16]>,
    pub(super) live: Option<Duration>,
    pub(super) now: Timestamp,
}

/// Takes writes in, in their order, which must be that of their lanes: replicas that lock lanes in different orders
/// wait for each other for ever.
pub(super) async fn accept(
    client: &Object,
    schema: &str,
    payloads: &Payloads,
    incoming: &[&Incoming],
) -> Result<Vec<Accepted>, Error> {
    let sql = format!(
        "SELECT a.* FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::bytea[], $6::bytea[],
            $7::bigint[], $8::bigint[]) AS e (key, digest, lane, kind, body, caller, taken_at, until),
         LATERAL {schema}.accept(e.key, e.digest, e.lane, e.kind, e.body, e.caller, e.taken_at, e.until) a"
    );
    let each = |column: fn(&Incoming) -> &[u8]| incoming.iter().map(|one| column(one)).collect::<Vec<_>>();
    let rows = client
        .query(
            &client.prepare_cached(&sql).await?,
            &[
                &each(|one| one.entry.write.key.as_bytes()),
                &each(|one| one.entry.digest.as_bytes()),
                &incoming.iter().map(|one| one.entry.lane.as_str()).collect::<Vec<_>>(),
                &incoming.iter().map(|one| one.entry.write.change.kind()).collect::<Vec<_>>(),
                &each(|one| &one.body),
                &incoming.iter().map(|one| one.caller.as_ref().map(<[u8; 16]>::as_slice)).collect::<Vec<_>>(),
                &incoming.iter().map(|one| one.now.as_millisecond()).collect::<Vec<_>>(),
                &incoming.iter().map(|one| until(one)).collect::<Vec<_>>(),
            ],
        )
        .await?;
    Ok(incoming.iter().zip(&rows).map(|(one, row)| accepted(payloads, one, row)).collect())
}

fn until(incoming: &Incoming) -> Option<i64> {
    incoming.live.map(|live| later(incoming.now, live).as_millisecond())
}

fn accepted(payloads: &Payloads, incoming: &Incoming, row: &Row) -> Accepted {
    let entry = &incoming.entry;
    match row.get::<_, i16>("verdict") {
        0 => Accepted::Queued,
        1 => {
            let attempt =
                Attempt { write: entry.write.clone(), may_exist: false, earlier: earlier(payloads, row) };
            let since = rows::timestamp(incoming.now.as_millisecond());
            Accepted::Leased(Lease::new(
                entry.lane.clone(),
                (row.get("taken"), row.get("fence")),
                attempt,
                0,
                since,
            ))
        }
        2 => {
            let outcome = row.get::<_, Option<&[u8]>>("known_outcome");
            Accepted::Known(rows::standing(payloads, entry.write.key, row.get("known_state"), outcome))
        }
        _ => Accepted::Conflict,
    }
}

/// What the earlier writes of a lane came to.
fn earlier(payloads: &Payloads, row: &Row) -> Vec<Receipt> {
    let keys: Option<Vec<&[u8]>> = row.get("earlier_keys");
    let outcomes: Option<Vec<Option<&[u8]>>> = row.get("earlier_outcomes");
    let both = keys.unwrap_or_default().into_iter().zip(outcomes.unwrap_or_default());
    both.filter_map(|(key, outcome)| payloads.read(rows::key(key), Part::Outcome, outcome?).ok()).collect()
}

/// What was leased, and what is to be said at once of that which cannot be read.
#[derive(Debug, Default)]
pub(super) struct Leased {
    pub(super) leases: Vec<Lease>,
    pub(super) unreadable: Vec<(Lease, Settlement)>,
}

pub(super) async fn claim(
    client: &Object,
    schema: &str,
    payloads: &Payloads,
    now: Timestamp,
    span: Duration,
    limit: usize,
) -> Result<Leased, Error> {
    let sql = format!("SELECT * FROM {schema}.claim($1, $2, $3, $4)");
    let statement = client.prepare_cached(&sql).await?;
    let (at, horizon, until) =
        (now.as_millisecond(), horizon(now).as_millisecond(), later(now, span).as_millisecond());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut leased = Leased::default();
    for row in client.query(&statement, &[&at, &horizon, &until, &limit]).await? {
        match lease(payloads, &row, now) {
            Ok(lease) => leased.leases.push(lease),
            Err(unreadable) => leased.unreadable.push(*unreadable),
        }
    }
    Ok(leased)
}

fn lease(payloads: &Payloads, row: &Row, now: Timestamp) -> Result<Lease, Box<(Lease, Settlement)>> {
    let key = rows::key(row.get("taken_key"));
    let body = row.get::<_, Option<&[u8]>>("taken_body").unwrap_or_default();
    let with = |write: Arc<Write>| {
        let attempt = Attempt { write, may_exist: row.get("doubted"), earlier: earlier(payloads, row) };
        let attempts = u32::try_from(row.get::<_, i32>("tried")).unwrap_or_default();
        let lane = Lane::new(row.get::<_, &str>("lane_name"));
        let since = rows::timestamp(row.get("since"));
        Lease::new(lane, (row.get("taken"), row.get("fence")), attempt, attempts, since)
    };
    payloads.read::<Write>(key, Part::Body, body).map(|write| with(Arc::new(write))).map_err(|problem| {
        tracing::error!(%key, "{problem}");
        let settlement = match problem {
            Unreadable::NoKey(_) => Settlement::Retry { at: later(now, WITHOUT_KEY), may_exist: false },
            Unreadable::Damaged => Settlement::Dead(Reason::unreadable()),
        };
        Box::new((with(rows::nothing(key)), settlement))
    })
}

/// When the next lane falls due that is not yet.
pub(super) async fn next_due(
    client: &Object,
    schema: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let sql = format!("SELECT min(free_at) FROM {schema}.lane WHERE free_at > $1");
    let row = client.query_one(&client.prepare_cached(&sql).await?, &[&now.as_millisecond()]).await?;
    Ok(row.get::<_, Option<i64>>(0).map(rows::timestamp))
}

/// What is to be noted of a leased write.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) lane: Lane,
    sequence: i64,
    epoch: i64,
    state: i16,
    outcome: Option<Vec<u8>>,
    free_at: i64,
    may_exist: bool,
    now: i64,
}

impl Note {
    pub(super) fn new(
        payloads: &Payloads,
        lease: &Lease,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<Self, crate::journal::payload::Unwritable> {
        let key: WriteKey = lease.attempt.write.key;
        let now = now.as_millisecond();
        let note = Self {
            lane: lease.lane.clone(),
            sequence: lease.sequence,
            epoch: lease.epoch,
            state: 0,
            outcome: None,
            free_at: now,
            may_exist: false,
            now,
        };
        Ok(match settlement {
            Settlement::Retry { at, may_exist } => {
                Self { free_at: at.as_millisecond(), may_exist: *may_exist, ..note }
            }
            Settlement::Done(receipt) => {
                Self { state: 1, outcome: Some(payloads.write(key, Part::Outcome, receipt)?), ..note }
            }
            Settlement::Dead(reason) => {
                Self { state: 2, outcome: Some(payloads.write(key, Part::Outcome, reason)?), ..note }
            }
        })
    }
}

/// Notes what became of leased writes, in their order, which must be that of their lanes.
pub(super) async fn settle(client: &Object, schema: &str, notes: &[&Note]) -> Result<(), Error> {
    let sql = format!(
        "SELECT {schema}.settle(s.sequence, s.lane, s.epoch, s.state, s.outcome, s.free_at, s.may_exist, s.settled)
         FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::smallint[], $5::bytea[], $6::bigint[],
            $7::boolean[], $8::bigint[]) AS s (sequence, lane, epoch, state, outcome, free_at, may_exist, settled)"
    );
    let rows = client
        .query(
            &client.prepare_cached(&sql).await?,
            &[
                &notes.iter().map(|note| note.sequence).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.lane.as_str()).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.epoch).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.state).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.outcome.as_deref()).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.free_at).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.may_exist).collect::<Vec<_>>(),
                &notes.iter().map(|note| note.now).collect::<Vec<_>>(),
            ],
        )
        .await?;
    let stale = rows.iter().filter(|row| !row.get::<_, bool>(0)).count();
    metrics::counter!("voice_crm_journal_stale_leases_total").increment(stale as u64);
    Ok(())
}
