//! The org of a storm, in this process, so that the audit reads its memory.

use std::sync::Arc;

use salesforce_emulator::{AfterStall, Fault, FaultPlan, Field, Org};

use crate::plan::Plan;

/// The secret of the app that logs in; it opens nothing but this org.
pub(crate) const CLIENT_SECRET: &str = "storm-client-secret";

/// Starts it, with its faults switched on.
pub(crate) async fn start(plan: &Plan) -> Result<Arc<Org>, String> {
    let org = Org::builder()
        .client("client", CLIENT_SECRET)
        .field("Case", Field::external_id("Voice_Key__c"))
        .field("Task", Field::external_id("Voice_Key__c"))
        .field("ContentVersion", Field::external_id("Voice_Key__c"))
        .latency(std::time::Duration::from_millis(30))
        .start()
        .await
        .map_err(|error| error.to_string())?;
    if let Some((calls, span)) = plan.limit {
        org.set_limit(calls, span);
    }
    let stall = |then| Fault::Stall { lasting: plan.stall, then };
    org.faults().set(
        FaultPlan::seeded(plan.seed)
            .latency(std::time::Duration::from_millis(30))
            .chance(plan.unavailable / 2.0, Fault::Unavailable503BeforeWrite)
            .chance(plan.unavailable / 2.0, Fault::Unavailable503AfterWrite)
            .chance(plan.stalls / 2.0, stall(AfterStall::Write))
            .chance(plan.stalls / 2.0, stall(AfterStall::Nothing))
            .chance(plan.cuts / 2.0, Fault::CutBeforeWrite)
            .chance(plan.cuts / 2.0, Fault::CutAfterWrite),
    );
    Ok(Arc::new(org))
}
