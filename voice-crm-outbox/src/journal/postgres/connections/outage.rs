//! An outage of the server: waited out while it is short, and told at once to everybody who comes later.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use deadpool_postgres::tokio_postgres::Config;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure::{explain, is_away};

/// How long an outage of the server is waited out before whoever waits is told. Whoever comes later is told at once.
pub(super) const OUTAGE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a server that is there may take to greet us.
const PROBE_TIMEOUT: Duration = Duration::from_millis(900);
/// How long it is left alone between two looks.
const PROBE_PAUSE: Duration = Duration::from_millis(200);

/// Whether the server is there, as all that use it know it.
#[derive(Clone)]
pub(super) struct Outage(Arc<Shared>);

struct Shared {
    state: watch::Sender<State>,
    config: Config,
    tls: MakeRustlsConnect,
}

/// In every state but the first, one task looks whether the server is there.
#[derive(Clone)]
enum State {
    Reachable,
    /// Since then a statement waits for its answer.
    Suspected(Instant),
    Away(Away),
}

#[derive(Clone)]
struct Away {
    since: Instant,
    problem: Arc<str>,
}

impl Outage {
    pub(super) fn new(config: Config, tls: MakeRustlsConnect) -> Self {
        Self(Arc::new(Shared { state: watch::Sender::new(State::Reachable), config, tls }))
    }

    /// Notes that no connection can be made.
    pub(super) fn begin(&self, problem: &str) {
        let problem = Arc::from(problem);
        self.change(|state| match state {
            State::Reachable => Some(State::Away(Away { since: Instant::now(), problem })),
            State::Suspected(since) => Some(State::Away(Away { since: *since, problem })),
            State::Away(_) => None,
        });
    }

    /// Starts a probe of the server because a statement has waited long for its answer.
    pub(super) fn suspect(&self, since: Instant) {
        self.change(|state| match state {
            State::Reachable => Some(State::Suspected(since)),
            State::Suspected(_) | State::Away(_) => None,
        });
    }

    /// Changes the state; whoever changes it first has the server looked for.
    fn change(&self, change: impl FnOnce(&State) -> Option<State>) {
        let mut was_reachable = false;
        self.0.state.send_if_modified(|state| {
            let Some(changed) = change(state) else { return false };
            was_reachable = matches!(state, State::Reachable);
            *state = changed;
            true
        });
        if was_reachable {
            tokio::spawn(look_for(Arc::downgrade(&self.0)));
        }
    }

    /// Waits until the server is there. Fails with the problem once the outage has lasted too long.
    pub(super) async fn wait_out(&self) -> Result<(), Arc<str>> {
        if !self.is_away() {
            return Ok(());
        }
        let mut state = self.0.state.subscribe();
        tokio::select! {
            biased;
            problem = self.outlasts() => Err(problem),
            _ = state.wait_for(|state| !matches!(state, State::Away(_))) => Ok(()),
        }
    }

    /// Waits until an outage has lasted too long, and gives the problem.
    pub(super) async fn outlasts(&self) -> Arc<str> {
        let mut state = self.0.state.subscribe();
        loop {
            let seen = state.borrow_and_update().clone();
            let changed = state.changed();
            match seen {
                State::Away(away) => {
                    if timeout_at(away.since + OUTAGE_TIMEOUT, changed).await.is_err() {
                        return format!("PostgreSQL is away: {}", away.problem).into();
                    }
                }
                // The sender lives as long as this does.
                State::Reachable | State::Suspected(_) => drop(changed.await),
            }
        }
    }

    fn is_away(&self) -> bool {
        matches!(*self.0.state.borrow(), State::Away(_))
    }
}

/// Looks for the server until it is there, or nobody needs it any more.
async fn look_for(shared: Weak<Shared>) {
    let mut told = false;
    loop {
        let Some(shared) = shared.upgrade() else { return };
        match shared.probe().await {
            Ok(()) => {
                if told {
                    tracing::info!("PostgreSQL is back");
                }
                shared.state.send_replace(State::Reachable);
                return;
            }
            Err(problem) => {
                if !told {
                    tracing::warn!(%problem, "PostgreSQL is away; nothing can be stored until it is back");
                }
                told = true;
                Outage(shared).begin(&problem);
            }
        }
        sleep(PROBE_PAUSE).await;
    }
}

impl Shared {
    /// Connects, as every connection of the pool does.
    async fn probe(&self) -> Result<(), String> {
        let connecting = timeout(PROBE_TIMEOUT, self.config.connect(self.tls.clone())).await;
        match connecting.map_err(|_| "it does not answer".to_owned())? {
            Ok((client, connection)) => {
                // Says goodbye once the client is gone.
                tokio::spawn(connection);
                drop(client);
                Ok(())
            }
            Err(error) if is_away(&error) => Err(explain(&error)),
            // It is there to refuse something, and the next request hears it.
            Err(_) => Ok(()),
        }
    }
}
