//! What bad input gets: a clear answer, and nothing else happens.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};
use voice_crm_core::{channel::WebhookRequest, journal::JournalStats};

use crate::stage::{PATH, Stage, call_json, case, sentence, tool_calls};

fn body() -> Bytes {
    Bytes::from(
        json!({ "message": tool_calls("c", &[("1", "create_case", case("It smokes."))]) }).to_string(),
    )
}

#[tokio::test]
async fn without_a_right_signature_nothing_happens_and_nothing_is_said() {
    let stage = Stage::set().await;
    let signed = stage.signer.sign("POST", PATH, &body(), Timestamp::now());
    let old = stage.signer.sign("POST", PATH, &body(), Timestamp::from_second(1_700_000_000).unwrap());
    let changed = |name: &str, value: &str| {
        let mut headers = signed.clone();
        headers.iter_mut().filter(|(known, _)| known == name).for_each(|(_, kept)| *kept = value.to_owned());
        headers
    };
    let forgeries = [
        Vec::new(),
        old,
        changed("x-signature", ""),
        changed("x-signature", "nonsense"),
        changed("x-signature", &"0".repeat(64)),
        changed("x-timestamp", "yesterday"),
        changed("x-timestamp", ""),
    ];
    for headers in forgeries {
        let reply = stage.raw(&headers, body()).await;
        assert_eq!((reply.status, reply.body.len()), (401, 0), "{headers:?}");
    }
    let tampered = Bytes::from(String::from_utf8(body().to_vec()).unwrap().replace("smokes", "burns!"));
    assert_eq!(stage.raw(&signed, tampered).await.status, 401);
    assert_eq!(stage.org.stats().api_calls, 0);
    assert_eq!(stage.bridge.journal().stats().await.unwrap(), JournalStats::default());
    assert_eq!(stage.raw(&signed, body()).await.status, 200, "and the right one is taken");
}

