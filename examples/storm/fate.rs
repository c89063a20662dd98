//! Kills and revocations, spread over the time of the calls.

use std::time::Duration;

use salesforce_emulator::Org;
use tokio::task::JoinHandle;

use crate::{plan::Plan, replica::Replica};

enum Blow {
    Kill,
    Revoke,
}

/// Strikes as often as planned while the calls go on.
pub(crate) async fn strike<T>(
    plan: &Plan,
    org: &Org,
    replica: &mut Replica,
    calling: &JoinHandle<T>,
) -> Result<(), String> {
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let mut blows: Vec<Blow> = std::iter::repeat_with(|| Blow::Kill).take(plan.kills).collect();
    blows.extend(std::iter::repeat_with(|| Blow::Revoke).take(plan.revocations));
    random.shuffle(&mut blows);
    let turns = u32::try_from(plan.turns).unwrap_or(u32::MAX);
    let strikes = u32::try_from(blows.len()).unwrap_or(u32::MAX) + 1;
    // The calls take at least three quarters of their longest pauses.
    let gap = plan.pause * turns * 3 / 4 / strikes;
    for blow in blows {
        tokio::time::sleep(gap.mul_f64(0.5 + random.f64()).max(Duration::from_millis(50))).await;
        if calling.is_finished() {
            return Err(
                "the calls were over before all blows had fallen: let them pause for longer".to_owned()
            );
        }
        match blow {
            Blow::Kill => replica.kill_and_start().await?,
            Blow::Revoke => org.revoke_tokens(),
        }
    }
    Ok(())
}
