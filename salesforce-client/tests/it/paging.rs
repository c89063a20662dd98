//! Queries over several pages.

use futures_util::TryStreamExt;
use salesforce_client::{Children, ErrorCode, ErrorKind, Soql};
use serde_json::{Value, json};

use crate::scripted::{Scripted, Step, client};

const FIRST: &str = r#"{"totalSize":3,"done":false,"nextRecordsUrl":"/services/data/v66.0/query/01gx-2","records":[{"n":1},{"n":2}]}"#;
const LAST: &str = r#"{"totalSize":3,"done":true,"records":[{"n":3}]}"#;

fn soql() -> Soql {
    Soql::new("SELECT n FROM Thing__c")
}

#[tokio::test]
async fn a_stream_gives_the_rows_of_all_pages_in_order() {
    let transport = Scripted::new([Step::Answer(200, FIRST), Step::Answer(200, LAST)]);
    let rows: Vec<Value> = client(&transport).query(soql()).stream().try_collect().await.unwrap();

    assert_eq!(rows.iter().map(|row| row["n"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(
        transport.seen(),
        [
            "GET https://acme.my.salesforce.com/services/data/v66.0/query?q=SELECT+n+FROM+Thing__c",
            "GET https://acme.my.salesforce.com/services/data/v66.0/query/01gx-2",
        ]
    );
}

#[tokio::test]
async fn a_walk_can_resume_at_a_cursor() {
    let transport = Scripted::new([Step::Answer(200, FIRST), Step::Answer(200, LAST)]);
    let client = client(&transport);
    let page = client.query::<Value>(soql()).await.unwrap();
    let rest = client.query_page::<Value>(&page.next.unwrap()).await.unwrap();

    assert_eq!((page.total_size, page.done, rest.done, rest.records.len()), (3, false, true, 1));
    assert!(rest.next.is_none());
}

#[tokio::test]
async fn a_link_that_leads_away_is_not_followed() {
    for link in [
        r#"{"totalSize":9,"done":false,"nextRecordsUrl":"https://evil.example/services/data/v66.0/query/1","records":[]}"#,
        r#"{"totalSize":9,"done":false,"nextRecordsUrl":"//evil.example/services/data/v66.0/query/1","records":[]}"#,
        r#"{"totalSize":9,"done":false,"nextRecordsUrl":"/services/data/v66.0/../../evil","records":[]}"#,
    ] {
        let transport = Scripted::new([Step::Answer(200, link)]);
        let outcome = client(&transport).query::<Value>(soql()).stream().try_collect::<Vec<_>>().await;

        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Decode);
        assert_eq!(transport.count(), 1);
    }
}

#[tokio::test]
async fn an_expired_page_has_its_own_code_and_ends_the_walk() {
    let expired = r#"[{"errorCode":"INVALID_QUERY_LOCATOR","message":"invalid query locator"}]"#;
    let transport = Scripted::new([Step::Answer(200, FIRST), Step::Answer(400, expired)]);
    let mut pages = client(&transport).query::<Value>(soql()).pages();

    assert!(pages.next_page().await.unwrap().is_some());
    let error = pages.next_page().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::INVALID_QUERY_LOCATOR));
    assert_eq!(error.kind(), ErrorKind::PageExpired);
    assert!(pages.next_page().await.unwrap().is_none());
}

