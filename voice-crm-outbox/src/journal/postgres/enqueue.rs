//! Taking jobs in: a statement for many at a time.

use std::time::Duration;

use deadpool_postgres::Object;
use jiff::Timestamp;
use tokio_postgres::{Error, Row};

use super::rows;
use crate::{
    Job,
    journal::{Enqueued, Lease, LeasedJob, later, payload::Payloads, timestamp},
};

/// A job that asks to be taken in, as it will be stored.
pub(super) struct Incoming {
    pub(super) job: Job,
    pub(super) body: Vec<u8>,
    pub(super) subject: Option<[u8; 16]>,
    pub(super) live: Option<Duration>,
    pub(super) now: Timestamp,
}

impl Incoming {
    fn until(&self) -> Option<i64> {
        self.live.map(|live| later(self.now, live).as_millisecond())
    }

    fn note_until(&self) -> Option<i64> {
        self.job.note.as_ref().map(|note| later(self.now, note.lasts).as_millisecond())
    }
}

/// Takes jobs in, in their order, which must be that of their lanes: replicas that lock lanes in different orders wait
/// for each other for ever.
pub(super) async fn enqueue(
    client: &Object,
    schema: &str,
    payloads: &Payloads,
    incoming: &[&Incoming],
) -> Result<Vec<Enqueued>, Error> {
    let sql = format!(
        "SELECT a.* FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::bytea[], $6::bytea[],
            $7::bytea[], $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::bigint[])
            AS j (key, digest, lane, kind, body, subject, after, taken_at, until, note, noted, note_until),
         LATERAL {schema}.enqueue(j.key, j.digest, j.lane, j.kind, j.body, j.subject, j.after, j.taken_at, j.until,
            j.note, j.noted, j.note_until) a"
    );
    let each = |column: fn(&Incoming) -> &[u8]| incoming.iter().map(|one| column(one)).collect::<Vec<_>>();
    let some = |column: fn(&Incoming) -> Option<&[u8; 16]>| {
        incoming.iter().map(|one| column(one).map(<[u8; 16]>::as_slice)).collect::<Vec<_>>()
    };
    let notes = || incoming.iter().map(|one| one.job.note.as_ref());
    let rows = client
        .query(
            &client.prepare_cached(&sql).await?,
            &[
                &each(|one| one.job.key.as_bytes()),
                &each(|one| one.job.digest.as_bytes()),
                &incoming.iter().map(|one| one.job.lane.as_str()).collect::<Vec<_>>(),
                &incoming.iter().map(|one| &*one.job.kind).collect::<Vec<_>>(),
                &each(|one| &one.body),
                &some(|one| one.subject.as_ref()),
                &some(|one| one.job.after.as_ref().map(crate::JobKey::as_bytes)),
                &incoming.iter().map(|one| one.now.as_millisecond()).collect::<Vec<_>>(),
                &incoming.iter().map(|one| one.until()).collect::<Vec<_>>(),
                &notes().map(|note| note.map(|note| &*note.key)).collect::<Vec<_>>(),
                &notes().map(|note| note.map(|note| &*note.value)).collect::<Vec<_>>(),
                &incoming.iter().map(|one| one.note_until()).collect::<Vec<_>>(),
            ],
        )
        .await?;
    Ok(incoming.iter().zip(&rows).map(|(one, row)| enqueued(payloads, one, row)).collect())
}

fn enqueued(payloads: &Payloads, incoming: &Incoming, row: &Row) -> Enqueued {
    let Incoming { job, now, .. } = incoming;
    match row.get::<_, i16>("verdict") {
        0 => Enqueued::Queued,
        1 => {
            let (earlier, memo) = rows::history(payloads, row);
            // As it will be read back, so that a claim tells the same moment.
            let now = timestamp(now.as_millisecond());
            let numbers = (row.get("taken"), row.get("fence"));
            Enqueued::Leased(Lease::new(numbers, LeasedJob::first(job, earlier, memo, now)))
        }
        2 => {
            let outcome = row.get::<_, Option<&[u8]>>("known_outcome");
            Enqueued::AlreadyKnown(rows::status(payloads, job.key, row.get("known_state"), outcome))
        }
        4 => Enqueued::Noted,
        _ => Enqueued::Conflict,
    }
}
