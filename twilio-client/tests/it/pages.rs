//! Lists over the three ways of paging, and where a link may lead.

use futures_util::TryStreamExt as _;
use twilio_client::error::ErrorKind;
use twilio_client::word::CallStatus;

use crate::scripted::{CALL, Script, Scripted as _, Step};

const FIRST: &str = r#"{"calls":[{"sid":"CA00000000000000000000000000000001","status":"queued"}],"page":0,
    "next_page_uri":"/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls.json?Status=queued&Page=1&PageToken=PACA"}"#;
const LAST: &str =
    r#"{"calls":[{"sid":"CA00000000000000000000000000000002","status":"queued"}],"next_page_uri":null}"#;

#[tokio::test]
async fn the_pages_of_2010_are_followed_by_their_relative_links() {
    let script = Script::new(&[Step::Answer(200, FIRST), Step::Answer(200, LAST)]);

    let list = script.client().calls().list().status(&CallStatus::Queued).page_size(1).stream();
    let calls: Vec<_> = Box::pin(list).try_collect().await.unwrap();

    let sids: Vec<_> = calls.iter().map(|call| call.sid.as_str().chars().last().unwrap()).collect();
    assert_eq!(sids, ['1', '2']);
    assert_eq!(script.attempts(), 2);
    let sent = script.sent();
    assert!(sent[0].uri().to_string().ends_with("/Calls.json?Status=queued&PageSize=1"));
    let next = "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls.json\
                ?Status=queued&Page=1&PageToken=PACA";
    assert_eq!(sent[1].uri().to_string(), next);
    assert!(sent[1].headers().contains_key("authorization"));
}

#[tokio::test]
async fn a_filter_of_time_keeps_its_angle_bracket() {
    let script = Script::new(&[Step::Answer(200, LAST)]);
    let since = "2026-11-20T10:00:00Z".parse().unwrap();

    script.client().calls().list().started_after(since).pages().next_page().await.unwrap();

    let uri = script.sent()[0].uri().to_string();
    assert!(uri.ends_with("?StartTime%3E=2026-11-20T10%3A00%3A00Z"), "{uri}");
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed_and_costs_no_item() {
    let foreign = r#"{"calls":[{"sid":"CA00000000000000000000000000000001","status":"queued"}],
        "next_page_uri":"https://evil.example/2010-04-01/Calls.json"}"#;
    let script = Script::new(&[Step::Answer(200, foreign)]);
    let mut pages = script.client().calls().list().pages();

    assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 1);
    assert_eq!(pages.next_page().await.unwrap_err().kind(), ErrorKind::Unexpected);
    assert_eq!(script.attempts(), 1);
}

#[tokio::test]
async fn a_last_page_that_names_itself_ends_the_list_with_its_items_kept() {
    let by_link = r#"{"calls":[{"sid":"CA00000000000000000000000000000001","status":"queued"}],
        "next_page_uri":"/2010-04-01/x?Page=1"}"#;
    let by_token = r#"{"calls":[{"sid":"CA00000000000000000000000000000001","status":"queued"}],
        "meta":{"key":"calls","nextToken":"t0"}}"#;
    for itself in [by_link, by_token] {
        let script = Script::new(&[Step::Answer(200, itself), Step::Answer(200, itself)]);
        let mut pages = script.client().calls().list().pages();

        assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 1);
        assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 1);
        assert!(pages.next_page().await.unwrap().is_none());
        assert_eq!(script.attempts(), 2);
    }
}

#[tokio::test]
async fn pages_without_rows_do_not_go_on_for_ever() {
    let page =
        |number| format!(r#"{{"calls":[],"next_page_uri":"/2010-04-01/x?PageToken={number}"}}"#).leak();
    let steps: Vec<_> = (0..100).map(|number| Step::Answer(200, page(number))).collect();
    let script = Script::new(&steps);
    let list = script.client().calls().list().stream();

    let error = Box::pin(list).try_collect::<Vec<_>>().await.unwrap_err();

    assert_eq!((error.kind(), script.attempts()), (ErrorKind::Unexpected, 100));
}

#[tokio::test]
async fn a_page_that_could_not_be_read_can_be_asked_for_again() {
    let script = Script::new(&[Step::Answer(400, "{}"), Step::Answer(200, LAST)]);
    let mut pages = script.client().calls().list().pages();

    assert_eq!(pages.next_page().await.unwrap_err().kind(), ErrorKind::Refused);
    assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 1);
    assert!(pages.next_page().await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_no_list_is_not_an_empty_one() {
    let script = Script::new(&[Step::Answer(200, CALL)]);

    let error = script.client().calls().list().pages().next_page().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn the_newest_lists_are_followed_by_their_token() {
    let first = r#"{"calls":[],"meta":{"key":"calls","nextToken":"t0","pageSize":50}}"#;
    let last = r#"{"calls":[],"meta":{"key":"calls","nextToken":null}}"#;
    let script = Script::new(&[Step::Answer(200, first), Step::Answer(200, last)]);
    let mut pages = script.client().calls().list().page_size(50).pages();

    while pages.next_page().await.unwrap().is_some() {}

    assert!(script.sent()[1].uri().to_string().ends_with("/Calls.json?PageSize=50&pageToken=t0"));
    assert_eq!(script.attempts(), 2);
}

#[tokio::test]
async fn looking_for_a_lost_call_stops_at_the_first_that_is_older() {
    let page = r#"{"calls":[
        {"sid":"CA00000000000000000000000000000003","status":"queued","date_created":"Fri, 20 Nov 2026 10:00:05 +0000"},
        {"sid":"CA00000000000000000000000000000002","status":"queued","date_created":null},
        {"sid":"CA00000000000000000000000000000001","status":"queued","date_created":"Fri, 20 Nov 2026 09:00:00 +0000"}],
        "next_page_uri":"/never"}"#;
    let script = Script::new(&[Step::Answer(200, page)]);
    let since = "2026-11-20T10:00:05.9Z".parse().unwrap();

    let found = script.client().calls().reconcile("+14155550142", "+14155550143", since).await.unwrap();

    assert_eq!(found.len(), 2);
    assert_eq!(script.attempts(), 1);
    assert!(script.sent()[0].uri().to_string().ends_with("?To=%2B14155550142&From=%2B14155550143"));
}
