//! Composite requests: references, limits, and all or none.

use serde_json::{Value, json};

use crate::caller::{Caller, code, org};

fn step(method: &str, path: &str, reference: &str, body: Value) -> Value {
    let mut step =
        json!({ "method": method, "url": format!("/services/data/v66.0{path}"), "referenceId": reference });
    if !body.is_null() {
        step["body"] = body;
    }
    step
}

async fn run(caller: &Caller, all_or_none: bool, steps: Vec<Value>) -> Vec<Value> {
    let body = json!({ "allOrNone": all_or_none, "compositeRequest": steps });
    let (status, answer) = caller.post("/composite", body).await;
    assert_eq!(status, 200, "{answer}");
    answer["compositeResponse"].as_array().unwrap().clone()
}

fn statuses(answers: &[Value]) -> Vec<u64> {
    answers.iter().map(|answer| answer["httpStatusCode"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_case_and_its_number_cost_one_call() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    org.insert("Account", json!({ "Name": "Acme", "AccountNumber": "ACC-1" })).unwrap();
    org.reset_stats();
    let answers = run(
        &caller,
        true,
        vec![
            step(
                "GET",
                "/query?q=SELECT+Id+FROM+Account+WHERE+AccountNumber='ACC-1'",
                "account",
                Value::Null,
            ),
            step(
                "PATCH",
                "/sobjects/Case/Voice_Key__c/k1",
                "case",
                json!({ "AccountId": "@{account.records[0].Id}" }),
            ),
            step("GET", "/sobjects/Case/@{case.id}?fields=CaseNumber", "number", Value::Null),
        ],
    )
    .await;
    assert_eq!(statuses(&answers), [200, 201, 200]);
    assert_eq!(answers[2]["body"]["CaseNumber"], "00001000");
    assert_eq!(
        answers[1]["httpHeaders"]["Location"],
        format!("/services/data/v66.0/sobjects/Case/{}", answers[1]["body"]["id"].as_str().unwrap())
    );
    assert_eq!(org.records("Case")[0]["AccountId"], org.records("Account")[0]["Id"]);
    let stats = org.stats();
    assert_eq!((stats.api_calls, stats.subrequests), (1, 3));
    assert_eq!(org.requests().last().unwrap().subrequests, 3);
}

#[tokio::test]
async fn all_or_none_undoes_everything() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let account = org.insert("Account", json!({ "Name": "Acme" })).unwrap();
    let written = org.audit().len();
    let steps = || {
        vec![
            step("PATCH", &format!("/sobjects/Account/{account}"), "rename", json!({ "Name": "Other" })),
            step(
                "POST",
                "/sobjects/Case",
                "case",
                json!({ "Subject": "x", "Comments": "y", "Voice_Key__c": "k" }),
            ),
            step("POST", "/sobjects/Contact", "broken", json!({ "FirstName": "Ann" })),
            step("GET", "/sobjects/Case/@{case.id}", "after", Value::Null),
        ]
    };
    let answers = run(&caller, true, steps()).await;
    assert_eq!(statuses(&answers), [400, 400, 400, 400]);
    let codes: Vec<_> =
        answers.iter().map(|answer| answer["body"][0]["errorCode"].as_str().unwrap()).collect();
    assert_eq!(
        codes,
        ["PROCESSING_HALTED", "PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]
    );
    assert_eq!(org.records("Account")[0]["Name"], "Acme");
    assert_eq!((org.records("Case").len(), org.records("CaseComment").len()), (0, 0));
    assert_eq!(org.audit().len(), written);
    // The key of the undone case is free again.
    assert_eq!(caller.patch("/sobjects/Case/Voice_Key__c/k", json!({})).await.0, 201);
}

#[tokio::test]
async fn without_all_or_none_only_what_depends_on_a_failure_fails() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let answers = run(
        &caller,
        false,
        vec![
            step("POST", "/sobjects/Contact", "broken", json!({})),
            step("POST", "/sobjects/Case", "depends", json!({ "ContactId": "@{broken.id}" })),
            step("POST", "/sobjects/Case", "free", json!({ "Subject": "x" })),
        ],
    )
    .await;
    assert_eq!(statuses(&answers), [400, 400, 201]);
    assert_eq!(answers[1]["body"][0]["errorCode"], "PROCESSING_HALTED");
    assert_eq!(org.records("Case").len(), 1);
}

#[tokio::test]
async fn a_lookup_without_a_match_stops_what_refers_to_it() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let answers = run(
        &caller,
        true,
        vec![
            step("GET", "/query?q=SELECT+Id+FROM+Account+WHERE+AccountNumber='none'", "account", Value::Null),
            step("POST", "/sobjects/Case", "case", json!({ "AccountId": "@{account.records[0].Id}" })),
        ],
    )
    .await;
    assert_eq!(statuses(&answers), [400, 400]);
    assert_eq!(org.records("Case").len(), 0);
}

#[tokio::test]
async fn an_update_has_no_body_and_a_delete_has_none_either() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let id = org.insert("Account", json!({ "Name": "Acme" })).unwrap();
    let answers = run(
        &caller,
        false,
        vec![
            step("PATCH", &format!("/sobjects/Account/{id}"), "a", json!({ "Site": "HQ" })),
            step("DELETE", &format!("/sobjects/Account/{id}"), "b", Value::Null),
        ],
    )
    .await;
    assert_eq!(statuses(&answers), [204, 204]);
    assert_eq!((&answers[0]["body"], &answers[0]["httpHeaders"]), (&Value::Null, &json!({})));
}

#[tokio::test]
async fn what_is_wrong_with_the_request_itself_refuses_it_whole() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let create = |reference: &str| step("POST", "/sobjects/Case", reference, json!({}));
    let query =
        |number: usize| step("GET", "/query?q=SELECT+Id+FROM+Case", &format!("q{number}"), Value::Null);
    let bad = [
        ((0..26).map(|number| create(&format!("c{number}"))).collect::<Vec<_>>(), "LIMIT_EXCEEDED"),
        ((0..6).map(query).collect(), "LIMIT_EXCEEDED"),
        (vec![create("same"), create("same")], "INVALID_INPUT"),
        (vec![create("with-dash")], "INVALID_INPUT"),
        (vec![json!({ "method": "POST" })], "JSON_PARSER_ERROR"),
    ];
    for (steps, expected) in bad {
        let answer = caller.post("/composite", json!({ "compositeRequest": steps })).await;
        assert_eq!(code(&answer), (400, expected));
    }
    assert_eq!(org.records("Case").len(), 0);
    let fits = (0..25).map(|number| create(&format!("c{number}"))).collect();
    assert!(statuses(&run(&caller, true, fits).await).iter().all(|status| *status == 201));
}
