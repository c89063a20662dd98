//! Queries over several pages.

use futures_util::TryStreamExt;
use salesforce_client::{ErrorCode, ErrorKind, Soql};
use serde_json::Value;

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
    assert!(pages.next_page().await.unwrap().is_none());
}

#[tokio::test]
async fn a_query_that_cannot_be_written_is_told_when_awaited() {
    let transport = Scripted::new([]);
    let client = client(&transport);
    let unbound = Soql::new("SELECT Id FROM Case WHERE Id = :id");
    let long = Soql::new("SELECT Id FROM Case WHERE Id IN :ids").bind("ids", vec!["500000000000001"; 2000]);

    for soql in [unbound, long] {
        assert_eq!(client.query::<Value>(soql).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
}
