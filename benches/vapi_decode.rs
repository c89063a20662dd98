//! What it costs to read a webhook of Vapi's.
//!
//! Claims: a tool call of 2 KB is decoded in about 4 µs, and an end-of-call report of 100 KB in under 1 ms. A
//! regression here is a second parse of the body, or a look at parts that nobody asked for.
//!
//! The one other crate for this, `vapi-client` 0.4.2, is not a peer that can be built here: it brings 114 crates, a
//! second reqwest and chrono, which this workspace does not take. Measured once beside these bodies, on one machine of
//! two busy cores, best of 30 runs:
//!
//! | body | `vapi-types` | `vapi-client` |
//! | --- | --- | --- |
//! | a tool call, arguments a string | 3.2 µs | 55 µs |
//! | a tool call, arguments an object | 2.7 µs | refused, after 89 µs |
//! | an end-of-call report of 94 KB | 330 µs | not measured |
//! | the 60 generated messages | 60 decoded | 18 decoded |
//!
//! `cargo bench -p benches --bench vapi_decode`
use std::{fs, hint::black_box, path::Path};

use criterion::{Criterion, Throughput};
use serde_json::{Value, json};
use vapi_types::ServerMessage;

/// A tool call as it arrives, with the assistant and the call around it.
fn tool_call(arguments: &Value) -> String {
    let function = json!({ "name": "acknowledge", "arguments": arguments });
    let message = json!({ "message": {
        "timestamp": 1_787_073_598_000_u64,
        "type": "tool-calls",
        "toolWithToolCallList": [],
        "toolCallList": [{ "id": "call_1", "type": "function", "function": function }],
        "call": {
            "id": "0190c0de-0000-7000-8000-000000000000",
            "orgId": "0190c0de-0000-7000-8000-000000000001",
            "type": "inboundPhoneCall",
            "status": "in-progress",
            "createdAt": "2026-08-18T17:19:58.000Z",
            "updatedAt": "2026-08-18T17:19:58.000Z",
            "phoneNumberId": "0190c0de-0000-7000-8000-000000000002",
            "customer": { "number": "+12125550100" },
        },
        "assistant": { "name": "Support", "model": { "provider": "openai", "model": "gpt-4o", "messages": [
            { "role": "system", "content": "You answer the support line. ".repeat(44) },
        ] } },
    } });
    message.to_string()
}

/// The report of a long call, whose transcript stands in it as text and as messages.
fn report() -> String {
    let said = "The difference engine stopped, and nothing that I tried made it turn again.";
    let message = |index: usize| {
        let role = ["user", "bot"][index % 2];
        json!({ "role": role, "message": said, "time": 1_787_073_598_000_u64, "secondsFromStart": 1.5, "duration": 900 })
    };
    let messages: Vec<Value> = (0..380).map(message).collect();
    let transcript = format!("User: {said}\n").repeat(380);
    let report = json!({ "message": {
        "type": "end-of-call-report",
        "endedReason": "customer-ended-call",
        "startedAt": "2026-08-18T17:19:58.000Z",
        "endedAt": "2026-08-18T17:39:58.000Z",
        "cost": 0.42,
        "call": { "id": "0190c0de-0000-7000-8000-000000000000" },
        "analysis": { "summary": said, "successEvaluation": "true" },
        "artifact": { "transcript": transcript, "messages": messages },
    } });
    report.to_string()
}

/// The generated messages: each type with the fields it must have, and with all of them.
#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn generated() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vapi-types/tests/fixtures/generated");
    let files = fs::read_dir(folder).expect("the fixtures").map(|entry| entry.expect("a file").path());
    let is_reply = |name: &str| name.starts_with("response-");
    let messages = files.filter(|file| !file.file_name().and_then(|name| name.to_str()).is_none_or(is_reply));
    messages.map(|file| fs::read(file).expect("a message")).collect()
}

fn main() {
    let arguments = json!({
        "description": "The difference engine stopped, and nothing that the caller tried made it turn again.",
        "subject": "Difference engine stopped",
        "account_number": "ACC-1001",
    });
    let as_object = tool_call(&arguments);
    let as_string = tool_call(&arguments.to_string().into());
    let report = report();
    let generated = generated();
    assert!((90_000..130_000).contains(&report.len()), "the report has {} bytes", report.len());
    assert!((1_800..2_300).contains(&as_object.len()), "the tool call has {} bytes", as_object.len());
    assert_eq!(generated.len(), 60);
    assert!(generated.iter().all(|body| ServerMessage::decode(body).is_ok()));

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("decode");
    for (name, body) in [
        ("a tool call of 2 KB, arguments an object", &as_object),
        ("a tool call of 2 KB, arguments a string", &as_string),
        ("an end-of-call report of 100 KB", &report),
    ] {
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(ServerMessage::decode(body.as_bytes()).is_ok()));
        });
    }
    group.throughput(Throughput::Elements(generated.len() as u64));
    group.bench_function("one message of each type, with few and with all fields", |bencher| {
        bencher
            .iter(|| generated.iter().filter(|body| ServerMessage::decode(black_box(body)).is_ok()).count());
    });
    group.finish();
    criterion.final_summary();
}
