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
//! | `BIND_ADDRESS` | the address to listen on, such as `0.0.0.0` behind a proxy on another machine | 127.0.0.1 |
//! | `TRUSTED_PROXIES` | the proxies whose connections stand for many callers, such as `10.0.0.7,10.1.0.0/16` | none |
//! | `WEBHOOK_SECRET` | what proves a webhook genuine, at least 16 characters | needed |
//! | `WEBHOOK_SCHEME` | how: `hmac`, `article`, `secret` or `bearer` | needed |
//! | `WEBHOOK_CREDENTIAL` | in place of these two: the JSON of the credential as Vapi holds it, or of its `authenticationPlan`, with the secret in it | not used |
//! | `WEBHOOK_OLD_SECRETS` | secrets that are taken as well while one is changed, with blanks between them | none |
//! | `PUBLIC_ORIGIN` | how Vapi calls this server, such as `https://voice.example.com`, where a credential signs `{url}` | needed there |
//! | `SF_LOGIN_URL` | the org's My Domain | needed |
//! | `SF_CLIENT_ID`, `SF_CLIENT_SECRET` | the app that may log in | needed |
//! | `SF_API_VERSION` | such as `66.0` | 66.0 |
//! | `SF_API_CALLS` | how many API calls may be made in how long, such as `100/20s`, by all servers on one PostgreSQL together; or `off` | 100/20s |
//! | `JOURNAL` | `sqlite:` and a file, or `postgres://..` in a build with `--features postgres` | `sqlite:voice-crm.db` |
//! | `JOURNAL_KEYS` | keys to encrypt it with, the current one first: `1:` and 64 hexadecimal digits | not encrypted |
//! | `CONFIRMATION_SECRET` | what signs confirmations, at least 16 characters, the same on every replica | one of this process; needed with PostgreSQL |
//! | `WRITE_LIMITS` | how many writes a call may make, and a number within an hour, such as `20/60`; or `off` | 20/60 |
//! | `REPEAT_WINDOW` | how many seconds the same request on a call is the same write; with 0 it never is | 300 |
//! | `VAPI_ASSISTANT_ID`, or `VAPI_ASSISTANT_FILE` with its definition in JSON | the assistant that takes calls on numbers without one | such calls are turned away |
//! | `CALLBACK_HOURS` | when colleagues call back, and by which clock, such as `Mon-Fri 09:00-17:00 Europe/Berlin` | at any hour, by UTC |
//! | `METRICS_ADDRESS` | where Prometheus may fetch `/metrics`, such as `127.0.0.1:9464` | no metrics |
//!
//! A confirmation is what a caller agrees to before something is changed. Signed with a secret of one process, it is
//! asked for anew after a restart, and by every other replica; so where the journal can be shared, the secret has to be.
//!
//! The server speaks HTTP without TLS, so a proxy that ends TLS stands before it; on another machine it needs
//! `BIND_ADDRESS`. A log that nobody reads loses lines, which a metric counts, and stops nothing.
//!
//! Webhooks are taken at `/webhook/vapi`. `/healthz` and `/readyz` are for the platform that runs it: `/readyz` answers
//! 200 within a second while the journal takes writes, and else 503.
//!
//! The allocator is mimalloc, by the default feature of the same name.

use std::{process::ExitCode, time::Duration};

use salesforce_client::{Client, RetryPolicy};
use voice_crm_core::{
    Bridge,
    channel::Vapi,
    function::Function as _,
    functions::{CreateCase, Desk},
    serve::{Server, stop_signal},
};
use voice_crm_salesforce::SalesforceCrm;

#[path = "shared/journal_store.rs"]
mod journal_store;
#[path = "shared/log.rs"]
mod log;
#[path = "voice_server/metrics.rs"]
mod metrics;
#[path = "voice_server/settings.rs"]
mod settings;

use journal_store::{BudgetStore, OpenJournal};
use settings::{CallbackHours, Settings};

/// A webhook makes many small allocations, often in one thread and freed in another.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let log = log::begin();
    let outcome = match Settings::read(|name| std::env::var(name).ok()) {
        Ok(settings) => run(settings, &log).await,
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

async fn run(settings: Settings, log: &log::Log) -> Result<(), String> {
    let Settings {
        address,
        trusted_proxies,
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
        repeat_window,
        callback_hours,
        call_taker,
        metrics,
    } = settings;
    if let Some(address) = metrics {
        metrics::expose(address).await?;
        log.count_dropped_lines();
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
    let OpenJournal { journal, budget: spent } = journal.open(journal_keys).await?;
    let crm = SalesforceCrm::new(salesforce).budget(budget);
    let crm = match spent {
        BudgetStore::Saved(store) => crm.saved_budget(store).await,
        #[cfg(feature = "postgres")]
        BudgetStore::Shared(among) => crm.shared_budget(among).await,
    };
    let builder = match confirmation_secret {
        Some(secret) => Bridge::builder().confirmation_secret(secret),
        None => Bridge::builder(),
    };
    let bridge = builder
        .channel("/webhook/vapi", call_taker.on(Vapi::new(verifier)))
        .crm(crm)
        .shared_journal(journal)
        .support_desk_with(callback_hours.map_or_else(Desk::new, CallbackHours::desk))
        .write_limits(write_limits)
        .repeat_window(repeat_window)
        // The name by which the seed article's assistant calls it.
        .alias("createSalesforceCase", CreateCase::NAME)
        .start()
        .map_err(|error| error.to_string())?;
    let server = Server::bind(address).map_err(|error| {
        format!("{address} cannot be listened on: {error}; choose another PORT or BIND_ADDRESS")
    })?;
    tracing::info!(%address, "listening; webhooks are taken at /webhook/vapi");
    let server = server.trusted_proxies(trusted_proxies);
    server.serve(bridge, stop_signal()).await.map_err(|error| error.to_string())?;
    tracing::info!("stopped; what is not yet in the org stands in the journal");
    Ok(())
}
