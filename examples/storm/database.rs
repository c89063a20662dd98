//! The PostgreSQL server that the replicas share: made for the storm, crashed in it, and watched from outside.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};

use crate::private_postgres::{PrivatePostgres, Stop};

/// How often it is looked whether lanes were taken up.
const INTERVAL: Duration = Duration::from_millis(100);
/// How long is looked at most.
const TAKEOVER_TIMEOUT: Duration = Duration::from_secs(120);

/// A lane that is out on a lease, and the epoch of that.
type Leased = (String, i64);

/// A PostgreSQL server that lasts as long as this value.
pub(crate) struct Database {
    server: PrivatePostgres,
    /// Each gives how long the lanes of a dead replica waited; nothing when they still wait.
    watches: JoinSet<Option<Duration>>,
}

impl Database {
    /// Makes and starts one.
    pub(crate) fn start() -> Result<Self, String> {
        let missing = "PostgreSQL is not installed: initdb and postgres are looked for in VOICE_CRM_PG_BIN, on the \
                       path, and in /usr/lib/postgresql";
        let server = PrivatePostgres::start().map_err(|error| error.to_string())?.ok_or(missing)?;
        Ok(Self { server, watches: JoinSet::new() })
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Crashes the server and starts it again.
    pub(crate) fn restart(&mut self) -> Result<(), String> {
        let restarted = tokio::task::block_in_place(|| {
            self.server.stop(Stop::Crash)?;
            self.server.run()
        });
        restarted.map_err(|error| error.to_string())
    }

    /// A replica has just died: measures how long it takes until all lanes that were out on a lease in this moment,
    /// whoever held them, are settled or leased anew.
    pub(crate) async fn watch_lanes(&mut self) -> Result<(), String> {
        let (url, killed) = (self.url(), Instant::now());
        let client = connect(&url).await.map_err(|error| error.to_string())?;
        let leased = leased(&client).await.map_err(|error| error.to_string())?;
        self.watches.spawn(async move {
            while killed.elapsed() < TAKEOVER_TIMEOUT {
                if are_taken_up(&url, &leased).await {
                    return Some(killed.elapsed());
                }
                tokio::time::sleep(INTERVAL).await;
            }
            None
        });
        Ok(())
    }

    /// The longest that the lanes of a dead replica waited, once all were taken up; nothing when none died. It is an error
    /// when some still wait.
    pub(crate) async fn lanes_waited(&mut self) -> Result<Option<Duration>, String> {
        let mut longest = None;
        while let Some(waited) = self.watches.join_next().await {
            let waited = waited.map_err(|error| error.to_string())?;
            let waited =
                waited.ok_or("lanes of a killed replica were not leased again within two minutes")?;
            longest = longest.max(Some(waited));
        }
        Ok(longest)
    }
}

async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn leased(client: &Client) -> Result<Vec<Leased>, tokio_postgres::Error> {
    let rows = client.query("SELECT lane, epoch FROM voice_crm.lane WHERE head IS NOT NULL", &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Whether none of these leases is left. While the server is away they are.
async fn are_taken_up(url: &str, before: &[Leased]) -> bool {
    let Ok(client) = connect(url).await else { return false };
    leased(&client).await.is_ok_and(|now| !before.iter().any(|lease| now.contains(lease)))
}
