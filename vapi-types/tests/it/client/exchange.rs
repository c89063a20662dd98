//! Single exchanges over real HTTP, on the loopback.

use std::time::Duration;

use serde_json::{Value, json};
use vapi_types::{
    assistant::{Assistant, AssistantOverrides},
    client::{
        Client, CreateCall, ErrorKind, Host, Request, RetryPolicy,
        calls::SchedulePlan,
        phone_numbers::{PhoneNumberSettings, TwilioNumber},
    },
    customer::Customer,
    phone_number::PhoneProvider,
    tool::{FunctionTool, Tool},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, body_json, header, method, path},
};

use super::scripted::KEY;

pub(crate) fn client(server: &MockServer) -> Client {
    let policy = RetryPolicy { attempts: 3, base: Duration::ZERO, cap: Duration::ZERO };
    let host = Host::At(server.uri().parse().unwrap());
    Client::builder(KEY).host(host).retry_policy(policy).build().unwrap()
}

/// Answers one request of this form, and no other.
async fn expect(server: &MockServer, verb: &str, at: &str, body: Option<Value>, status: u16, answer: Value) {
    let mut mock =
        Mock::given(method(verb)).and(path(at)).and(header("authorization", format!("Bearer {KEY}")));
    if let Some(body) = body {
        mock = mock.and(header("content-type", "application/json")).and(body_json(body));
    }
    mock.respond_with(ResponseTemplate::new(status).set_body_json(answer)).expect(1).mount(server).await;
}

#[tokio::test]
async fn an_assistant_is_made_read_changed_and_deleted() {
    let server = MockServer::start().await;
    let stored =
        json!({"id": "a1", "orgId": "o", "createdAt": "2026-11-20T10:00:00.000Z", "name": "Support"});
    expect(&server, "POST", "/assistant", Some(json!({"name": "Support"})), 201, stored.clone()).await;
    expect(&server, "GET", "/assistant/a1", None, 200, stored.clone()).await;
    expect(&server, "PATCH", "/assistant/a1", Some(json!({"firstMessage": "Hello"})), 200, stored.clone())
        .await;
    expect(&server, "DELETE", "/assistant/a1", None, 200, stored).await;
    let client = client(&server);

    let made = client.assistants().create(&Assistant::default().name("Support")).await.unwrap();
    let read = client.assistants().get(&made.id).await.unwrap();
    let change = Assistant::default().first_message("Hello");
    let changed = client.assistants().update("a1", &change).await.unwrap();
    client.assistants().delete("a1").await.unwrap();

    assert!(made == read && read == changed);
    assert_eq!((made.id.as_str(), made.value.name.as_deref()), ("a1", Some("Support")));
}

#[tokio::test]
async fn a_tool_is_made_and_read_by_its_type() {
    let server = MockServer::start().await;
    let function =
        json!({"type": "function", "function": {"name": "find", "description": "Find.", "parameters": {}}});
    let mut stored = function.clone();
    stored["id"] = json!("t1");
    expect(&server, "POST", "/tool", Some(function.clone()), 201, stored.clone()).await;
    expect(&server, "PATCH", "/tool/t1", Some(function), 200, stored).await;
    let tool = Tool::from(FunctionTool::named("find", "Find.", json!({})));

    let made = client(&server).tools().create(&tool).await.unwrap();
    let changed = client(&server).tools().update(&made.id, &tool).await.unwrap();

    assert!(made.value == tool && changed == made);
}

#[tokio::test]
async fn a_number_is_imported_from_twilio_with_either_login() {
    let server = MockServer::start().await;
    let body = |login: Value| {
        let mut body = json!({
            "provider": "twilio", "number": "+14155550142", "twilioAccountSid": "AC1", "assistantId": "a1",
        });
        body.as_object_mut().unwrap().extend(login.as_object().unwrap().clone());
        body
    };
    let stored = json!({"id": "p1", "provider": "twilio", "number": "+14155550142"});
    let token = json!({"twilioAuthToken": "canary-client-secret-5d1f"});
    let key = json!({"twilioApiKey": "SK1", "twilioApiSecret": "canary-client-secret-5d1f"});
    expect(&server, "POST", "/phone-number", Some(body(token)), 201, stored.clone()).await;
    expect(&server, "POST", "/phone-number", Some(body(key)), 201, stored.clone()).await;
    expect(
        &server,
        "PATCH",
        "/phone-number/p1",
        Some(json!({"provider": "twilio", "squadId": "s"})),
        200,
        stored,
    )
    .await;
    let client = client(&server);
    let settings = PhoneNumberSettings::default().assistant_id("a1");
    let by_token = TwilioNumber::with_auth_token("+14155550142", "AC1", "canary-client-secret-5d1f");
    let by_key = TwilioNumber::with_api_key("+14155550142", "AC1", "SK1", "canary-client-secret-5d1f");

    for number in [by_token, by_key] {
        let number = number.settings(settings.clone());
        let printed = format!("{number:?}");
        let imported = client.phone_numbers().import_twilio(&number).await.unwrap();

        assert!(!printed.contains("canary") && !printed.contains("4155550142"));
        assert_eq!((imported.id.as_deref(), imported.provider), (Some("p1"), Some(PhoneProvider::Twilio)));
    }
    let squad = PhoneNumberSettings::default().squad_id("s");
    client.phone_numbers().update("p1", &PhoneProvider::Twilio, &squad).await.unwrap();
}

