//! What is compared with: each job in a transaction of its own, behind one lock.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use rusqlite::{Connection, params};

use super::{Counted, job, measure};

pub(crate) struct NaiveJournal(Mutex<Connection>);

impl NaiveJournal {
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch("CREATE TABLE job (key BLOB PRIMARY KEY, lane TEXT, body TEXT)")?;
        Ok(Self(Mutex::new(connection)))
    }

    fn enqueue(&self, client: u64, number: u64) -> bool {
        let (job, body) = job(client, number);
        let Ok(connection) = self.0.lock() else { return false };
        let Ok(mut insert) = connection.prepare_cached("INSERT INTO job VALUES (?1, ?2, ?3)") else {
            return false;
        };
        insert.execute(params![job.key().as_bytes().as_slice(), job.lane().as_str(), &*body]).is_ok()
    }
}

pub(crate) async fn load(journal: Arc<NaiveJournal>, clients: u64, span: Duration) -> Counted {
    measure(clients, span, move |client, number| {
        let journal = journal.clone();
        async move { tokio::task::spawn_blocking(move || journal.enqueue(client, number)).await.unwrap_or(false) }
    })
    .await
}
