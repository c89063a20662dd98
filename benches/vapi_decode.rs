//! What it costs to read a webhook of Vapi's.
//!
//! Claims: a tool call of 2 KB is decoded in about 4 µs, and an end-of-call report of 100 KB in under 1 ms. A
//! regression here is a second parse of the body, or a look at parts that nobody asked for.
//!
//! The peer is `vapi-client`, the one other crate that reads these bodies. It refuses most of them, so how many of
//! the generated messages each of the two reads is told before anything is timed.
//!
//! `cargo bench -p benches --bench vapi_decode` for ours alone; `--features peers` for both.
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
    peers::bench(&mut group, &as_object, &as_string, &generated);
    group.finish();
    criterion.final_summary();
}

#[cfg(not(feature = "peers"))]
mod peers {
    use criterion::{BenchmarkGroup, measurement::WallTime};

    pub(crate) fn bench(_: &mut BenchmarkGroup<'_, WallTime>, _: &str, _: &str, _: &[Vec<u8>]) {}
}

#[cfg(feature = "peers")]
mod peers {
    //! The same bodies through the other crate; a body that it refuses is timed up to its refusal.

    use std::hint::black_box;

    use criterion::{BenchmarkGroup, Throughput, measurement::WallTime};
    use vapi_client::models::ServerMessage;

    fn read(body: &[u8]) -> bool {
        serde_json::from_slice::<ServerMessage>(black_box(body)).is_ok()
    }

    #[expect(clippy::print_stdout, reason = "how many are read at all is half of the comparison")]
    pub(crate) fn bench(
        group: &mut BenchmarkGroup<'_, WallTime>,
        as_object: &str,
        as_string: &str,
        generated: &[Vec<u8>],
    ) {
        let read_at_all = generated.iter().filter(|body| read(body)).count();
        println!("vapi-client reads {read_at_all} of {} messages; vapi-types reads all", generated.len());
        for (arguments, body) in [("an object", as_object), ("a string", as_string)] {
            let end = if read(body.as_bytes()) { "" } else { ", refused" };
            group.throughput(Throughput::Bytes(body.len() as u64));
            group.bench_function(
                format!("vapi-client: a tool call of 2 KB, arguments {arguments}{end}"),
                |bencher| {
                    bencher.iter(|| black_box(read(body.as_bytes())));
                },
            );
        }
    }
}
