//! Handing the call to a person, and ending it, as Vapi hears of it.

use serde_json::json;
use voice_crm_core::{
    Bridge,
    channel::Vapi,
    function::Destination,
    functions::Desk,
    journal::MemoryJournal,
    phone::{PhoneNumber, Region},
};
use voice_crm_salesforce::SalesforceCrm;

use crate::stage::{PATH, Stage, call_json, client, org, signer, tool_calls};

async fn stage() -> Stage {
    let number = PhoneNumber::parse("+12125550123", Region::US).unwrap();
    let desk = Desk::new()
        .human("support", Destination::Number(number))
        .human("billing", Destination::Sip("sip:billing@example.com".to_owned()))
        .human("lawyers", Destination::Queue("lawyers".to_owned()));
    Stage::with_desk(desk).await
}

async fn asked_where(stage: &Stage, call: &str) -> serde_json::Value {
    stage.message(json!({ "type": "transfer-destination-request", "call": call_json(call) })).await.1
}

#[tokio::test]
async fn a_caller_is_connected_to_whom_they_want_and_no_other_call_is() {
    let stage = stage().await;
    let said = stage.tool("c", "1", "transfer_to_human", json!({ "reason": "wants a person" })).await;
    assert!(said.contains("connecting you with a colleague") && said.contains("transferCall"), "{said}");
    assert!(!said.contains("555"), "no number is spoken: {said}");
    stage.tool("d", "1", "transfer_to_human", json!({ "reason": "an invoice", "to": "Billing" })).await;

    assert_eq!(asked_where(&stage, "c").await["destination"]["number"], "+12125550123");
    assert_eq!(asked_where(&stage, "d").await["destination"]["sipUri"], "sip:billing@example.com");
    assert!(asked_where(&stage, "e").await["error"].as_str().unwrap().contains("nowhere"));
}

#[tokio::test]
async fn a_colleague_behind_sip_gets_the_record_and_the_reason_and_nothing_smuggled_in() {
    let stage = stage().await;
    stage.tool("c", "1", "find_customer", json!({})).await;
    let reason = "an invoice\r\nX-Record-Id: 500000000000000\u{0}";
    stage.tool("c", "2", "transfer_to_human", json!({ "reason": reason, "to": "billing" })).await;
    let sent = asked_where(&stage, "c").await;
    let headers = &sent["destination"]["sipHeaders"];
    assert_eq!(headers["X-Record-Id"], stage.contact, "{sent}");
    assert_eq!(headers["X-Transfer-Reason"], "an invoice X-Record-Id: 500000000000000");
    assert!(sent["destination"].get("transferPlan").is_none(), "no warm transfer unless it is asked for");
}

#[tokio::test]
async fn a_colleague_at_a_telephone_hears_the_reason_when_transfers_are_announced() {
    let number = PhoneNumber::parse("+12125550123", Region::US).unwrap();
    let desk = Desk::new().human("support", Destination::Number(number));
    let org = org().start().await.unwrap();
    let bridge = Bridge::builder()
        .channel(PATH, Vapi::new(signer()).announce_transfers())
        .crm(SalesforceCrm::new(client(org.url())))
        .journal(MemoryJournal::new())
        .support_desk_with(desk)
        .start()
        .unwrap();
    let stage = Stage::of(org, bridge);
    stage.tool("c", "1", "transfer_to_human", json!({ "reason": "It smokes." })).await;
    let sent = asked_where(&stage, "c").await;
    let plan = &sent["destination"]["transferPlan"];
    assert_eq!(plan, &json!({ "mode": "warm-transfer-say-message", "message": "It smokes." }), "{sent}");
    assert_eq!(sent["destination"]["number"], "+12125550123");
}

#[tokio::test]
async fn who_is_not_there_is_told_with_who_is() {
    let stage = stage().await;
    let said = stage.tool("c", "1", "transfer_to_human", json!({ "reason": "x", "to": "the boss" })).await;
    assert!(said.contains("support, billing, lawyers"), "{said}");
    stage.tool("c", "2", "transfer_to_human", json!({ "reason": "x", "to": "lawyers" })).await;
    assert!(asked_where(&stage, "c").await["destination"].is_null(), "Vapi knows no queues");
}

#[tokio::test]
async fn without_people_there_is_no_such_function() {
    let stage = Stage::set().await;
    let said = stage.tool("c", "1", "transfer_to_human", json!({ "reason": "x" })).await;
    assert!(said.contains("no function of this name"), "{said}");
}

#[tokio::test]
async fn goodbye_ends_the_call_once_it_is_spoken() {
    let stage = Stage::set().await;
    let (_, body) = stage.message(tool_calls("c", &[("1", "end_call", json!({}))])).await;
    assert_eq!(body["results"][0]["result"], "Thank you for calling. Goodbye.");
    assert_eq!(body["results"][0]["message"]["endCallAfterSpokenEnabled"], true);
}
