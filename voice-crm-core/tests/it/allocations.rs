//! How often the path of a function call asks for memory: a figure that a careless change raises unseen.

use std::sync::Arc;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;
use voice_crm_core::{
    call::{Call, Platform},
    caller::Caller,
    channel::{ToolBatch, ToolCall},
    function::{Answer, CallContext, Outcome, Spec},
    journal::MemoryJournal,
};

use crate::stage::builder;

/// Arguments that need no memory of their own.
#[derive(Deserialize, JsonSchema)]
struct Count {
    count: u32,
}

/// The context, the boxed function with its future, and the list of outcomes.
const AT_MOST: u64 = 3;

#[test]
fn a_function_call_asks_for_memory_only_a_few_times() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bridge = runtime.block_on(async {
        let spec = Spec::read("Counts.");
        let count = |_: Arc<CallContext>, args: Count| async move {
            Ok(Answer::say(if args.count == 3 { "three" } else { "other" }))
        };
        builder("http://127.0.0.1:1", MemoryJournal::new()).closure("count", spec, count).start().unwrap()
    });
    let batch = || ToolBatch {
        call: Call::new(Platform::new("test").call("c"), Caller::Unknown),
        calls: vec![ToolCall {
            id: "1".into(),
            name: "count".to_owned(),
            arguments: Bytes::from_static(b"{\"count\": 3}"),
        }],
    };
    // The first call fills what is filled once.
    runtime.block_on(bridge.call("test", batch()));
    let batch = batch();
    let mut outcomes = Vec::new();
    // What a log would ask for is not counted.
    let counted = tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
        allocation_counter::measure(|| outcomes = runtime.block_on(bridge.call("test", batch)))
    });
    assert!(matches!(outcomes.as_slice(), [Outcome::Answered(answer)] if answer.text() == "three"));
    assert!(counted.count_total <= AT_MOST, "{} allocations", counted.count_total);
}
