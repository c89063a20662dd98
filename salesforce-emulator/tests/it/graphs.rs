//! Graphs, trees and batches.

use serde_json::{Value, json};

use crate::caller::{Caller, org};

fn step(reference: &str, object: &str, body: &Value) -> Value {
    let url = format!("/services/data/v66.0/sobjects/{object}");
    json!({ "method": "POST", "url": url, "referenceId": reference, "body": body })
}

#[tokio::test]
async fn a_graph_takes_effect_whole_and_another_does_not_mind() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let good = [
        step("a", "Account", &json!({ "Name": "Acme" })),
        step("c", "Contact", &json!({ "LastName": "L", "AccountId": "@{a.id}" })),
    ];
    let bad = [step("a", "Account", &json!({ "Name": "Gone" })), step("c", "Contact", &json!({}))];
    let graph = |id: &str, steps: &[Value]| json!({ "graphId": id, "compositeRequest": steps });
    let body = json!({ "graphs": [graph("1", &bad), graph("2", &good)] });
    let (status, answer) = caller.post("/composite/graph", body).await;
    let (first, second) = (&answer["graphs"][0], &answer["graphs"][1]);
    assert_eq!((status, &first["isSuccessful"], &second["isSuccessful"]), (200, &json!(false), &json!(true)));
    let failed = &first["graphResponse"]["compositeResponse"];
    assert_eq!(failed[0]["body"][0]["errorCode"], "PROCESSING_HALTED");
    assert_eq!(failed[1]["body"][0]["errorCode"], "REQUIRED_FIELD_MISSING");
    assert_eq!(org.count("Account"), 1);
    assert_eq!((org.stats().api_calls, org.stats().subrequests), (1, 4));
}

#[tokio::test]
async fn a_graph_has_its_limits() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let chain = |length: usize| -> Vec<Value> {
        (0..length)
            .map(|at| {
                let name = if at == 0 { "x".to_owned() } else { format!("@{{r{}.id}}", at - 1) };
                step(&format!("r{at}"), "Account", &json!({ "Name": name }))
            })
            .collect()
    };
    let many = |count: usize, steps: &[Value]| -> Value {
        let graphs = (0..count).map(|at| json!({ "graphId": at.to_string(), "compositeRequest": steps }));
        json!({ "graphs": graphs.collect::<Vec<_>>() })
    };
    for (body, status) in [
        (many(1, &chain(15)), 200),
        (many(1, &chain(16)), 400),
        (many(76, &chain(1)), 400),
        (many(51, &vec![step("a", "Account", &json!({})); 1]), 200),
        (many(34, &chain(15)), 400),
        (
            json!({ "graphs": [{ "graphId": "1", "compositeRequest": [step("a b", "Account", &json!({}))] }] }),
            400,
        ),
    ] {
        assert_eq!(caller.post("/composite/graph", body).await.0, status);
    }
    // Fourteen failed graphs are enough: the others are not tried.
    let (_, answer) = caller.post("/composite/graph", many(16, &[step("a", "Account", &json!({}))])).await;
    let code = |at: usize| {
        answer["graphs"][at]["graphResponse"]["compositeResponse"][0]["body"][0]["errorCode"].clone()
    };
    assert_eq!((code(13), code(14)), (json!("REQUIRED_FIELD_MISSING"), json!("PROCESSING_HALTED")));
}

#[tokio::test]
async fn a_tree_hangs_its_children_on_their_parents() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let contact = |reference: &str, name: Option<&str>| json!({ "attributes": { "type": "Contact", "referenceId": reference }, "LastName": name });
    let tree = |contacts: Value| {
        json!({ "records": [{
            "attributes": { "type": "Account", "referenceId": "a" },
            "Name": "Acme",
            "Contacts": { "records": contacts },
        }] })
    };
    let good = tree(json!([contact("c1", Some("One")), contact("c2", Some("Two"))]));
    let (status, answer) = caller.post("/composite/tree/Account", good).await;
    assert_eq!(
        (status, &answer["hasErrors"], &answer["results"][2]["referenceId"]),
        (201, &json!(false), &json!("c2"))
    );
    assert_eq!(org.records("Contact")[1]["AccountId"], org.records("Account")[0]["Id"]);

    let bad = tree(json!([contact("c1", Some("One")), contact("c2", None)]));
    let (status, answer) = caller.post("/composite/tree/Account", bad).await;
    assert_eq!((status, &answer["results"][0]["referenceId"]), (400, &json!("c2")));
    assert_eq!(answer["results"][0]["errors"][0]["statusCode"], "REQUIRED_FIELD_MISSING");
    assert_eq!((org.count("Account"), org.count("Contact")), (1, 2));
    let many: Vec<Value> = (0..200).map(|at| contact(&format!("c{at}"), Some("X"))).collect();
    assert_eq!(
        caller.post("/composite/tree/Account", tree(json!(many))).await.1[0]["errorCode"],
        "LIMIT_EXCEEDED"
    );
}

#[tokio::test]
async fn a_batch_keeps_what_went_well_and_counts_each_call() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let create =
        |body: Value| json!({ "method": "POST", "url": "v66.0/sobjects/Account", "richInput": body });
    let steps =
        json!([create(json!({ "Name": "One" })), create(json!({})), create(json!({ "Name": "Two" }))]);
    for (halts, made) in [(false, 2), (true, 3)] {
        let body = json!({ "haltOnError": halts, "batchRequests": steps });
        let (_, answer) = caller.post("/composite/batch", body).await;
        assert_eq!((&answer["hasErrors"], &answer["results"][0]["statusCode"]), (&json!(true), &json!(201)));
        assert_eq!(answer["results"][1]["result"][0]["errorCode"], "REQUIRED_FIELD_MISSING");
        assert_eq!(answer["results"][2]["statusCode"], if halts { 412 } else { 201 });
        assert_eq!(org.count("Account"), made);
    }
    assert_eq!(org.stats().api_calls, 6);
}
