//! Queries inside queries, and groups.

use reqwest::Method;
use salesforce_emulator::Org;
use serde_json::{Value, json};

use crate::caller::{Caller, org};

async fn query(caller: &Caller, soql: &str) -> Value {
    let query: String = url::form_urlencoded::byte_serialize(soql.as_bytes()).collect();
    let (status, body) = caller.send(Method::GET, &format!("/query?q={query}"), None).await;
    assert_eq!(status, 200, "{soql}: {body}");
    body
}

async fn refused(caller: &Caller, soql: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(soql.as_bytes()).collect();
    let (status, body) = caller.send(Method::GET, &format!("/query?q={query}"), None).await;
    assert_eq!(status, 400, "{soql}");
    body[0]["errorCode"].as_str().unwrap().to_owned()
}

async fn stage() -> (Org, Caller) {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let acme = org.insert("Account", json!({ "Name": "Acme" })).unwrap();
    org.insert("Account", json!({ "Name": "Empty" })).unwrap();
    for (subject, priority) in [("b", "High"), ("a", "Low"), ("c", "High")] {
        org.insert("Case", json!({ "Subject": subject, "Priority": priority, "AccountId": acme })).unwrap();
    }
    (org, caller)
}

#[tokio::test]
async fn children_come_inside_their_parent_and_none_is_null() {
    let (_org, caller) = stage().await;
    let soql = "SELECT Name, (SELECT Subject, Account.Name FROM Cases WHERE Priority = 'High' ORDER BY Subject DESC) \
                FROM Account ORDER BY Name";
    let body = query(&caller, soql).await;
    let cases = &body["records"][0]["Cases"];
    assert_eq!((&cases["totalSize"], &cases["done"]), (&json!(2), &json!(true)));
    assert_eq!(cases["records"][0]["Subject"], "c");
    assert_eq!(cases["records"][0]["Account"]["Name"], "Acme");
    assert_eq!(body["records"][1]["Cases"], Value::Null);
    assert_eq!(refused(&caller, "SELECT Id, (SELECT Id FROM Nothings) FROM Account").await, "INVALID_TYPE");
}

#[tokio::test]
async fn more_children_than_a_batch_are_paged_for_each_parent() {
    let (org, caller) = stage().await;
    let big = org.insert("Account", json!({ "Name": "Big" })).unwrap();
    for number in 0..450 {
        org.insert("Case", json!({ "Subject": format!("{number:03}"), "AccountId": big })).unwrap();
    }
    let soql = "SELECT Id, (SELECT Subject FROM Cases ORDER BY Subject) FROM Account WHERE Name = 'Big'";
    let text: String = url::form_urlencoded::byte_serialize(soql.as_bytes()).collect();
    let request = caller.request(Method::GET, &format!("/query?q={text}"));
    let request = request.header("Sforce-Query-Options", "batchSize=200");
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    let mut cases = body["records"][0]["Cases"].clone();
    let mut seen = Vec::new();
    loop {
        seen.extend(cases["records"].as_array().unwrap().iter().map(|case| case["Subject"].clone()));
        let Some(next) = cases["nextRecordsUrl"].as_str().map(str::to_owned) else { break };
        cases = caller.send(Method::GET, &next, None).await.1;
    }
    assert_eq!(seen.len(), 450);
    assert_eq!(seen.last().unwrap(), "449");
}

#[tokio::test]
async fn groups_are_counted_ordered_and_named() {
    let (_org, caller) = stage().await;
    let soql = "SELECT Priority p, COUNT(Id), MIN(Subject) first FROM Case GROUP BY Priority ORDER BY COUNT(Id) DESC";
    let body = query(&caller, soql).await;
    assert_eq!(body["records"][0]["attributes"]["type"], "AggregateResult");
    let row = |at: usize| {
        let row = &body["records"][at];
        (row["p"].clone(), row["expr0"].clone(), row["first"].clone())
    };
    assert_eq!(row(0), (json!("High"), json!(2), json!("b")));
    assert_eq!(row(1), (json!("Low"), json!(1), json!("a")));
    let none = query(&caller, "SELECT COUNT(Id) n, MAX(CreatedDate) d FROM Lead").await;
    assert_eq!((&none["records"][0]["n"], &none["records"][0]["d"]), (&json!(0), &Value::Null));
    assert_eq!(
        refused(&caller, "SELECT Subject, COUNT(Id) FROM Case GROUP BY Priority").await,
        "MALFORMED_QUERY"
    );
    assert_eq!(refused(&caller, "SELECT Subject s FROM Case").await, "MALFORMED_QUERY");
}

#[tokio::test]
async fn a_semi_join_finds_by_the_ids_of_another_query() {
    let (_org, caller) = stage().await;
    let with = "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Case WHERE Priority = 'Low')";
    assert_eq!(query(&caller, with).await["records"][0]["Name"], "Acme");
    let without = "SELECT Name FROM Account WHERE Id NOT IN (SELECT AccountId FROM Case)";
    assert_eq!(query(&caller, without).await["records"][0]["Name"], "Empty");
    assert_eq!(
        refused(&caller, "SELECT Id FROM Account WHERE Id IN (SELECT Subject FROM Case)").await,
        "MALFORMED_QUERY"
    );
}
