//! A caller hears the language of the call.

use serde_json::{Value, json};
use vapi_types::{assistant::Assistant, transcriber::Transcriber};
use voice_crm_core::{
    channel::{Vapi, WebhookRequest},
    phrase::{CASE_CREATED, Language, Phrasebook},
};

use crate::stage::{Stage, call_json, case, org, sentence, signer, tool_calls};

fn spoken_in(language: &str, id: &str) -> Value {
    let mut message = tool_calls("c", &[(id, "create_case", case("It smokes."))]);
    message["call"] = call_json("c");
    message["assistant"] = json!({ "transcriber": { "provider": "deepgram", "language": language } });
    message
}

#[tokio::test]
async fn an_answer_is_in_the_language_that_the_assistant_listens_for() {
    let stage = Stage::set().await;
    let mut heard = Vec::new();
    for (place, language) in
        ["en-US", "es", "fr-CA", "de", "ko", "zh-CN", "ru", "pt-BR", "ja"].into_iter().enumerate()
    {
        let (status, body) = stage.message(spoken_in(language, &place.to_string())).await;
        assert_eq!(status, 200);
        heard.push(sentence(&body["results"][0]).replace(|character: char| character.is_ascii_digit(), ""));
    }
    let different: std::collections::BTreeSet<_> = heard.iter().collect();
    assert_eq!(different.len(), heard.len(), "{heard:?}");
    assert!(heard[3].contains("Vorgang"), "{}", heard[3]);
}

#[tokio::test]
async fn a_call_of_no_known_language_is_answered_in_that_of_the_house_and_in_its_words() {
    let book =
        Phrasebook::standard().text(Language::GERMAN, CASE_CREATED, "Vorgang {number} steht.").unwrap();
    let stage = Stage::with(org(), |builder| builder.language(Language::GERMAN).phrasebook(book)).await;
    let (_, body) = stage.message(spoken_in("multi", "1")).await;
    assert!(sentence(&body["results"][0]).ends_with(" steht."));
}

/// What a new call's assistant says while it notes a case down.
async fn filler_of(assistant: Assistant) -> Value {
    let stage = Stage::with(org(), |builder| {
        builder.language(Language::GERMAN).channel("/agent", Vapi::new(signer()).assistant(assistant))
    })
    .await;
    let message = json!({ "message": { "type": "assistant-request", "call": call_json("c") } }).to_string();
    let headers = stage.signer.sign("POST", "/agent", message.as_bytes(), jiff::Timestamp::now());
    let header = |name: &str| {
        let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_bytes())
    };
    let request = WebhookRequest { method: "POST", url: "/agent", header: &header, body: message.into() };
    let reply = stage.bridge.handle("/agent", request).await;
    let reply: Value = serde_json::from_slice(&reply.body).unwrap();
    let tools = reply["assistant"]["model"]["tools"].as_array().unwrap();
    let case = tools.iter().find(|tool| tool["function"]["name"] == "create_case").unwrap();
    assert_eq!(case["messages"][0]["type"], "request-start");
    case["messages"][0]["content"].clone()
}

#[tokio::test]
async fn what_is_said_while_a_function_runs_is_in_the_language_of_the_assistant_or_else_of_the_house() {
    let listens =
        |language| Assistant::default().transcriber(Transcriber::deepgram("nova-2").language(language));
    assert_eq!(filler_of(Assistant::default()).await, "Einen Moment, ich notiere das.");
    assert_eq!(filler_of(listens("multi")).await, "Einen Moment, ich notiere das.");
    assert_eq!(filler_of(listens("es-MX")).await, "Un momento, lo estoy anotando.");
}
