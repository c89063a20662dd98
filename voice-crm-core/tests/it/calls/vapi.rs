//! Calls that come in by Vapi: who speaks, what is said first, and where the call goes.

use serde_json::{Value, json};
use vapi_types::assistant::Assistant;
use voice_crm_core::{channel::Vapi, routing::Rules};

use crate::stage::{Stage, call_json, org, signer};

const RULES: &str = r#"
    [queues.hardware]
    number = "+14155550100"
    [queues.software]
    sip = "sip:software@example.com"
    [[rule]]
    name = "urgent"
    when = { open_case_priority = ["High"] }
    queue = "hardware"
    [[rule]]
    name = "crash"
    when = { open_case_priority = ["Medium"] }
    queue = "software"
    [[rule]]
    name = "known"
    when = { kind = "contact" }
    greeting = "Hello {name}."
"#;

const OTHER: &str = "/webhook/other";

async fn stage(vapi: Vapi) -> Stage {
    let rules: Rules = RULES.parse().unwrap();
    Stage::with(org(), |builder| builder.channel(OTHER, vapi).routing(rules)).await
}

async fn ask(stage: &Stage, kind: &str, number: &str) -> Value {
    let mut message = json!({ "type": kind, "call": call_json("c") });
    message["call"]["customer"]["number"] = number.into();
    let body = bytes::Bytes::from(json!({ "message": message }).to_string());
    let headers = stage.signer.sign("POST", OTHER, &body, jiff::Timestamp::now());
    let header = |name: &str| {
        headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_bytes())
    };
    let request =
        voice_crm_core::channel::WebhookRequest { method: "POST", url: OTHER, header: &header, body };
    let reply = stage.bridge.handle(OTHER, request).await;
    assert_eq!(reply.status, 200);
    serde_json::from_slice(&reply.body).unwrap()
}

#[tokio::test]
async fn the_assistant_greets_a_known_caller_by_name_and_has_the_functions() {
    let stage = stage(Vapi::new(signer()).assistant(Assistant::default())).await;
    let known = ask(&stage, "assistant-request", "+14155550142").await;
    assert_eq!(known["assistant"]["firstMessage"], "Hello Ada Lovelace.");
    assert!(known["assistant"]["model"]["tools"].as_array().unwrap().len() >= 4);
    assert_eq!(stage.org.stats().api_calls, 1);
    let stranger = ask(&stage, "assistant-request", "+12125550187").await;
    assert_eq!(stranger["assistant"].get("firstMessage"), None);
}

#[tokio::test]
async fn a_transfer_goes_where_the_data_of_the_caller_says() {
    let stage = stage(Vapi::new(signer()).assistant_id("a-1")).await;
    let refused = ask(&stage, "transfer-destination-request", "+14155550142").await;
    assert!(refused.get("destination").is_none() && refused["error"].is_string(), "{refused}");
    let case = json!({ "Subject": "It smokes", "Priority": "High", "ContactId": stage.contact });
    stage.org.insert("Case", case).unwrap();
    stage.org.insert("Contact", json!({ "LastName": "Other", "Phone": "+12125550187" })).unwrap();
    let other = json!({ "LastName": "Third", "Phone": "+12125550188" });
    let other = stage.org.insert("Contact", other).unwrap();
    stage.org.insert("Case", json!({ "Subject": "s", "Priority": "High", "ContactId": other })).unwrap();
    let sent = ask(&stage, "transfer-destination-request", "+12125550188").await;
    assert_eq!(sent["destination"]["number"], "+14155550100");
    let forwarded = ask(&stage, "assistant-request", "+12125550188").await;
    assert_eq!(forwarded["destination"]["number"], "+14155550100");
}

#[tokio::test]
async fn a_call_that_its_data_sends_to_sip_takes_the_only_open_case_along() {
    let stage = stage(Vapi::new(signer()).assistant_id("a-1")).await;
    let case = json!({ "Subject": "It crashes", "Priority": "Medium", "ContactId": stage.contact });
    let case = stage.org.insert("Case", case).unwrap();
    for kind in ["assistant-request", "transfer-destination-request"] {
        let sent = ask(&stage, kind, "+14155550142").await;
        let wanted = json!({
            "type": "sip", "sipUri": "sip:software@example.com", "sipHeaders": { "X-Record-Id": case },
        });
        assert_eq!(sent["destination"], wanted, "{kind}");
    }
}
