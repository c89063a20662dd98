//! What changed, what was deleted, and what need not be sent again.

use reqwest::Method;
use serde_json::json;

use crate::caller::{Caller, org, read};

fn spans() -> String {
    let (from, to) = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1), jiff::Timestamp::now());
    let to = to + jiff::SignedDuration::from_mins(5);
    format!("start={}&end={}", from.strftime("%Y-%m-%dT%H:%M:%SZ"), to.strftime("%Y-%m-%dT%H:%M:%SZ"))
}

#[tokio::test]
async fn a_deleted_record_is_told_apart_from_a_changed_one() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let kept = org.insert("Account", json!({ "Name": "Kept" })).unwrap();
    let gone = org.insert("Account", json!({ "Name": "Gone" })).unwrap();
    caller.send(Method::DELETE, &format!("/sobjects/Account/{gone}"), None).await;

    let (_, updated) =
        caller.send(Method::GET, &format!("/sobjects/Account/updated?{}", spans()), None).await;
    let (_, deleted) =
        caller.send(Method::GET, &format!("/sobjects/Account/deleted/?{}", spans()), None).await;

    assert_eq!(updated["ids"], json!([kept]));
    assert_eq!(deleted["deletedRecords"][0]["id"], json!(gone));
    let (status, body) = caller
        .send(
            Method::GET,
            "/sobjects/Account/updated?start=2026-11-20T08:00:05Z&end=2026-11-20T08:00:50Z",
            None,
        )
        .await;
    assert_eq!((status, &body[0]["errorCode"]), (400, &json!("INVALID_REPLICATION_DATE")));
}

#[tokio::test]
async fn only_query_all_sees_the_recycle_bin() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let gone = org.insert("Account", json!({ "Name": "Gone" })).unwrap();
    caller.send(Method::DELETE, &format!("/sobjects/Account/{gone}"), None).await;

    let query = format!("?q=SELECT+Id,IsDeleted+FROM+Account+WHERE+Id='{gone}'");
    let (_, without) = caller.send(Method::GET, &format!("/query{query}"), None).await;
    let (_, with) = caller.send(Method::GET, &format!("/queryAll{query}"), None).await;

    assert_eq!(without["totalSize"], 0);
    assert_eq!(with["records"][0]["IsDeleted"], true);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let id = org.insert("Account", json!({ "Name": "Acme" })).unwrap();
    let later = "Fri, 20 Nov 2099 08:00:00 GMT";
    let earlier = "Fri, 20 Nov 2015 08:00:00 GMT";
    for (path, header, value, expected) in [
        (format!("/sobjects/Account/{id}"), "If-Modified-Since", later, 304),
        (format!("/sobjects/Account/{id}"), "If-Modified-Since", earlier, 200),
        (format!("/sobjects/Account/{id}"), "If-Unmodified-Since", earlier, 412),
        (format!("/sobjects/Account/{id}"), "If-Unmodified-Since", "soon", 400),
        ("/sobjects/Account/describe".to_owned(), "If-Modified-Since", later, 304),
        ("/sobjects".to_owned(), "If-Modified-Since", earlier, 200),
    ] {
        let request = caller.request(Method::GET, &path).header(header, value);
        assert_eq!(read(request.send().await.unwrap()).await.0, expected, "{path} {header}");
    }
}
