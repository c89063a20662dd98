//! Does what the operator asks for, and says in lines what came of it.

use std::{path::Path, sync::Arc};

use jiff::Timestamp;
use voice_crm_core::{
    caller::ProofLocks,
    clock::SystemClock,
    crm::RecordRef,
    journal::{DeadJob, Journal, SqliteJournal},
    outbox::{JobKey, JobStatus, Subject},
};

use crate::{
    command::{Command, Locked, Named, Wanted},
    journal_store::OpenJournal,
    redacted,
};

/// More dead jobs than a person reads.
const ALL: usize = 100_000;

/// The organisation of a bridge that was given no name of its own.
const ORGANISATION: &str = "default";

/// Does it. An error is a sentence for the operator.
pub(crate) async fn obey(open: &OpenJournal, command: Command) -> Result<Vec<String>, String> {
    let journal = &open.journal;
    let locks = || ProofLocks::new(journal.clone(), Arc::new(SystemClock), ORGANISATION);
    match command {
        Command::Locks { limit } => list_locks(&locks(), limit).await,
        Command::Unlock(locked) => unlock(&locks(), &locked).await,
        Command::List { limit } => list(journal, limit).await,
        Command::Show(named) => show(journal, &named).await,
        Command::Retry(wanted) => retry(journal, &wanted).await,
        Command::Discard(named) => discard(journal, &named).await,
        Command::Erase(caller) => {
            let erased = journal.erase(&Subject::new(caller.as_e164())).await.map_err(sentence)?;
            let mut lines = vec![format!("{} writes hold nothing of the caller any more", erased.erased)];
            if erased.pending > 0 {
                lines.push(format!("{} are on their way; erase again once they are done", erased.pending));
            }
            Ok(lines)
        }
        Command::Stats => stats(journal).await,
    }
}

/// Copies the journal into a new file.
pub(crate) async fn backup(journal: &SqliteJournal, copy: &Path) -> Result<Vec<String>, String> {
    journal.backup(copy).await.map_err(sentence)?;
    Ok(vec![format!("copied to {}; encrypted content stays encrypted, under the same keys", copy.display())])
}

async fn list(journal: &Arc<dyn Journal>, limit: usize) -> Result<Vec<String>, String> {
    let dead = journal.dead(limit).await.map_err(sentence)?;
    let all = journal.stats().await.map_err(sentence)?.dead;
    let mut lines: Vec<_> = dead.iter().map(redacted::line).collect();
    if all == 0 {
        lines.push("no dead jobs".to_owned());
    } else if all > dead.len() as u64 {
        lines.push(format!("these are {} of {all} dead jobs; --limit shows more", dead.len()));
    }
    Ok(lines)
}

/// Where a write stands, and for a dead job which fields it has, without a word of what is in them.
async fn show(journal: &Arc<dyn Journal>, named: &Named) -> Result<Vec<String>, String> {
    let mut found = journal.find(&named.reference()).await.map_err(sentence)?;
    found.retain(|found| named.means(found.key));
    if found.is_empty() {
        return Err("no write has this reference or key".to_owned());
    }
    let may_be_dead = found.iter().any(|found| matches!(found.status, JobStatus::Dead(_)));
    let dead = if may_be_dead { journal.dead(ALL).await.map_err(sentence)? } else { Vec::new() };
    Ok(found.iter().flat_map(|found| redacted::entry(found, &dead)).collect())
}

async fn retry(journal: &Arc<dyn Journal>, wanted: &Wanted) -> Result<Vec<String>, String> {
    let jobs = match wanted {
        Wanted::One(named) => vec![one(journal, named).await?],
        Wanted::Code(code) => {
            let dead = journal.dead(ALL).await.map_err(sentence)?;
            dead.into_iter().filter(|job| job.reason.code == *code).collect()
        }
    };
    let mut lines = Vec::new();
    for job in &jobs {
        if journal.retry(job.key, Timestamp::now()).await.map_err(sentence)? {
            lines.push(redacted::line(job));
        }
    }
    lines.push(format!("{} tried again when the server runs", are(lines.len())));
    Ok(lines)
}

async fn discard(journal: &Arc<dyn Journal>, named: &Named) -> Result<Vec<String>, String> {
    let job = one(journal, named).await?;
    if !journal.discard(job.key).await.map_err(sentence)? {
        return Err(no_dead_job(named));
    }
    Ok(vec![redacted::line(&job), "is discarded, and cannot be retried any more".to_owned()])
}

async fn stats(journal: &Arc<dyn Journal>) -> Result<Vec<String>, String> {
    let stats = journal.stats().await.map_err(sentence)?;
    let waiting = stats.waiting.iter().map(|((sink, kind), count)| format!("waiting {sink} {kind} {count}"));
    let totals = [("pending", stats.pending), ("done", stats.done), ("dead", stats.dead)];
    Ok(totals.map(|(name, count)| format!("{name} {count}")).into_iter().chain(waiting).collect())
}

async fn list_locks(locks: &ProofLocks, limit: usize) -> Result<Vec<String>, String> {
    let failed = locks.list(limit).await.map_err(sentence)?;
    if failed.is_empty() {
        return Ok(vec!["no proofs have failed".to_owned()]);
    }
    Ok(failed
        .into_iter()
        .map(|failed| format!("{} {} wrong answers", failed.name, failed.failures))
        .collect())
}

/// A contact may be named by its own id, or as the log names it.
async fn unlock(locks: &ProofLocks, locked: &Locked) -> Result<Vec<String>, String> {
    let is_unlocked = match locked {
        Locked::Contact(name) => {
            let by_name = locks.unlock_named(name).await.map_err(sentence)?;
            by_name || locks.unlock_contact(&RecordRef::new(name.as_str())).await.map_err(sentence)?
        }
        Locked::Number(number) => locks.unlock_number(number).await.map_err(sentence)?,
    };
    if !is_unlocked {
        return Err("no proofs have failed there; a contact's id is given whole, with all its 18 characters"
            .to_owned());
    }
    Ok(vec!["unlocked: the wrong answers count no more".to_owned()])
}

/// The dead job that is meant; a reference may name several.
async fn one(journal: &Arc<dyn Journal>, named: &Named) -> Result<DeadJob, String> {
    let mut dead = journal.dead(ALL).await.map_err(sentence)?;
    dead.retain(|job| named.means(job.key));
    let job = dead.pop().ok_or_else(|| no_dead_job(named))?;
    let others: Vec<JobKey> = dead.iter().map(|job| job.key).collect();
    if others.is_empty() {
        return Ok(job);
    }
    let keys: Vec<String> = others.iter().chain([&job.key]).map(ToString::to_string).collect();
    Err(format!("several dead jobs have this reference; choose a key: {}", keys.join(", ")))
}

fn no_dead_job(named: &Named) -> String {
    format!("{named} is no dead job")
}

fn are(count: usize) -> String {
    if count == 1 { "1 is".to_owned() } else { format!("{count} are") }
}

#[expect(clippy::needless_pass_by_value, reason = "it reads better in `map_err`")]
fn sentence(error: voice_crm_core::journal::JournalError) -> String {
    error.to_string()
}
