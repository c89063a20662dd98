//! The bridge as a server, with its settings from the environment, for a real org.
//!
//! ```sh
//! WEBHOOK_SECRET=.. WEBHOOK_SCHEME=hmac SF_LOGIN_URL=https://example.my.salesforce.com \
//! SF_CLIENT_ID=.. SF_CLIENT_SECRET=.. cargo run --example voice_server
//! ```
//!
//! | variable | meaning | without it |
//! | --- | --- | --- |
//! | `PORT` | the port to listen on | 3000 |
//! | `WEBHOOK_SECRET` | what proves a webhook genuine, at least 16 characters | needed |
//! | `WEBHOOK_SCHEME` | how: `hmac`, `article`, `secret` or `bearer` | needed |
//! | `SF_LOGIN_URL` | the org's My Domain | needed |
//! | `SF_CLIENT_ID`, `SF_CLIENT_SECRET` | the app that may log in | needed |
//! | `SF_API_VERSION` | such as `66.0` | 66.0 |
//! | `SF_API_CALLS` | how many API calls may be made in how long, such as `100/20s`, by all servers on one PostgreSQL together; or `off` | 100/20s |
//! | `JOURNAL` | `sqlite:` and a file, or `postgres://..` in a build with `--features postgres` | `sqlite:voice-crm.db` |
//! | `JOURNAL_KEYS` | keys to encrypt it with, the current one first: `1:` and 64 hexadecimal digits | not encrypted |
//! | `CONFIRMATION_SECRET` | what signs confirmations, at least 16 characters, the same on every replica | one of this process; needed with PostgreSQL |
//! | `WRITE_LIMITS` | how many writes a call may make, and a number within an hour, such as `20/60`; or `off` | 20/60 |
//! | `METRICS_ADDRESS` | where Prometheus may fetch `/metrics`, such as `127.0.0.1:9464` | no metrics |
//!
//! A confirmation is what a caller agrees to before something is changed. Signed with a secret of one process, it is
//! asked for anew after a restart, and by every other replica; so where the journal can be shared, the secret has to be.
//!
//! Webhooks are taken at `/webhook/vapi`. `/healthz` and `/readyz` are for the platform that runs it: `/readyz` answers
//! 200 within a second while the journal takes writes, and else 503.
//!
//! The allocator is mimalloc, by the default feature of the same name.

use std::{process::ExitCode, time::Duration};

use salesforce_client::{Client, RetryPolicy};
use tracing_subscriber::EnvFilter;
use voice_crm_core::{Bridge, channel::Vapi, function::Function as _, functions::CreateCase};
use voice_crm_salesforce::SalesforceCrm;

#[path = "shared/http_server.rs"]
mod http_server;
#[path = "shared/journal_store.rs"]
mod journal_store;
#[path = "voice_server/metrics.rs"]
mod metrics;
#[path = "voice_server/settings.rs"]
mod settings;

use journal_store::OpenJournal;
use settings::Settings;

/// A webhook makes many small allocations, often in one thread and freed in another.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let outcome = match Settings::read(|name| std::env::var(name).ok()) {
        Ok(settings) => run(settings).await,
        Err(sentence) => Err(sentence),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            refuse(&sentence);
            ExitCode::FAILURE
        }
    }
}

/// Says why the server does not run, whatever the log hides.
#[expect(clippy::print_stderr, reason = "a person is waiting for it to start")]
fn refuse(sentence: &str) {
    eprintln!("voice_server: {sentence}");
}

async fn run(settings: Settings) -> Result<(), String> {
    let Settings {
        address,
        verifier,
        login_host,
        client_id,
        client_secret,
        api_version,
        budget,
        journal,
        journal_keys,
        confirmation_secret,
        write_limits,
        metrics,
    } = settings;
    if let Some(address) = metrics {
        metrics::expose(address).await?;
    }
    // One repeat while the caller waits; the journal is patient in its own time.
    let once_more = RetryPolicy { max_attempts: 2, ..RetryPolicy::default() };
    let salesforce = Client::builder(login_host)
        .client_credentials(client_id, client_secret)
        .api_version(api_version)
        .timeout(Duration::from_secs(20))
        .retry_policy(once_more)
        // An org limits requests that run for 20 s or longer; none of ours does, so a burst need not queue.
        .max_concurrent(100)
        .build()
        .map_err(|error| error.to_string())?;
    let OpenJournal { journal, shared_budget } = journal.open(journal_keys).await?;
    let crm = SalesforceCrm::new(salesforce).budget(budget);
    let crm = match shared_budget {
        Some(among) => crm.shared_budget(among).await,
        None => crm,
    };
    let builder = match confirmation_secret {
        Some(secret) => Bridge::builder().confirmation_secret(secret),
        None => Bridge::builder(),
    };
    let bridge = builder
        .channel("/webhook/vapi", Vapi::new(verifier))
        .crm(crm)
        .shared_journal(journal)
        .support_desk()
        .write_limits(write_limits)
        // The name by which the seed article's assistant calls it.
        .alias("createSalesforceCase", CreateCase::NAME)
        .start()
        .map_err(|error| error.to_string())?;
    let listener = http_server::listen(address).map_err(|error| {
        format!("port {} cannot be listened on: {error}; choose another PORT", address.port())
    })?;
    tracing::info!(port = address.port(), "listening; webhooks are taken at /webhook/vapi");
    http_server::serve(listener, bridge, stop_signal()).await.map_err(|error| error.to_string())?;
    tracing::info!("stopped; what is not yet in the org stands in the journal");
    Ok(())
}

/// The signal to stop, from a person or from the platform that runs this.
async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
