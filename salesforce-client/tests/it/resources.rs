//! Describe, limits, Apex, Tooling and events, exchange by exchange.

use http::Method;
use salesforce_client::{ErrorKind, Soql};
use serde_json::{Value, json};
use wiremock::matchers::{header_exists, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::scripted::{CREATED, Scripted, Step, client};

#[tokio::test]
async fn a_description_that_still_holds_is_not_sent_again() {
    let server = MockServer::start().await;
    let case = json!({"name": "Case", "label": "Case", "keyPrefix": "500", "queryable": true, "fields": [
        {"name": "Voice_Key__c", "type": "string", "length": 80, "externalId": true, "unique": true},
        {"name": "Origin", "type": "picklist", "picklistValues": [{"value": "Phone", "active": true}]},
        {"name": "ContactId", "type": "reference", "referenceTo": ["Contact"], "relationshipName": "Contact"}],
        "childRelationships": [{"childSObject": "CaseComment", "field": "ParentId", "relationshipName": "CaseComments"}]});
    Mock::given(method("GET"))
        .and(path("/services/data/v66.0/sobjects/Case/describe"))
        .and(header_exists("if-modified-since"))
        .respond_with(ResponseTemplate::new(304))
        .with_priority(1)
        .expect(2)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/services/data/v66.0/sobjects/Case/describe"))
        .and(header_exists("authorization"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(case)
                .insert_header("date", "Fri, 20 Nov 2026 10:00:00 GMT"),
        )
        .expect(1)
        .mount(&server)
        .await;
    let client = crate::http::builder(&server).build().unwrap();

    for _ in 0..3 {
        let case = client.describe("Case").await.unwrap();
        let key = case.field("voice_key__c").unwrap();
        assert!(key.external_id && key.unique && key.kind == "string");
        assert_eq!(case.field("ContactId").unwrap().reference_to, ["Contact"]);
        assert_eq!(case.field("Origin").unwrap().picklist_values[0].value, "Phone");
        assert_eq!(case.child_relationships[0].child_sobject, "CaseComment");
    }
}

#[tokio::test]
async fn objects_and_limits_are_listed() {
    let objects = r#"{"encoding":"UTF-8","maxBatchSize":200,"sobjects":[{"name":"Case","keyPrefix":"500","custom":false}]}"#;
    let limits = r#"{"DailyApiRequests":{"Max":15000,"Remaining":14998},"HourlyX":{"Max":1,"Remaining":-1,"App":{"Max":0,"Remaining":0}}}"#;
    let transport = Scripted::new([Step::Answer(200, objects), Step::Answer(200, limits)]);
    let client = client(&transport);

    assert_eq!(client.describe_global().await.unwrap().sobjects[0].name, "Case");
    let limits = client.limits().await.unwrap();
    assert_eq!((limits["DailyApiRequests"].remaining, limits["HourlyX"].remaining), (14998, -1));
}

#[tokio::test(start_paused = true)]
async fn an_apex_call_is_repeated_only_where_that_does_no_harm() {
    let transport = Scripted::new([
        Step::Answer(503, "<html>"),
        Step::Answer(200, r#"{"ok":true}"#),
        Step::Answer(503, "<html>"),
        Step::Answer(503, "<html>"),
        Step::Answer(200, ""),
    ]);
    let client = client(&transport);

    let read: Value = client.apex(Method::GET, &["orders", "1 2/3"]).query("x", "&").await.unwrap();
    assert_eq!(read["ok"], true);
    let sent = client.apex::<Value>(Method::POST, &["orders"]).body(&json!({"a": 1})).await;
    assert_eq!(sent.unwrap_err().attempts(), 1);
    client.apex::<()>(Method::POST, &["orders"]).body(&json!({"a": 1})).repeatable(true).await.unwrap();

    assert_eq!(
        transport.seen()[0],
        "GET https://acme.my.salesforce.com/services/apexrest/orders/1%202%2F3?x=%26"
    );
    for path in [&["..", "data"][..], &[""], &[]] {
        let refused = client.apex::<Value>(Method::GET, path).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidRequest);
    }
}

#[tokio::test]
async fn the_orgs_make_up_is_queried_and_added_to_and_events_are_published() {
    let rows = r#"{"totalSize":1,"done":true,"records":[{"DeveloperName":"Voice_Key"}]}"#;
    let transport = Scripted::new([
        Step::Answer(200, rows),
        Step::Answer(201, r#"{"id":"00N000000000001","success":true,"errors":[]}"#),
        Step::Answer(201, CREATED),
    ]);
    let client = client(&transport);

    let soql = Soql::new("SELECT DeveloperName FROM CustomField WHERE TableEnumOrId = :o").bind("o", "Case");
    let page = client.tooling().query::<Value>(soql).await.unwrap();
    assert_eq!(page.records[0]["DeveloperName"], "Voice_Key");
    let field = json!({"FullName": "Case.Voice_Key__c", "Metadata": {"type": "Text", "length": 80}});
    assert_eq!(client.tooling().create("CustomField", &field).await.unwrap().key_prefix(), "00N");
    client.publish("Call_Ended__e", &json!({"Call__c": "x"})).await.unwrap();

    let seen = transport.seen();
    assert!(
        seen[0].contains("/services/data/v66.0/tooling/query?q=")
            && seen[1].ends_with("/tooling/sobjects/CustomField")
    );
    assert!(seen[2].ends_with("/sobjects/Call_Ended__e"));
}
