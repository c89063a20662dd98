//! Requests of Vapi that want an answer: each gets the one that is documented, or one that does no harm and a warning.

use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use vapi_types::{assistant::Assistant, reply::HandoffReply};
use voice_crm_core::{Bridge, channel::Vapi, journal::MemoryJournal};
use voice_crm_salesforce::SalesforceCrm;

use crate::stage::{PATH, Stage, call_json, client, org, signer};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// How many lines warn of something with this word in it.
    fn warnings(&self, word: &str) -> usize {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        log.lines().filter(|line| line.contains("WARN") && line.contains(word)).count()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn stage(vapi: Vapi) -> Stage {
    let org = org().start().await.unwrap();
    let bridge = Bridge::builder()
        .channel(PATH, vapi)
        .crm(SalesforceCrm::new(client(org.url())))
        .journal(MemoryJournal::new())
        .start()
        .unwrap();
    Stage::of(org, bridge)
}

fn request(kind: &str) -> Value {
    json!({
        "type": kind, "call": call_json("c"), "campaignId": "k", "parameters": { "to": "sales" },
        "contact": { "id": "1", "number": "+14155550199" }, "messages": [], "text": "Hello.", "sampleRate": 24_000,
        "request": "hang-up",
    })
}

#[tokio::test]
async fn every_request_gets_the_documented_answer_and_a_warning_when_nobody_set_one() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let stage = stage(Vapi::new(signer())).await;
    for (kind, expected) in [
        ("campaign.predial", json!({ "eligible": true })),
        ("knowledge-base-request", json!({ "documents": [] })),
        ("call.endpointing.request", json!({ "timeoutSeconds": 0.5 })),
        ("phone-call-control", json!({})),
    ] {
        for _ in 0..2 {
            assert_eq!(stage.message(request(kind)).await, (200, expected.clone()), "{kind}");
        }
        assert_eq!(log.warnings(kind), 1, "{kind}: once in a while");
    }
    let (status, refused) = stage.message(request("handoff-destination-request")).await;
    assert_eq!((status, &refused["destination"]), (200, &json!({})));
    assert!(refused["error"].as_str().unwrap().contains("nobody"), "{refused}");
    assert_eq!(log.warnings("handoff-destination-request"), 1);
    // What is not sound is not played.
    assert_eq!(stage.message(request("voice-request")).await.0, 404);
    assert_eq!(log.warnings("voice-request"), 1);
}

#[tokio::test]
async fn a_campaign_and_a_handoff_are_decided_by_the_rules_that_are_set() {
    let vapi = Vapi::new(signer())
        .dial_if(|request| request.contact.number.as_deref() != Some("+14155550199"))
        .handoffs(|request| match &request.parameters {
            Some(parameters) if parameters.as_str().contains("sales") => HandoffReply::to_assistant("a-7"),
            _ => HandoffReply::refuse("no"),
        });
    let stage = stage(vapi).await;
    assert_eq!(stage.message(request("campaign.predial")).await.1, json!({ "eligible": false }));
    let mut other = request("campaign.predial");
    other["contact"]["number"] = "+14155550100".into();
    assert_eq!(stage.message(other).await.1, json!({ "eligible": true }));
    let handed = stage.message(request("handoff-destination-request")).await.1;
    assert_eq!(handed["destination"], json!({ "type": "assistant", "assistantId": "a-7" }));
}

#[tokio::test]
async fn a_call_without_an_assistant_is_taken_by_the_one_that_is_set_or_turned_away_with_a_warning() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let by_id = stage(Vapi::new(signer()).assistant_id("a-1")).await;
    assert_eq!(by_id.message(request("assistant-request")).await.1, json!({ "assistantId": "a-1" }));
    let defined = Assistant::read(r#"{ "name": "Support", "firstMessage": "Hello." }"#).unwrap();
    let by_definition = stage(Vapi::new(signer()).assistant(defined)).await;
    let taken = by_definition.message(request("assistant-request")).await.1;
    assert_eq!(taken["assistant"]["firstMessage"], "Hello.");
    assert_eq!(log.warnings("turned away"), 0);

    let nobody = stage(Vapi::new(signer())).await;
    // The log has one line in a while for the whole process, and other tests turn calls away as well.
    while log.warnings("turned away") == 0 {
        let refused = nobody.message(request("assistant-request")).await.1;
        assert_eq!(refused["error"], "We cannot take your call right now. Please call again later.");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}
