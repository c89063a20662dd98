//! What the bridge itself costs between a webhook and its answer.
//!
//! Claim: to verify, decode, dispatch and answer a tool call of 2 KB takes at most 10 µs, without the journal
//! and the org. A regression here is a copy of the body, a second parse, or a lock on the way.
//!
//! `cargo bench -p benches --bench webhook`

use std::hint::black_box;

use bytes::Bytes;
use criterion::Criterion;
use jiff::Timestamp;
use serde_json::json;
use tokio::runtime::Builder;
use vapi_types::{
    ServerMessage,
    webhook::{HmacPlan, Parts, Verifier},
};
use voice_crm_core::{
    Bridge,
    channel::{Vapi, WebhookRequest},
    journal::MemoryJournal,
};

#[path = "shared/idle_desk.rs"]
mod idle_desk;

use idle_desk::{Acknowledge, Empty};

const PATH: &str = "/webhook/vapi";

/// A tool call as it arrives, with the assistant and the call around it.
fn body() -> Bytes {
    let arguments = json!({
        "description": "The difference engine stopped, and nothing that the caller tried made it turn again.",
        "subject": "Difference engine stopped",
        "account_number": "ACC-1001",
    });
    let function = json!({ "name": "acknowledge", "arguments": arguments });
    let message = json!({ "message": {
        "timestamp": 1_787_073_598_000_u64,
        "type": "tool-calls",
        "toolCallList": [{ "id": "call_1", "type": "function", "function": function }],
        "call": {
            "id": "0190c0de-0000-7000-8000-000000000000",
            "orgId": "0190c0de-0000-7000-8000-000000000001",
            "type": "inboundPhoneCall",
            "status": "in-progress",
            "createdAt": "2026-08-18T17:19:58.000Z",
            "phoneNumberId": "0190c0de-0000-7000-8000-000000000002",
            "customer": { "number": "+12125550100" },
        },
        "assistant": { "name": "Support", "model": { "provider": "openai", "messages": [
            { "role": "system", "content": "You answer the support line. ".repeat(44) },
        ] } },
    } });
    Bytes::from(message.to_string())
}

#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn main() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let verifier = Verifier::hmac(HmacPlan::new("a secret of the usual length")).expect("a verifier");
    let body = body();
    assert!((1_900..2_200).contains(&body.len()), "the body has {} bytes", body.len());
    let headers = verifier.sign("POST", PATH, &body, Timestamp::now());
    let header =
        |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_bytes());
    let bridge = runtime.block_on(async {
        let builder = Bridge::builder().channel(PATH, Vapi::new(verifier.clone())).crm(Empty);
        builder.journal(MemoryJournal::new()).function(Acknowledge).start().expect("a bridge")
    });
    let handle = || {
        let request = WebhookRequest { method: "POST", url: PATH, header: &header, body: body.clone() };
        bridge.handle(PATH, request)
    };
    let reply = runtime.block_on(handle());
    assert!(reply.status == 200 && reply.body.starts_with(br#"{"results":[{"toolCallId":"call_1""#));

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("a tool call of 2 KB");
    group.bench_function("verify, decode, dispatch and answer", |bencher| {
        bencher.to_async(&runtime).iter(handle);
    });
    group.bench_function("(of it: verify)", |bencher| {
        let parts = Parts { method: "POST", url: PATH, header: &header, body: &body };
        bencher.iter(|| black_box(verifier.verify(&parts, Timestamp::now()).is_ok()));
    });
    group.bench_function("(of it: decode)", |bencher| {
        bencher.iter(|| black_box(ServerMessage::decode(&body).is_ok()));
    });
    group.finish();
    criterion.final_summary();
}