#[tokio::test]
async fn a_query_that_cannot_be_written_is_told_when_awaited() {
    let transport = Scripted::new([]);
    let client = client(&transport);
    let unbound = Soql::new("SELECT Id FROM Case WHERE Id = :id");
    let bent = vec!["@{x.y}"; 2000];
    let long = Soql::new("SELECT Id FROM Case WHERE Id IN :ids").bind("ids", bent);

    for soql in [unbound, long] {
        assert_eq!(client.query::<Value>(soql).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
}

fn long() -> Soql {
    Soql::new("SELECT Id FROM Case WHERE Id IN :ids").bind("ids", vec!["500000000000001"; 2000])
}

#[tokio::test(start_paused = true)]
async fn a_query_too_long_for_an_address_travels_as_a_body_and_is_sent_again_like_any_query() {
    let busy = r#"{"compositeResponse":[{"body":[{"errorCode":"SERVER_UNAVAILABLE","message":"m"}],"httpHeaders":{},"httpStatusCode":503,"referenceId":"only"}]}"#;
    let rows = r#"{"compositeResponse":[{"body":{"totalSize":1,"done":true,"records":[{"n":1}]},"httpHeaders":{},"httpStatusCode":200,"referenceId":"only"}]}"#;
    let transport = Scripted::new([Step::Answer(200, busy), Step::Answer(200, rows)]);
    let page = client(&transport).query::<Value>(long()).await.unwrap();

    assert_eq!(page.records[0]["n"], 1);
    assert!(transport.seen()[0].ends_with("/services/data/v66.0/composite"));
    let sent = transport.json(1)["compositeRequest"][0].clone();
    assert!(sent["url"].as_str().unwrap().starts_with("/services/data/v66.0/query?q=SELECT+Id"));
    assert_eq!(sent["method"], "GET");
}

#[tokio::test]
async fn deleted_rows_are_asked_for_by_name_and_rows_can_be_only_counted() {
    let transport = Scripted::new([
        Step::Answer(200, LAST),
        Step::Answer(200, r#"{"totalSize":42,"done":true,"records":[]}"#),
    ]);
    let client = client(&transport);

    client.query_all::<Value>(soql()).await.unwrap();
    assert_eq!(client.count(Soql::new("SELECT COUNT() FROM Case")).await.unwrap(), 42);
    assert!(transport.seen()[0].contains("/queryAll?q="));
}

#[tokio::test(start_paused = true)]
async fn while_a_page_is_read_the_next_one_comes_and_no_further_one() {
    let middle = r#"{"totalSize":3,"done":false,"nextRecordsUrl":"/services/data/v66.0/query/01gx-3","records":[{"n":3}]}"#;
    let transport =
        Scripted::new([Step::Answer(200, FIRST), Step::Answer(200, middle), Step::Answer(200, LAST)]);
    let mut rows = client(&transport).query::<Value>(soql()).stream();

    assert_eq!(rows.try_next().await.unwrap().unwrap()["n"], 1);
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    assert_eq!(transport.count(), 2);
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap().len(), 3);
    assert_eq!(transport.count(), 3);
}

#[tokio::test]
async fn the_children_of_a_row_have_pages_of_their_own() {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Account {
        contacts: Children<Value>,
    }
    let parents = r#"{"totalSize":2,"done":true,"records":[
        {"Contacts":{"totalSize":3,"done":false,"nextRecordsUrl":"/services/data/v66.0/query/01gc-2","records":[{"n":1},{"n":2}]}},
        {"Contacts":null}]}"#;
    let transport = Scripted::new([Step::Answer(200, parents), Step::Answer(200, LAST)]);
    let client = client(&transport);
    let page =
        client.query::<Account>(Soql::new("SELECT (SELECT n FROM Contacts) FROM Account")).await.unwrap();

    let [first, second] = <[Account; 2]>::try_from(page.records).ok().unwrap();
    let numbers: Vec<Value> = first.contacts.stream(&client).try_collect().await.unwrap();
    assert_eq!(numbers.iter().map(|row| row["n"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((second.contacts.total_size, transport.count()), (0, 2));
}

#[tokio::test]
async fn an_aggregate_is_a_row_of_its_aliases() {
    let answer = r#"{"totalSize":1,"done":true,"records":[{"attributes":{"type":"AggregateResult"},"Origin":"Phone","n":12}]}"#;
    let transport = Scripted::new([Step::Answer(200, answer)]);
    let soql = Soql::new("SELECT Origin, COUNT(Id) n FROM Case GROUP BY Origin");
    let page = client(&transport).query::<Value>(soql).await.unwrap();

    assert_eq!(
        (page.records[0]["Origin"].as_str(), page.records[0]["n"].as_u64()),
        (Some("Phone"), Some(12))
    );
}

#[tokio::test]
async fn a_result_that_leads_from_page_to_page_without_rows_comes_to_an_end() {
    let hollow = |number: usize| {
        let page = json!({"totalSize": 5, "done": false, "records": [],
                          "nextRecordsUrl": format!("/services/data/v66.0/query/0r8-{number}")});
        Step::Answer(200, page.to_string().leak())
    };
    let transport = Scripted::new((0..10).map(hollow));
    let rows = client(&transport).query::<Value>(Soql::new("SELECT Id FROM Case")).stream();
    let error = rows.try_collect::<Vec<Value>>().await.unwrap_err();
    assert_eq!((error.kind(), transport.count()), (ErrorKind::Decode, 10));
    assert!(error.to_string().contains("gives no rows"), "{error}");

    let itself = || {
        let page = json!({"totalSize": 5, "done": false, "records": [{"Id": 1}],
                          "nextRecordsUrl": "/services/data/v66.0/query/0r8-same"});
        Step::Answer(200, page.to_string().leak())
    };
    let transport = Scripted::new([itself(), itself()]);
    let rows = client(&transport).query::<Value>(Soql::new("SELECT Id FROM Case")).stream();
    assert!(rows.try_collect::<Vec<Value>>().await.is_err());
}
