//! Inspects a journal: lists, retries and discards dead jobs, shows the status of a write, erases a caller, makes backups,
//! and unlocks callers who could not prove who they are.
//!
//! ```sh
//! cargo run --example journal -- list                  # the dead jobs, and why they are dead
//! cargo run --example journal -- show 482917305        # a write by the reference that was spoken, or by its key
//! cargo run --example journal -- retry 482917305       # or `retry --code RULE`: all that died of one reason
//! cargo run --example journal -- discard 482917305
//! cargo run --example journal -- erase +14155550100    # what is kept of a caller; `erase -` reads the number
//! cargo run --example journal -- stats
//! cargo run --example journal -- locks                 # contacts for which proofs have failed, and how often
//! cargo run --example journal -- unlock 003..          # by a contact's id, by the name in the log, or by +NUMBER
//! cargo run --example journal -- backup copy.db        # SQLite only
//! ```
//!
//! A dead job, in other systems a dead letter, is a write that is not tried any more. Each is shown with its key,
//! reference, sink, kind, the code of its reason, its lane, how often and since when it was tried, and the reason. What
//! is in it stays hidden; `show` tells its fields.
//!
//! `JOURNAL` says where it is: `sqlite:voice-crm.db` unless set, or `postgres://user:password@host/database` in a
//! build with `--features postgres`. `JOURNAL_KEYS` holds the keys if it is encrypted. A file of SQLite belongs to one
//! process, so stop the server first; a journal in PostgreSQL can be looked at while servers run.

use std::process::ExitCode;

#[path = "journal/command.rs"]
mod command;
#[path = "shared/journal_store.rs"]
#[allow(dead_code, reason = "the budget of API calls is for those who make some")]
mod journal_store;
#[path = "journal/operate.rs"]
mod operate;
#[path = "journal/redacted.rs"]
mod redacted;

use command::Request;
use journal_store::JournalStore;

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
    let request = command::read()?;
    let setting = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let store = JournalStore::read(setting("JOURNAL"))?;
    if let JournalStore::Sqlite(path) = &store
        && !path.is_file()
    {
        return Err(format!("there is no file {}; JOURNAL names it", path.display()));
    }
    let keys = journal_store::keys(setting("JOURNAL_KEYS"))?;
    let place = store.to_string();
    let done = match (request, store) {
        (Request::Backup(copy), JournalStore::Sqlite(path)) => {
            operate::backup(&journal_store::sqlite(path, keys).map_err(with_hint)?, &copy).await
        }
        (Request::Backup(_), JournalStore::Postgres(_)) => {
            return Err("PostgreSQL has its own tools for a backup, such as pg_dump".to_owned());
        }
        (Request::Operate(command), store) => {
            operate::obey(&store.open(keys).await.map_err(with_hint)?, command).await
        }
    };
    done.map_err(|sentence| format!("{place}: {sentence}"))
}

fn with_hint(problem: String) -> String {
    if problem.contains("another process") { format!("{problem}; stop the server first") } else { problem }
}

#[expect(clippy::print_stdout, reason = "it is what the program is for")]
fn say(sentence: &str) {
    println!("{sentence}");
}

#[expect(clippy::print_stderr, reason = "a person is waiting for it")]
fn refuse(sentence: &str) {
    eprintln!("journal: {sentence}");
}
