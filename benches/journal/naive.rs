//! What is compared with: each write in a transaction of its own, behind one lock.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use rusqlite::{Connection, params};

use super::{Counted, entry, measure};

pub(crate) struct NaiveJournal(Mutex<Connection>);

impl NaiveJournal {
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch("CREATE TABLE entry (key BLOB PRIMARY KEY, lane TEXT, body TEXT)")?;
        Ok(Self(Mutex::new(connection)))
    }

    fn accept(&self, client: u64, number: u64) -> bool {
        let entry = entry(client, number);
        let Ok(body) = serde_json::to_string(entry.write.as_ref()) else { return false };
        let Ok(connection) = self.0.lock() else { return false };
        let Ok(mut insert) = connection.prepare_cached("INSERT INTO entry VALUES (?1, ?2, ?3)") else {
            return false;
        };
        insert.execute(params![entry.write.key.as_bytes().as_slice(), entry.lane.as_str(), body]).is_ok()
    }
}

pub(crate) async fn load(journal: Arc<NaiveJournal>, clients: u64, span: Duration) -> Counted {
    measure(clients, span, move |client, number| {
        let journal = journal.clone();
        async move { tokio::task::spawn_blocking(move || journal.accept(client, number)).await.unwrap_or(false) }
    })
    .await
}
