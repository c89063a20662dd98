//! The connections to the database: how they are made, and how work is done on them.

use std::{net::IpAddr, sync::Arc, time::Duration};

use deadpool_postgres::{
    Client, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
    tokio_postgres::{
        self, Config,
        config::{Host, SslMode},
    },
};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::journal::JournalError;
use failure::{Failure, explain};
use outage::{OUTAGE_TIMEOUT, Outage};

pub(super) mod failure;
mod outage;

/// How long a connection may take to be there, and how long one is waited for while all are in use.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one statement may take; the server is told a little less.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(11);
/// After this long without an answer it is looked whether the server is there at all, and again after as long.
const SUSPICIOUS: Duration = Duration::from_secs(1);
/// Limits that the server itself keeps, and the flush that is our promise, whatever its own settings say.
const SETTINGS: &str = "-c statement_timeout=10s -c lock_timeout=5s \
    -c idle_in_transaction_session_timeout=10s -c synchronous_commit=on";

/// A pool of connections to one database.
#[derive(Clone)]
pub(super) struct Connections {
    pool: Pool,
    outage: Outage,
    /// Whether work is done again whose connection broke off.
    repeats: bool,
}

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
        let tls = tls()?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config.clone(), tls.clone(), recycling);
        let pool = Pool::builder(manager).max_size(size.max(1)).runtime(Runtime::Tokio1);
        let pool =
            pool.wait_timeout(Some(CONNECTION_TIMEOUT)).create_timeout(Some(CONNECTION_TIMEOUT)).build();
        let pool = pool.map_err(|error| error.to_string())?;
        Ok(Self { pool, outage: Outage::new(config, tls), repeats: true })
    }

    pub(super) async fn first(&self) -> Result<Client, String> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => explain(&error),
            other => other.to_string(),
        })
    }

    /// The same connections, for work that must not be done twice. On an error it may have been done.
    pub(super) fn once(&self) -> Self {
        Self { repeats: false, ..self.clone() }
    }

    /// Does work on a connection, and again on another one where that broke off. The work may be done twice then, so it
    /// must come to the same; what does not is done by [`Connections::once`].
    ///
    /// A short outage is waited out. Once the server has been away for [`OUTAGE_TIMEOUT`], this fails at once until it
    /// is back.
    pub(super) async fn run<T, F>(
        &self,
        work: impl Fn(Arc<Object>) -> F + Send + Sync,
    ) -> Result<T, JournalError>
    where
        T: Send,
        F: Future<Output = Result<T, tokio_postgres::Error>> + Send,
    {
        let begun = Instant::now();
        loop {
            self.outage.wait_out().await.map_err(JournalError::store)?;
            let attempted = tokio::select! {
                biased;
                attempted = self.attempt(&work) => attempted,
                problem = self.outage.outlasts() => return Err(JournalError::store(problem)),
            };
            let problem = match attempted {
                Ok(done) => return Ok(done),
                Err(Failure::Refused(problem)) => return Err(refused(problem)),
                Err(Failure::BrokenOff(problem)) if !self.repeats => return Err(refused(problem)),
                Err(Failure::Away(problem)) => {
                    self.outage.begin(&problem);
                    problem
                }
                Err(Failure::Undone(problem) | Failure::BrokenOff(problem)) => problem,
            };
            if begun.elapsed() >= OUTAGE_TIMEOUT {
                return Err(refused(problem));
            }
            tracing::debug!(%problem, "PostgreSQL did not do it; trying again");
            tokio::time::sleep(Duration::from_millis(fastrand::u64(20..100))).await;
        }
    }

    /// Like [`Connections::run`], but fails when it takes longer than a span.
    pub(super) async fn run_within<T, F>(
        &self,
        span: Duration,
        work: impl Fn(Arc<Object>) -> F + Send + Sync,
    ) -> Result<T, JournalError>
    where
        T: Send,
        F: Future<Output = Result<T, tokio_postgres::Error>> + Send,
    {
        let late =
            |_| JournalError::store(format!("PostgreSQL did not answer within {} ms", span.as_millis()));
        timeout(span, self.run(work)).await.map_err(late)?
    }

    async fn attempt<T, F>(&self, work: &(impl Fn(Arc<Object>) -> F + Send + Sync)) -> Result<T, Failure>
    where
        T: Send,
        F: Future<Output = Result<T, tokio_postgres::Error>> + Send,
    {
        let begun = Instant::now();
        let attempt = async {
            let client = self.pool.get().await.map_err(Failure::of_pool)?;
            let lent = Lent(Some(Arc::new(client)));
            let client = lent.0.clone().ok_or_else(|| Failure::Undone("no connection".to_owned()))?;
            let done = timeout(STATEMENT_TIMEOUT, work(client)).await;
            let done = done.map_err(|_| Failure::Refused("it does not answer".to_owned()))?;
            lent.give_back();
            done.map_err(|error| Failure::of_work(&error))
        };
        let mut attempt = std::pin::pin!(attempt);
        let mut look_at = begun + SUSPICIOUS;
        loop {
            if let Ok(attempted) = timeout_at(look_at, &mut attempt).await {
                return attempted;
            }
            self.outage.suspect(begun);
            look_at += SUSPICIOUS;
        }
    }
}

/// A connection that is in use. One that is not given back is closed: nobody knows what it is still busy with.
struct Lent(Option<Arc<Object>>);

impl Lent {
    fn give_back(mut self) {
        self.0 = None;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(client) = self.0.take().and_then(Arc::into_inner) {
            drop(Object::take(client));
        }
    }
}

fn refused(problem: String) -> JournalError {
    tracing::error!(%problem, "the journal could not use PostgreSQL");
    JournalError::store(problem)
}

/// Whether every server that may be asked is on this machine. Names and addresses must both be of this machine.
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
