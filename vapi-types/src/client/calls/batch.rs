//! The answer to the creation of calls, which is one call or a report on several.

use crate::{
    call::Call,
    client::{
        Response, Result,
        read::{INCOMPLETE, object},
    },
    customer::Customer,
    wire::{parse_object, wire_object},
};

wire_object! {
    /// What came of the creation of several calls.
    pub struct Batch {
        /// Calls that are placed or scheduled.
        pub results: Vec<Call> = shown "results",
        /// Customers who are not called, and why.
        pub errors: Vec<NotPlaced> = shown "errors",
        /// How many calls the organization may have at once.
        pub subscription_limits: Option<SubscriptionLimits> = shown "subscriptionLimits",
    }
}

wire_object! {
    /// A customer who is not called.
    pub struct NotPlaced {
        /// The customer.
        pub customer: Option<Customer> = shown "customer",
        /// Why not, in Vapi's words, which may quote the number.
        pub error: Option<String> = hidden "error",
    }
}

wire_object! {
    /// How many calls the organization may have at once.
    pub struct SubscriptionLimits {
        /// Whether a call had to wait because of it.
        pub concurrency_blocked: Option<bool> = shown "concurrencyBlocked",
        /// How many.
        pub concurrency_limit: Option<u64> = shown "concurrencyLimit",
        /// How many more.
        pub remaining_concurrent_calls: Option<u64> = shown "remainingConcurrentCalls",
    }
}

/// Reads either form.
pub(super) fn read(response: &Response) -> Result<Batch> {
    let batch: Batch = object(response, |_| true)?;
    if batch.extra.get("id").is_none() {
        let is_report =
            !batch.results.is_empty() || !batch.errors.is_empty() || batch.extra.get("results").is_some();
        return if is_report { Ok(batch) } else { Err(response.unreadable(INCOMPLETE)) };
    }
    let call = parse_object(response.text()?).map_err(|issue| response.unreadable(issue))?;
    Ok(Batch { results: vec![call], ..Batch::default() })
}
