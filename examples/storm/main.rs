//! A storm of calls against the server, with everything going wrong that can, and an audit of what is left of them.
//!
//! ```sh
//! cargo build --release --example voice_server && \
//! cargo run --release --example storm -- --calls 1000 --turns 10 --kills 5 --revocations 3 --svg storm.svg
//! cargo build --release --features postgres --example voice_server && \
//! cargo run --release --features postgres --example storm -- --calls 1000 --turns 10 --pause 8000 --kills 5 \
//!     --revocations 3 --journal postgres --replicas 3 --postgres-restarts 2 --svg storm.svg
//! ```
//!
//! | option | meaning | without it |
//! | --- | --- | --- |
//! | `--calls`, `--turns` | how many calls, and how many cases each of them opens | 50, 4 |
//! | `--pause` | the longest pause between two tool calls of a call, in ms; they are drawn from half of it on | 600 |
//! | `--unavailable`, `--stalls`, `--cuts` | the share of API calls that meet a 503, a stall, a cut connection | 0.2, 0.1, 0.05 |
//! | `--stall-ms` | how long a stall lasts; half of the stalled requests are carried out after it | 3000 |
//! | `--limit` | how many API calls the org takes in how many seconds, or `off` | 100/20 |
//! | `--kills`, `--revocations` | how often the server is killed, and all tokens revoked | 2, 1 |
//! | `--journal` | where the journal is: `sqlite`, a file, or `postgres`, a server made for the storm | sqlite |
//! | `--replicas` | how many servers share that journal; callers whose server is dead turn to the next | 1 |
//! | `--postgres-restarts` | how often PostgreSQL crashes and is started again | 0 |
//! | `--seed` | repeats the draws of an earlier run | drawn |
//! | `--svg` | a file to draw latency and backlog over time into | no picture |
//!
//! It ends with an error when a promise was not kept, a record stands twice or out of order, or an answer came
//! late. The org, the server and the callers are all on this machine; the server is the example `voice_server`
//! that was built beside this program.

use std::{fs, process::ExitCode, sync::Arc, time::Duration};

use database::Database;
use fleet::Fleet;
use plan::Plan;

mod audit;
mod callers;
mod database;
mod fate;
mod fleet;
mod org;
mod picture;
mod plan;
#[path = "../../voice-crm-outbox/tests/it/private_postgres.rs"]
#[allow(dead_code, reason = "here a server only ever crashes")]
mod private_postgres;
mod recovery;
mod replica;
#[path = "../shared/restart_port.rs"]
mod restart_port;
#[path = "../shared/simulated_call.rs"]
#[allow(dead_code, reason = "a storm needs only some of a call")]
mod simulated_call;
mod table;
mod timeline;

use timeline::Timeline;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            table::say(&sentence);
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<bool, String> {
    let plan = Plan::read()?;
    table::say(&plan.told());
    let org = org::start(&plan).await?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut database = if plan.on_postgres { Some(Database::start()?) } else { None };
    let url = database.as_ref().map(Database::url);
    let mut fleet = Fleet::start(&org, url, folder.path(), &plan).await?;
    let timeline = Arc::new(Timeline::begin());
    let watching = tokio::spawn(timeline.clone().watch(org.clone()));
    let calling = tokio::spawn(callers::run(plan.clone(), fleet.urls(), timeline.clone()));
    fate::strike(&plan, &org, (&mut fleet, &mut database), &timeline, &calling).await?;
    let told = calling.await.map_err(|error| error.to_string())??;
    let called_for = timeline.elapsed();
    let drained_after = audit::drained(&org, &plan, &timeline, Duration::from_secs(300)).await;
    watching.abort();
    org.faults().clear();
    let lanes_waited = match &mut database {
        Some(database) => database.lanes_waited().await?,
        None => None,
    };
    let memory = fleet.stop()?;
    let found = audit::audit(&org, &plan, &told);
    let measured = table::Measured {
        called_for,
        drained_after,
        lanes_waited,
        memory,
        stats: org.stats(),
        blows: timeline.blows(),
    };
    table::print(&plan, &told, &found, &measured);
    if let Some(file) = &plan.svg {
        let picture = picture::draw(&timeline.samples(), &told.answers, &measured.blows);
        fs::write(file, picture).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(found.is_clean() && told.late() == 0)
}
