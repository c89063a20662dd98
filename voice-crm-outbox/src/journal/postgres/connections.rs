//! The connections to the database: how they are made, and how an outage is waited out.

use std::{net::IpAddr, sync::Arc, time::Duration};

use deadpool_postgres::{
    Client, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
    tokio_postgres::{
        self, Config,
        config::{Host, SslMode},
        error::SqlState,
    },
};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::time::{Instant, timeout};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::migrate::Unusable;
use crate::journal::JournalError;

/// How long an outage of the database is waited out before whoever waits is told.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one statement may take; the server is told a little less.
const STATEMENT: Duration = Duration::from_secs(11);
/// Limits that the server itself keeps, and the flush that is our promise, whatever its own settings say.
const SETTINGS: &str = "-c statement_timeout=10s -c lock_timeout=5s \
    -c idle_in_transaction_session_timeout=10s -c synchronous_commit=on";

/// A pool of connections to one database.
#[derive(Clone)]
pub(super) struct Connections(Pool);

impl Connections {
    /// Prepares a pool; nothing is connected yet. The error is a sentence for the operator.
    pub(super) fn new(mut config: Config, size: usize) -> Result<Self, String> {
        let given = config.get_options().map(|given| format!("{given} ")).unwrap_or_default();
        config.options(format!("{given}{SETTINGS}"));
        config.application_name("voice-crm").connect_timeout(Duration::from_secs(3));
        config.keepalives_idle(Duration::from_secs(20)).tcp_user_timeout(Duration::from_secs(10));
        if config.get_ssl_mode() == SslMode::Prefer && !stays_here(&config) {
            // A connection that anybody on the way may strip of its encryption is worth no more than an open one.
            config.ssl_mode(SslMode::Require);
        }
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, tls()?, recycling);
        let pool = Pool::builder(manager).max_size(size.max(1)).runtime(Runtime::Tokio1);
        let pool = pool.wait_timeout(Some(PATIENCE)).create_timeout(Some(PATIENCE)).build();
        pool.map(Self).map_err(|error| error.to_string())
    }

    pub(super) async fn first(&self) -> Result<Client, String> {
        self.0.get().await.map_err(|error| match error {
            PoolError::Backend(error) => explain(&error),
            other => other.to_string(),
        })
    }

    /// Does work on a connection, and again on another one while the database is away.
    pub(super) async fn run<T, F>(&self, work: impl Fn(Arc<Object>) -> F) -> Result<T, JournalError>
    where
        F: Future<Output = Result<T, tokio_postgres::Error>>,
    {
        let begun = Instant::now();
        loop {
            let problem = match self.0.get().await {
                Ok(client) => {
                    let client = Arc::new(client);
                    match timeout(STATEMENT, work(client.clone())).await {
                        Ok(Ok(done)) => return Ok(done),
                        Ok(Err(error)) if is_outage(&error) => explain(&error),
                        Ok(Err(error)) => return Err(refused(explain(&error))),
                        Err(_) => {
                            // Nobody knows what it is still busy with.
                            Arc::into_inner(client).map(Object::take);
                            "it does not answer".to_owned()
                        }
                    }
                }
                Err(PoolError::Backend(error)) if is_outage(&error) => explain(&error),
                Err(PoolError::Backend(error)) => return Err(refused(explain(&error))),
                Err(error) => error.to_string(),
            };
            if begun.elapsed() >= PATIENCE {
                return Err(refused(problem));
            }
            tracing::warn!(%problem, "PostgreSQL is away; trying again");
            tokio::time::sleep(Duration::from_millis(fastrand::u64(50..250))).await;
        }
    }
}

fn refused(problem: String) -> JournalError {
    tracing::error!(%problem, "the journal could not use PostgreSQL");
    JournalError::Store { problem }
}

/// Whether every server that may be asked is on this machine. An address, where one is given, is what counts, and the
/// name beside it is only what the certificate is for.
fn stays_here(config: &Config) -> bool {
    let mut addresses = config.get_hostaddrs().iter();
    config.get_hosts().iter().all(is_near) && addresses.all(IpAddr::is_loopback)
}

/// Whether a server is on this machine.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        Host::Unix(_) => true,
    }
}

/// TLS as the system trusts it; certificates are always checked.
fn tls() -> Result<MakeRustlsConnect, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| error.to_string())?;
    Ok(MakeRustlsConnect::new(config.with_no_client_auth()))
}

/// Whether the same may succeed on another connection, in a moment.
fn is_outage(error: &tokio_postgres::Error) -> bool {
    let Some(code) = error.code() else {
        // It broke off, or was never there; but what we cannot write or read would fail the same way again.
        return error.is_closed()
            || std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
    };
    [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ]
    .contains(code)
        || code.code().starts_with("08")
}

/// What is wrong, without what the server adds of the row that it is about.
pub(super) fn explain(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(database), _) => format!("{} ({})", database.message(), database.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

/// Why a database cannot be used, in a sentence for the operator.
pub(super) fn explain_unusable(unusable: &Unusable) -> String {
    match unusable {
        Unusable::Refused(error) => explain(error),
        Unusable::Newer(steps) => format!(
            "a newer release has been here (step {steps}); run that release, or one with another schema"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_never_leaves_this_machine_may_go_without_encryption() {
        let stays = |text: &str| stays_here(&text.parse().unwrap());
        for near in
            ["postgres://localhost/a", "postgres://[::1]/a", "postgres://%2Frun%2Fpg/a", "hostaddr=127.0.0.1"]
        {
            assert!(stays(near), "{near}");
        }
        for far in [
            "postgres://db.example.com/a",
            "postgres://localhost,db.example.com/a",
            "hostaddr=10.0.0.5 user=a",
            "host=localhost hostaddr=10.0.0.5",
        ] {
            assert!(!stays(far), "{far}");
        }
    }
}
