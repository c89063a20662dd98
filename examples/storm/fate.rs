//! Kills, revocations and restarts, spread over the time of the calls.

use std::time::Duration;

use salesforce_emulator::Org;
use tokio::task::JoinHandle;

use crate::{database::Database, fleet::Fleet, plan::Plan, timeline::Timeline};

/// What befalls the servers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Blow {
    /// A replica is killed.
    Kill,
    /// The org revokes all tokens.
    Revoke,
    /// PostgreSQL crashes and comes back.
    Restart,
}

/// Strikes as often as planned while the calls go on.
pub(crate) async fn strike<T>(
    plan: &Plan,
    org: &Org,
    (fleet, database): (&mut Fleet, &mut Option<Database>),
    timeline: &Timeline,
    calling: &JoinHandle<T>,
) -> Result<(), String> {
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let blows = blows(plan, &mut random);
    let turns = u32::try_from(plan.turns).unwrap_or(u32::MAX);
    let strikes = u32::try_from(blows.len()).unwrap_or(u32::MAX) + 1;
    // The calls take at least three quarters of their longest pauses.
    let gap = plan.pause * turns * 3 / 4 / strikes;
    for blow in blows {
        fleet.wait(gap.mul_f64(0.5 + random.f64()).max(Duration::from_millis(50))).await?;
        if calling.is_finished() {
            return Err(
                "the calls were over before all blows had fallen: let them pause for longer".to_owned()
            );
        }
        timeline.struck(blow);
        match (blow, database.as_mut()) {
            (Blow::Revoke, _) => org.revoke_tokens(),
            (Blow::Restart, Some(database)) => database.restart()?,
            (Blow::Restart, None) => {}
            (Blow::Kill, database) => {
                fleet.kill(&mut random).await?;
                if let Some(database) = database {
                    database.watch_lanes().await?;
                }
            }
        }
    }
    fleet.restore().await
}

/// All of them, in an order that the seed gives.
fn blows(plan: &Plan, random: &mut fastrand::Rng) -> Vec<Blow> {
    let times = |blow, number| std::iter::repeat_n(blow, number);
    let mut blows: Vec<Blow> = times(Blow::Kill, plan.kills)
        .chain(times(Blow::Revoke, plan.revocations))
        .chain(times(Blow::Restart, plan.postgres_restarts))
        .collect();
    random.shuffle(&mut blows);
    blows
}
