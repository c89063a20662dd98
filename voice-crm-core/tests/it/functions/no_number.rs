//! Callers without a number that could be looked up hear why, each in a sentence of their own.

use serde_json::{Value, json};

use crate::stage::{Stage, tool_calls};

async fn said(stage: &Stage, call: Value, function: &str) -> String {
    let id = call["id"].as_str().unwrap().to_owned();
    let mut message = tool_calls(&id, &[("1", function, json!({}))]);
    message["call"] = call;
    let (_, body) = stage.message(message).await;
    let result = &body["results"][0];
    result["result"].as_str().or(result["error"].as_str()).unwrap().to_owned()
}

fn call(id: &str, kind: &str, customer: &Value) -> Value {
    json!({ "id": format!("{id}-{kind}"), "type": kind, "customer": customer })
}

#[tokio::test]
async fn withheld_numbers_browsers_and_sip_addresses_are_told_apart() {
    let stage = Stage::set().await;
    let phone = "inboundPhoneCall";
    let withheld = json!({ "number": "anonymous" });
    let sip = json!({ "sipUri": "sip:ada@example.com" });
    let stranger = json!({ "number": "+12125550199" });
    for (id, kind, customer, expected) in [
        ("a", phone, &withheld, "Your number is withheld"),
        ("b", phone, &Value::Null, "Your number is withheld"),
        ("c", "webCall", &json!({ "number": crate::stage::NUMBER }), "over the internet"),
        ("d", phone, &sip, "without a phone number"),
        ("e", phone, &stranger, "under the number you are calling from"),
    ] {
        let heard = said(&stage, call(id, kind, customer), "find_customer").await;
        assert!(heard.contains(expected) && heard.contains("What is your account number?"), "{id}: {heard}");
        let has_number = id == "e";
        let heard = said(&stage, call(&format!("v{id}"), kind, customer), "verify_caller").await;
        assert_eq!(heard.contains("do not know this number"), has_number, "{id}: {heard}");
        assert!(heard.contains("your full name or your account number first"), "{id}: {heard}");
    }
}
