//! Looks into a journal, and mends it: dead letters, where a write stands, and what is kept of a caller.
//!
//! ```sh
//! cargo run --example journal -- list                  # the dead letters, and why they are dead
//! cargo run --example journal -- show 7K2QXA           # a write by the reference that was spoken, or by its key
//! cargo run --example journal -- retry KEY             # or `retry --code RULE`: all that died of one reason
//! cargo run --example journal -- discard KEY
//! cargo run --example journal -- erase +14155550100    # what is kept of a caller; `erase -` reads the number
//! cargo run --example journal -- stats
//! ```
//!
//! `JOURNAL` says where it is: `sqlite:voice-crm.db` unless set, or `postgres://user:password@host/database` in a
//! build with `--features postgres`. `JOURNAL_KEYS` holds the keys if it is encrypted. A file of SQLite belongs to one
//! process, so stop the server first; a journal in PostgreSQL can be looked at while servers run.

use std::{process::ExitCode, sync::Arc};

use jiff::Timestamp;
use voice_crm_core::{crm::JobKey, journal::Journal};

#[path = "journal/command.rs"]
mod command;
#[path = "shared/journal_store.rs"]
#[allow(dead_code, reason = "the budget of API calls is for those who make some")]
mod journal_store;
#[path = "journal/redacted.rs"]
mod redacted;

use command::{Command, Named};
use journal_store::JournalStore;

/// More dead letters than a person reads.
const ALL: usize = 100_000;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(lines) => {
            for line in lines {
                say(&line);
            }
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            refuse(&sentence);
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Vec<String>, String> {
    let command = command::read()?;
    let setting = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let store = JournalStore::read(setting("JOURNAL"))?;
    if let JournalStore::Sqlite(path) = &store
        && !path.is_file()
    {
        return Err(format!("there is no file {}; JOURNAL names it", path.display()));
    }
    let place = store.to_string();
    let open = store.open(journal_store::keys(setting("JOURNAL_KEYS"))?).await.map_err(|problem| {
        let hint = if problem.contains("another process") { "; stop the server first" } else { "" };
        format!("{problem}{hint}")
    })?;
    let lines = obey(&open.journal, command).await;
    lines.map_err(|error| format!("{place}: {error}"))
}

async fn obey(journal: &Arc<dyn Journal>, command: Command) -> Result<Vec<String>, String> {
    let failed = |error: voice_crm_core::journal::JournalError| error.to_string();
    match command {
        Command::List { limit } => {
            let letters = journal.dead_letters(limit).await.map_err(failed)?;
            let mut lines: Vec<_> = letters.iter().map(redacted::line).collect();
            if lines.is_empty() {
                lines.push("no dead letters".to_owned());
            }
            Ok(lines)
        }
        Command::Show(named) => show(journal, &named).await,
        Command::Retry(key) => {
            let done = journal.retry(key, Timestamp::now()).await.map_err(failed)?;
            told(done, key, "is tried again when the server runs")
        }
        Command::RetryAll { code } => {
            let letters = journal.dead_letters(ALL).await.map_err(failed)?;
            let mut tried = 0;
            for letter in letters.iter().filter(|letter| letter.reason.code == code) {
                tried += u32::from(journal.retry(letter.write.key, Timestamp::now()).await.map_err(failed)?);
            }
            Ok(vec![format!("{tried} are tried again when the server runs")])
        }
        Command::Discard(key) => {
            told(journal.discard(key).await.map_err(failed)?, key, "is given up for good")
        }
        Command::Erase(caller) => {
            let erased = journal.erase(&caller).await.map_err(failed)?;
            let mut lines = vec![format!("{} writes hold nothing of the caller any more", erased.erased)];
            if erased.pending > 0 {
                lines.push(format!(
                    "{} are on their way to the CRM; erase again once they are there",
                    erased.pending
                ));
            }
            Ok(lines)
        }
        Command::Stats => {
            let stats = journal.stats().await.map_err(failed)?;
            let kinds = stats.pending_by_kind.iter().map(|(kind, count)| format!("pending {kind} {count}"));
            let totals = [("pending", stats.pending), ("done", stats.done), ("dead", stats.dead)];
            Ok(totals.map(|(name, count)| format!("{name} {count}")).into_iter().chain(kinds).collect())
        }
    }
}

fn told(done: bool, key: JobKey, what: &str) -> Result<Vec<String>, String> {
    if done { Ok(vec![format!("{key} {what}")]) } else { Err(format!("{key} is no dead letter")) }
}

/// Where a write stands, and for a dead letter what was to be written, without a word of it.
async fn show(journal: &Arc<dyn Journal>, named: &Named) -> Result<Vec<String>, String> {
    let (reference, key) = match named {
        Named::Reference(reference) => (reference.clone(), None),
        Named::Key(key) => (key.reference(), Some(*key)),
    };
    let mut found = journal.find(&reference).await.map_err(|error| error.to_string())?;
    found.retain(|found| key.is_none_or(|key| found.key == key));
    if found.is_empty() {
        return Err("no write has this reference or key".to_owned());
    }
    let letters = journal.dead_letters(ALL).await.map_err(|error| error.to_string())?;
    Ok(found.iter().flat_map(|found| redacted::entry(found, &letters)).collect())
}

#[expect(clippy::print_stdout, reason = "it is what the program is for")]
fn say(sentence: &str) {
    println!("{sentence}");
}

#[expect(clippy::print_stderr, reason = "a person is waiting for it")]
fn refuse(sentence: &str) {
    eprintln!("journal: {sentence}");
}
