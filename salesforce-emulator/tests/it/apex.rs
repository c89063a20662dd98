//! Classes of the org's own.

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, code, org};

#[tokio::test]
async fn a_registered_class_answers_below_its_path_and_costs_one_api_call() {
    let org = org()
        .apex_rest("/voice/*", |request| match request.method.as_str() {
            "DELETE" => (204, Value::Null),
            _ => (200, json!({ "path": request.path, "said": request.body["said"], "query": request.query })),
        })
        .apex_rest("/voice/route", |_| (418, json!("closer")))
        .start()
        .await
        .unwrap();
    let caller = Caller::new(&org).await;

    let (status, answer) =
        caller.post("/services/apexrest/voice/x%20y?a=1", json!({ "said": "hello" })).await;
    assert_eq!((status, &answer["path"], &answer["said"]), (200, &json!("/voice/x y"), &json!("hello")));
    assert_eq!(answer["query"], json!([["a", "1"]]));
    assert_eq!(caller.send(Method::DELETE, "/services/apexrest/voice", None).await.0, 204);
    assert_eq!(caller.get("/services/apexrest/voice/route/1").await.0, 418);
    assert_eq!(code(&caller.get("/services/apexrest/voices").await), (404, "NOT_FOUND"));

    assert_eq!(org.stats().api_calls, 4);
    assert_eq!(org.requests().last().unwrap().path_template, "/services/apexrest/{path}");
    org.revoke_tokens();
    assert_eq!(code(&caller.get("/services/apexrest/voice").await), (401, "INVALID_SESSION_ID"));
}
