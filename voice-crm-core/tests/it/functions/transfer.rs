//! Handing the call to a person, and ending it, as Vapi hears of it.

use serde_json::json;
use voice_crm_core::{
    Bridge,
    channel::{Vapi, vapi::ShownNumber},
    function::{Destination, Dtmf},
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

async fn stage_with(vapi: Vapi, desk: Desk) -> Stage {
    let org = org().start().await.unwrap();
    let bridge = Bridge::builder()
        .channel(PATH, vapi)
        .crm(SalesforceCrm::new(client(org.url())))
        .journal(MemoryJournal::new())
        .support_desk_with(desk)
        .start()
        .unwrap();
    Stage::of(org, bridge)
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
    let stage = stage_with(Vapi::new(signer()).announce_transfers(), desk).await;
    stage.tool("c", "1", "transfer_to_human", json!({ "reason": "It smokes." })).await;
    let sent = asked_where(&stage, "c").await;
    let plan = &sent["destination"]["transferPlan"];
    assert_eq!(plan, &json!({ "mode": "warm-transfer-say-message", "message": "It smokes." }), "{sent}");
    assert_eq!(sent["destination"]["number"], "+12125550123");
}

#[tokio::test]
async fn only_those_whom_vapi_can_connect_are_offered() {
    let stage = stage().await;
    for wanted in ["the boss", "lawyers"] {
        let said = stage.tool("c", wanted, "transfer_to_human", json!({ "reason": "x", "to": wanted })).await;
        assert!(
            said.contains("support, billing") && !said.contains("lawyers"),
            "Vapi knows no queues: {said}"
        );
        assert!(asked_where(&stage, "c").await["error"].is_string(), "nobody was promised anything");
    }
    let queue = || Destination::Queue("lawyers".to_owned());
    let queue_first =
        Desk::new().human("lawyers", queue()).human("billing", Destination::Sip("sip:b@e.com".to_owned()));
    let stage = Stage::with_desk(queue_first).await;
    stage.tool("c", "1", "transfer_to_human", json!({ "reason": "x" })).await;
    assert_eq!(asked_where(&stage, "c").await["destination"]["sipUri"], "sip:b@e.com");
}

#[tokio::test]
async fn where_everybody_is_behind_a_queue_vapi_is_offered_no_transfer() {
    let assistant = vapi_types::assistant::Assistant::default();
    let desk = |to| Desk::new().human("lawyers", to);
    for (to, is_offered) in [
        (Destination::Queue("l".to_owned()), false),
        (Destination::Sip("sip:l@example.com".to_owned()), true),
    ] {
        let stage = stage_with(Vapi::new(signer()).assistant(assistant.clone()), desk(to)).await;
        let (_, answer) = stage.message(json!({ "type": "assistant-request", "call": call_json("c") })).await;
        let tools = answer["assistant"]["model"]["tools"].as_array().unwrap();
        let offered = tools.iter().any(|tool| tool["function"]["name"] == "transfer_to_human");
        assert_eq!(offered, is_offered);
        let said = stage.tool("c", "1", "transfer_to_human", json!({ "reason": "x" })).await;
        assert_eq!(said.contains("connecting you"), is_offered, "{said}");
    }
}

#[tokio::test]
async fn an_extension_keys_and_the_number_that_is_shown_go_along_as_vapi_documents_them() {
    let number = || PhoneNumber::parse("+12125550123", Region::US).unwrap();
    let behind = |keys: &str| Destination::Extension(number(), Dtmf::parse(keys).unwrap());
    let desk = || {
        Desk::new()
            .human("desk", behind("101"))
            .human("menu", behind("ww2*7#"))
            .human("long", behind("12345678901"))
    };
    let sent = async |vapi: Vapi, to: &str| {
        let stage = stage_with(vapi, desk()).await;
        stage.tool("c", "1", "transfer_to_human", json!({ "reason": "A & <b>", "to": to })).await;
        asked_where(&stage, "c").await["destination"].clone()
    };
    let plain = sent(Vapi::new(signer()), "desk").await;
    assert_eq!(plain, json!({ "type": "number", "number": "+12125550123", "extension": "101" }));
    let shown = Vapi::new(signer()).transfers_show(ShownNumber::Assistant);
    assert_eq!(sent(shown, "desk").await["callerId"], "{{phoneNumber.number}}");
    let shown = Vapi::new(signer()).transfers_show(ShownNumber::Caller);
    assert_eq!(sent(shown, "menu").await["callerId"], "{{customer.number}}");
    let shown = Vapi::new(signer()).transfers_show(ShownNumber::Number(number()));
    assert_eq!(sent(shown, "menu").await["callerId"], "+12125550123");

    let keys = json!({ "mode": "warm-transfer-twiml", "twiml": "<Play digits=\"ww2*7#\"/>" });
    assert_eq!(sent(Vapi::new(signer()), "menu").await["transferPlan"], keys);
    let long = sent(Vapi::new(signer()), "long").await;
    assert_eq!(long["transferPlan"]["twiml"], "<Play digits=\"12345678901\"/>", "{long}");
    let announced = sent(Vapi::new(signer()).announce_transfers(), "menu").await;
    let said = "<Play digits=\"ww2*7#\"/><Say>A &amp; &lt;b&gt;</Say>";
    assert_eq!(announced["transferPlan"]["twiml"], said);
    let announced = sent(Vapi::new(signer()).announce_transfers(), "desk").await;
    assert_eq!(
        (&announced["extension"], &announced["transferPlan"]["mode"]),
        (&json!("101"), &json!("warm-transfer-say-message"))
    );
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
