//! Our spelling of Twilio's parameters and hosts against its own `OpenAPI` documents, where a checkout has them.

use std::collections::BTreeSet;

use serde_json::Value;
use twilio_client::host::Product;
use twilio_client::request::Request;

use crate::exchange::everything;
use crate::scripted::{CALL, Script, Scripted as _, Step};

/// Options of the create request that `everything` does not use, because others stand in their place.
const ELSEWHERE: [&str; 9] = [
    "ApplicationSid",
    "Byoc",
    "CallToken",
    "CallerId",
    "ClientNotificationUrl",
    "RecordingTrack",
    "SipAuthPassword",
    "SipAuthUsername",
    "Twiml",
];

fn document(name: &str) -> Option<Value> {
    let folder = std::env::var_os("TWILIO_FIXTURES")?;
    let path = std::path::Path::new(&folder).join("oai").join(name);
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

#[tokio::test]
async fn every_parameter_of_a_new_call_is_twilios_and_none_is_forgotten() {
    let Some(document) = document("twilio_api_v2010.json") else { return };
    let post = &document["paths"]["/2010-04-01/Accounts/{AccountSid}/Calls.json"]["post"];
    let form = &post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
    let theirs: BTreeSet<&str> = form["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let script = Script::new(&[Step::Answer(201, CALL)]);

    everything(&script.client()).await.unwrap();

    let sent = script.sent();
    let pairs: Vec<_> = url::form_urlencoded::parse(sent[0].body()).into_owned().collect();
    let ours = pairs.iter().map(|(key, _)| key.as_str()).filter(|key| *key != "Novelty");
    assert_eq!(ours.chain(ELSEWHERE).collect::<BTreeSet<_>>(), theirs);
}

#[tokio::test]
async fn every_product_has_the_host_its_document_names() {
    for (product, name) in [
        (Product::Api, "twilio_api_v2010.json"),
        (Product::Flex, "twilio_flex_v1.json"),
        (Product::Lookups, "twilio_lookups_v2.json"),
        (Product::Studio, "twilio_studio_v2.json"),
        (Product::Sync, "twilio_sync_v1.json"),
        (Product::TaskRouter, "twilio_taskrouter_v1.json"),
        (Product::Verify, "twilio_verify_v2.json"),
    ] {
        let Some(document) = document(name) else { return };
        let script = Script::new(&[Step::Answer(200, "")]);

        script.client().execute(Request::get("/x").product(product)).await.unwrap();

        let server = document["servers"][0]["url"].as_str().unwrap();
        assert_eq!(script.sent()[0].uri().to_string(), format!("{server}/x"));
    }
}
