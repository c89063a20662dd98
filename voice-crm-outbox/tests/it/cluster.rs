//! Journals on a private PostgreSQL server.

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

use secrecy::SecretString;
use voice_crm_outbox::journal::{PostgresJournal, PostgresOptions};

use crate::private_postgres::{PrivatePostgres, Stop};

/// A server that lasts as long as this value, or this process.
pub(crate) struct Cluster(PrivatePostgres);

impl Cluster {
    /// A new server; none where the binaries are missing, which is said once.
    #[expect(clippy::print_stderr, reason = "what is left out shall be seen")]
    pub(crate) fn start() -> Option<Self> {
        static SAID: OnceLock<()> = OnceLock::new();
        let server = PrivatePostgres::start().unwrap();
        if server.is_none() {
            SAID.get_or_init(|| {
                eprintln!(
                    "left out: the tests of the PostgreSQL journal; initdb and postgres are not installed"
                );
            });
        }
        server.map(Self)
    }

    /// Starts the server, and waits until it takes connections.
    pub(crate) fn run(&mut self) {
        self.0.run().unwrap();
    }

    /// Stops the server at once, as an operator in a hurry does; connections are cut.
    pub(crate) fn stop(&mut self) {
        self.0.stop(Stop::Fast).unwrap();
    }

    /// Ends the server as a power cut would, as far as a process can.
    pub(crate) fn crash(&mut self) {
        self.0.stop(Stop::Crash).unwrap();
    }

    /// Has the server answer nobody any more, without a connection being cut, as a machine does that hangs.
    #[cfg(target_os = "linux")]
    pub(crate) fn freeze(&self) {
        self.0.signal("STOP").unwrap();
    }

    /// Has the server go on.
    #[cfg(target_os = "linux")]
    pub(crate) fn thaw(&self) {
        self.0.signal("CONT").unwrap();
    }

    pub(crate) fn url(&self) -> SecretString {
        SecretString::from(self.0.url())
    }

    /// A journal of its own, in a schema of its own.
    pub(crate) fn options(&self) -> PostgresOptions {
        static SCHEMAS: AtomicU32 = AtomicU32::new(0);
        let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
        PostgresJournal::options(&self.url()).schema(format!("journal_{number}")).connections(4)
    }
}

/// The server that all tests share that do it no harm.
pub(crate) fn shared() -> Option<&'static Cluster> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    SHARED.get_or_init(Cluster::start).as_ref()
}