#[tokio::test]
async fn what_is_no_message_is_a_clear_400() {
    let stage = Stage::set().await;
    for bad in
        ["", "not json", "[]", "{}", r#"{"message":5}"#, "\u{0}", "{\"message\":{\"type\":\"tool-calls\""]
    {
        let reply = stage.signed(bad.to_owned()).await;
        assert_eq!(reply.status, 400, "{bad}");
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert!(body["error"].as_str().unwrap().len() > 10, "{bad}");
    }
}

#[tokio::test]
async fn hostile_nesting_is_a_400_and_no_overflow() {
    let stage = Stage::set().await;
    let deep = format!("{{\"message\":{{\"type\":\"tool-calls\",\"toolCallList\":{}", "[".repeat(100_000));
    assert_eq!(stage.signed(deep).await.status, 400);
}

#[tokio::test]
async fn an_unknown_message_type_is_answered_with_an_empty_object() {
    let stage = Stage::set().await;
    for kind in ["a-type-of-next-year", "speech-update", "hang"] {
        assert_eq!(stage.message(json!({ "type": kind })).await, (200, json!({})), "{kind}");
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let stage = Stage::set().await;
    let header = |_: &str| None;
    let request = |method| WebhookRequest { method, url: PATH, header: &header, body: Bytes::new() };
    assert_eq!(stage.bridge.handle("/elsewhere", request("POST")).await.status, 404);
    assert_eq!(stage.bridge.handle(PATH, request("GET")).await.status, 405);
}

#[tokio::test]
async fn bad_calls_in_a_batch_get_their_own_error_and_the_good_ones_are_answered() {
    let stage = Stage::set().await;
    let calls = [
        ("1", "no_such_function", json!({})),
        ("2", "create_case", json!({ "description": "d", "priority": "canary-made-up" })),
        ("3", "create_case", json!({ "subject": "s" })),
        ("4", "create_case", json!({ "description": { "canary": 7 } })),
        ("5", "create_case", case("It smokes.")),
        ("6", "find_customer", json!({})),
    ];

    let (status, body) = stage.message(tool_calls("c", &calls)).await;

    assert_eq!(status, 200);
    let results = body["results"].as_array().unwrap();
    let ids: Vec<_> = results.iter().map(|result| result["toolCallId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6"]);
    let error = |place: usize| results[place]["error"].as_str().unwrap().to_owned();
    assert!(error(0).contains("create_case"), "the functions that exist are named: {}", error(0));
    assert!(error(1).contains("priority") && error(1).contains("high") && !error(1).contains("canary"));
    assert!(error(2).contains("description"));
    assert_eq!(error(3), "description: this must be a text.");
    assert!(sentence(&results[4]).contains("has been created"));
    assert!(sentence(&results[5]).contains("Ada Lovelace"));
    stage.only("Case");
}

#[tokio::test]
async fn an_empty_batch_and_repeated_ids_are_answered_once_each() {
    let stage = Stage::set().await;
    let (status, body) = stage.message(tool_calls("c", &[])).await;
    assert_eq!((status, body["results"].as_array().map(Vec::len)), (200, Some(0)));

    let twice = [("1", "create_case", case("It smokes.")), ("1", "create_case", case("It smokes."))];
    let (_, body) = stage.message(tool_calls("c", &twice)).await;
    assert_eq!(body["results"].as_array().unwrap().len(), 1);
    stage.only("Case");
}

#[tokio::test]
async fn any_text_is_stored_as_it_was_said() {
    let stage = Stage::set().await;
    let texts = [
        "it's \"broken\" \\ and 100 % 'gone'",
        "' OR Name != '",
        "😀 漢字 \u{202e}abc\u{0301}",
        "see @{case.id} and @{a.records[0].Id}",
        "line one\nline two\ttabbed",
    ];
    for (index, text) in texts.iter().enumerate() {
        let said = stage.tool("c", &index.to_string(), "create_case", case(text)).await;
        assert!(said.contains("has been created"), "{text}: {said}");
        let cases = stage.org.records("Case");
        assert!(cases.iter().any(|case| case["Description"] == **text), "{text}");
    }
    assert_eq!(stage.org.count("Case"), texts.len());
}

#[tokio::test]
async fn an_id_that_comes_twice_is_answered_once_and_shifts_no_other_answer() {
    let stage = Stage::set().await;
    let calls = [
        ("1", "find_customer", json!({})),
        ("1", "create_case", json!({ "description": "under an id that was used" })),
        ("2", "list_open_cases", json!({})),
        ("3", "end_call", json!({})),
    ];
    let (_, body) = stage.message(tool_calls("c", &calls)).await;
    let results = body["results"].as_array().unwrap();
    let said: Vec<(&str, String)> =
        results.iter().map(|result| (result["toolCallId"].as_str().unwrap(), result.to_string())).collect();
    assert_eq!(said.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["1", "2", "3"]);
    for ((_, said), expected) in said.iter().zip(["Ada Lovelace", "no open cases", "Goodbye"]) {
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(stage.org.count("Case"), 0);
}

#[tokio::test]
async fn a_hostile_account_number_bends_no_query() {
    let stage = Stage::set().await;
    for (index, number) in
        ["' OR Name LIKE '%", "\\", "\\' OR Id != null --", "@{x.y}", "%"].iter().enumerate()
    {
        let arguments = json!({ "account_number": number, "description": "d" });
        let call = index.to_string();
        stage.prove(&call).await;
        let said = stage.tool_from(None, &call, "1", "create_case", arguments).await;
        assert!(said.contains("could not find the account number"), "{number}: {said}");
    }
}

#[tokio::test]
async fn a_text_that_no_field_takes_is_refused_with_the_field_and_the_limit() {
    let stage = Stage::set().await;
    let said = stage.tool("c", "1", "create_case", case(&"x".repeat(40_000))).await;
    assert!(said.contains("description") && said.contains("31600"), "{said}");
    assert_eq!(stage.bridge.journal().stats().await.unwrap().pending, 0);
    assert_eq!(stage.org.count("Case"), 0);
}

#[tokio::test]
async fn half_a_character_costs_no_more_of_a_text_than_itself() {
    let stage = Stage::set().await;
    let report = json!({ "message": {
        "type": "end-of-call-report", "call": call_json("c"), "endedReason": "customer-ended-call",
        "startedAt": "2026-11-20T10:00:00Z", "endedAt": "2026-11-20T10:03:04Z",
        "artifact": { "transcript": "User: it smokes HALF" }, "analysis": { "summary": "The engine HALF" },
    }});
    let cut = |json: Value| json.to_string().replace("HALF", "\\ud83d");
    assert_eq!(stage.signed(cut(report)).await.status, 200);
    stage.drained().await;
    let description = stage.only("Task")["Description"].as_str().unwrap().to_owned();
    assert!(description.contains("User: it smokes \u{fffd}"), "{description}");
    assert!(description.contains("The engine \u{fffd}"), "{description}");

    // As an object, and as a text whose escapes are escaped once more.
    for (id, arguments) in [("1", case("It burns HALF")), ("2", json!(case("It burns HALF").to_string()))] {
        let body = cut(json!({ "message": tool_calls(id, &[(id, "create_case", arguments)]) }));
        let body = if id == "2" { body.replace("\\ud83d", "\\\\ud83d") } else { body };
        let reply = stage.signed(body).await;
        assert!(String::from_utf8_lossy(&reply.body).contains("has been created"), "{reply:?}");
        assert!(stage.org.records("Case").iter().all(|case| case["Description"] == "It burns \u{fffd}"));
    }
    assert_eq!(stage.org.count("Case"), 2);
}

#[tokio::test]
async fn arguments_are_one_object_or_a_text_that_holds_one_and_never_a_list() {
    let stage = Stage::set().await;
    for (call, arguments) in
        [("a", json!("{\"description\": \"dark\"}")), ("b", json!("\"{\\\"description\\\": \\\"dark\\\"}\""))]
    {
        let said = stage.tool(call, "1", "create_case", arguments).await;
        assert!(said.contains("has been created"), "{said}");
    }
    for (call, arguments) in [
        ("c", json!(["canary", "canary", null, null, null])),
        ("d", json!("[\"canary\"]")),
        ("e", json!("canary")),
        ("f", json!("{\"description\": \"canary\"")),
    ] {
        let said = stage.tool(call, "1", "create_case", arguments).await;
        assert!(said.starts_with("The arguments must be one JSON object with named fields"), "{said}");
        assert!(said.contains("description") && !said.contains("canary"), "{said}");
    }
    assert_eq!(stage.org.count("Case"), 2);
}

#[tokio::test]
async fn what_is_plain_costs_no_further_turn_whatever_form_it_has() {
    let stage = Stage::set().await;
    let arguments = json!({ "description": 404, "priority": "HIGH ", "accountNumber": "", "subject": null });

    let said = stage.tool("c", "1", "create_case", arguments).await;

    assert!(said.contains("has been created"), "{said}");
    let made = stage.only("Case");
    assert_eq!((&made["Description"], &made["Priority"]), (&json!("404"), &json!("High")));
}

#[tokio::test]
async fn a_word_for_nothing_is_no_account_number_and_no_failed_proof() {
    let stage = Stage::set().await;
    for (call, nothing) in
        ["not provided", "none", "N/A", "unknown", "-", "unbekannt", "未知"].iter().enumerate()
    {
        let arguments = json!({ "description": "The display stays dark.", "account_number": nothing });
        let said = stage.tool(&call.to_string(), "1", "create_case", arguments).await;
        assert!(said.ends_with("has been created."), "{nothing}: {said}");
        let said =
            stage.tool(&call.to_string(), "2", "find_customer", json!({ "account_number": nothing })).await;
        assert!(said.contains("Ada Lovelace"), "{nothing}: the caller is known by the number: {said}");
    }
    for made in stage.org.records("Case") {
        assert_eq!(made["Description"], "The display stays dark.");
    }
    assert!(stage.bridge.proof_locks().list(10).await.unwrap().is_empty());
    stage.prove("later").await;
}
