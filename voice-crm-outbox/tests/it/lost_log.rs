//! A journal whose write-ahead log somebody took away between two runs, and what the operator hears of it.

use std::{
    fmt, fs,
    path::Path,
    sync::{Arc, Mutex},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::with_default,
};
use voice_crm_outbox::journal::{Journal, SqliteJournal};

use crate::jobs::{at, job};

/// Keeps the sentences of errors.
#[derive(Clone, Default)]
struct Errors(Arc<Mutex<Vec<String>>>);

struct Sentence(String);

impl Visit for Sentence {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl Subscriber for Errors {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR
    }

    fn event(&self, event: &Event<'_>) {
        let mut sentence = Sentence(String::new());
        event.record(&mut sentence);
        self.0.lock().unwrap().push(sentence.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Opens a copy of the database without its log, and gives the errors that were logged.
fn opened_alone(database: &Path) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    fs::copy(database, &path).unwrap();
    let errors = Errors::default();
    with_default(errors.clone(), || drop(SqliteJournal::open(&path).unwrap()));
    errors.0.lock().unwrap().clone()
}

#[tokio::test]
async fn a_log_that_is_gone_is_named_at_the_start_and_one_that_was_folded_is_not_missed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = SqliteJournal::open(&path).unwrap();
    journal.enqueue(job("a", 1), None, at(0)).await.unwrap();

    let said = opened_alone(&path);
    assert!(said.len() == 1 && said[0].contains("-wal"), "{said:?}");

    drop(journal);
    assert_eq!(opened_alone(&path), Vec::<String>::new(), "it was closed properly");
}