#[tokio::test]
async fn one_call_or_many_are_created_and_each_customer_is_accounted_for() {
    let server = MockServer::start().await;
    let one = json!({
        "assistantId": "a1", "phoneNumberId": "p1", "customer": {"number": "+14155550142"},
        "assistantOverrides": {"metadata": {"case": 7}},
        "schedulePlan": {"earliestAt": "2026-11-21T09:00:00.000Z"},
    });
    let many = json!({"assistantId": "a1", "customers": [{"number": "+14155550142"}, {"number": "nobody"}]});
    let report = json!({
        "results": [{"id": "c2"}],
        "errors": [{"customer": {"number": "nobody"}, "error": "not a number"}],
        "subscriptionLimits": {"concurrencyBlocked": false, "concurrencyLimit": 10, "remainingConcurrentCalls": 9},
    });
    expect(&server, "POST", "/call", Some(one), 201, json!({"id": "c1", "status": "scheduled"})).await;
    expect(&server, "POST", "/call", Some(many), 201, report).await;
    let client = client(&server);
    let overrides =
        AssistantOverrides::default().assistant(Assistant::default().metadata(json!({"case": 7})));
    let later =
        SchedulePlan::default().earliest_at("2026-11-21T09:00:00Z".parse::<jiff::Timestamp>().unwrap());
    let wanted = CreateCall::default().assistant_id("a1");
    let scheduled = wanted.clone().phone_number_id("p1").assistant_overrides(overrides).schedule_plan(later);

    let call = client.calls().create(&scheduled, Customer::at("+14155550142")).await.unwrap();
    let customers = vec![Customer::at("+14155550142"), Customer::at("nobody")];
    let batch = client.calls().create_many(&wanted, customers).await.unwrap();

    assert_eq!(call.id.as_deref(), Some("c1"));
    assert_eq!((batch.results.len(), batch.errors.len()), (1, 1));
    assert_eq!(batch.subscription_limits.unwrap().remaining_concurrent_calls, Some(9));
    assert!(!format!("{:?}", batch.errors).contains("nobody"));
}

#[tokio::test]
async fn a_single_answer_to_many_and_a_report_on_one_are_read_too() {
    let server = MockServer::start().await;
    expect(&server, "POST", "/call", Some(json!({"customers": []})), 201, json!({"id": "c1"})).await;
    let one = json!({"customer": {"number": "+14155550142"}});
    expect(&server, "POST", "/call", Some(one), 201, json!({"results": [{"id": "c2"}], "errors": []})).await;
    let client = client(&server);

    let batch = client.calls().create_many(&CreateCall::default(), Vec::new()).await.unwrap();
    let call = client.calls().create(&CreateCall::default(), Customer::at("+14155550142")).await.unwrap();

    assert_eq!(batch.results[0].id.as_deref(), Some("c1"));
    assert_eq!(call.id.as_deref(), Some("c2"));
}

#[tokio::test]
async fn both_forms_of_refusals_are_read_and_neither_is_printed() {
    let form = |message: Value| json!({"message": message, "error": "Bad Request", "statusCode": 400});
    for (message, count) in [
        (json!("canary-token-77aa is no name"), 1),
        (json!(["canary-token-77aa should not exist", "+14155550142 is no number"]), 2),
    ] {
        let server = MockServer::start().await;
        expect(&server, "POST", "/assistant", None, 400, form(message)).await;

        let error = client(&server).assistants().create(&Assistant::default()).await.unwrap_err();

        let refusal = error.refusal().unwrap();
        assert_eq!((error.kind(), refusal.messages().len()), (ErrorKind::Refused, count));
        assert_eq!(refusal.error(), Some("Bad Request"));
        let printed = format!("{error} {error:?} {refusal:?}");
        assert!(!printed.contains("canary") && !printed.contains("4155550142"));
        assert!(printed.contains("POST /assistant"));
    }
}

#[tokio::test]
async fn an_assistant_in_use_is_a_conflict_and_a_wrong_key_is_not_repeated() {
    for (status, kind) in
        [(409, ErrorKind::Conflict), (401, ErrorKind::Authentication), (403, ErrorKind::Forbidden)]
    {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(status)).expect(1).mount(&server).await;

        let error = client(&server).assistants().delete("a1").await.unwrap_err();

        assert_eq!((error.kind(), error.attempts()), (kind, 1));
    }
}

#[tokio::test]
async fn a_failing_server_is_asked_again_and_then_answers() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(2)
        .expect(2)
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_string("[]"))
        .expect(1)
        .mount(&server)
        .await;

    let response = client(&server).execute(Request::get("/squad")).await.unwrap();

    assert_eq!((response.attempts(), response.json::<Vec<Value>>().unwrap().len()), (3, 0));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_says_so_without_quoting_it() {
    for body in ["canary-token-77aa", r#"{"name": "canary-token-77aa"}"#, r#"["canary-token-77aa"]"#] {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(200).set_body_string(body);
        Mock::given(any()).respond_with(answer).expect(2).mount(&server).await;

        let call = client(&server).calls().get("c1").await.unwrap_err();
        let list = client(&server).calls().list().next_page().await.unwrap_err();

        for error in [call, list] {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }
}
