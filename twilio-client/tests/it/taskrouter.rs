//! Tasks whose attributes several programs write, and answers to assignment callbacks.

use serde_json::{Map, Value, json};
use twilio_client::error::ErrorKind;
use twilio_client::resource::taskrouter::assignment::Assignment;
use twilio_client::resource::taskrouter::task::TaskStatus;

use crate::scripted::{Script, Scripted as _, Step};

const READ: Step = Step::With(
    200,
    ("etag", "\"0\""),
    r#"{"sid":"WT00000000000000000000000000000001","assignment_status":"assigned","attributes":"{\"case\":\"7\",\"conversations\":{\"outcome\":\"x\"}}"}"#,
);
const READ_LATER: Step = Step::With(
    200,
    ("etag", "\"1\""),
    r#"{"sid":"WT00000000000000000000000000000001","assignment_status":"assigned","attributes":"{\"case\":\"7\",\"agent\":\"a\"}"}"#,
);
const CONFLICT: Step = Step::Answer(412, r#"{"code":20412,"message":"changed"}"#);

const VERSION: (&str, &str) = ("etag", "\"0\"");

fn changes() -> Map<String, Value> {
    json!({"conversations": {"content": "y"}}).as_object().unwrap().clone()
}

fn attributes(request: &http::Request<bytes::Bytes>) -> Value {
    let (_, text) = url::form_urlencoded::parse(request.body()).find(|(key, _)| key == "Attributes").unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn attributes_are_merged_into_what_another_wrote_in_between() {
    let script = Script::new(&[READ, CONFLICT, READ_LATER, READ_LATER]);
    let client = script.client();
    let workspace = client.workspace(&"WS00000000000000000000000000000001".parse().unwrap());
    let task = "WT00000000000000000000000000000001".parse().unwrap();

    let merged = workspace.merge_task(&task, &changes()).await.unwrap();

    assert_eq!(merged.assignment_status, TaskStatus::Assigned);
    let sent = script.sent();
    assert_eq!(sent[1].headers()["if-match"], "\"0\"");
    assert_eq!(attributes(&sent[1]), json!({"case": "7", "conversations": {"outcome": "x", "content": "y"}}));
    assert_eq!(sent[3].headers()["if-match"], "\"1\"");
    assert_eq!(attributes(&sent[3]), json!({"case": "7", "agent": "a", "conversations": {"content": "y"}}));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_merge_is_asked_again_and_finds_it_done() {
    let done = Step::With(
        200,
        ("etag", "\"2\""),
        r#"{"sid":"WT00000000000000000000000000000001","assignment_status":"assigned","attributes":"{\"conversations\":{\"content\":\"y\"}}"}"#,
    );
    let script = Script::new(&[READ, Step::Lost, CONFLICT, done]);
    let client = script.client();
    let workspace = client.workspace(&"WS00000000000000000000000000000001".parse().unwrap());

    workspace.merge_task(&"WT00000000000000000000000000000001".parse().unwrap(), &changes()).await.unwrap();

    assert_eq!(script.attempts(), 4);
}

#[tokio::test]
async fn nothing_is_written_over_attributes_that_were_not_read() {
    let task = |attributes: &str| {
        let sid = "WT00000000000000000000000000000001";
        &*format!(r#"{{"sid":"{sid}","assignment_status":"assigned"{attributes}}}"#).leak()
    };
    for (step, kind) in [
        (Step::With(200, VERSION, task(r#","attributes":"[1,2]""#)), ErrorKind::Decode),
        (Step::With(200, VERSION, task(r#","attributes":"{\"case\":""#)), ErrorKind::Decode),
        (Step::With(200, VERSION, task(r#","attributes":7"#)), ErrorKind::Decode),
        (Step::With(200, VERSION, task("")), ErrorKind::Decode),
        (Step::Answer(200, task(r#","attributes":"{\"case\":\"7\"}""#)), ErrorKind::Unexpected),
    ] {
        let script = Script::new(&[step]);
        let client = script.client();
        let workspace = client.workspace(&"WS00000000000000000000000000000001".parse().unwrap());

        let task = "WT00000000000000000000000000000001".parse().unwrap();
        let error = workspace.merge_task(&task, &changes()).await.unwrap_err();

        assert_eq!((error.kind(), script.attempts()), (kind, 1), "{step:?}");
    }
}

#[tokio::test]
async fn what_no_number_of_ours_can_hold_is_written_back_to_the_letter() {
    let kept = r#"\"big\":1e400,\"id\":12345678901234567890123,\"name\":\"\\ud83d\""#;
    let sid = r#""sid":"WT00000000000000000000000000000001","assignment_status":"assigned""#;
    let read = format!(r#"{{{sid},"attributes":"{{{kept}}}"}}"#).leak();
    let script = Script::new(&[Step::With(200, VERSION, read), READ]);
    let client = script.client();
    let workspace = client.workspace(&"WS00000000000000000000000000000001".parse().unwrap());

    workspace.merge_task(&"WT00000000000000000000000000000001".parse().unwrap(), &changes()).await.unwrap();

    let sent = script.sent();
    let (_, text) = url::form_urlencoded::parse(sent[1].body()).find(|(key, _)| key == "Attributes").unwrap();
    let expected =
        r#"{"big":1e400,"conversations":{"content":"y"},"id":12345678901234567890123,"name":"\ud83d"}"#;
    assert_eq!(text, expected);
}

#[tokio::test]
async fn a_quarrel_ends_after_eight_rounds() {
    let script = Script::new(&[READ, CONFLICT].repeat(8));
    let client = script.client();
    let workspace = client.workspace(&"WS00000000000000000000000000000001".parse().unwrap());

    let task = "WT00000000000000000000000000000001".parse().unwrap();
    let error = workspace.merge_task(&task, &changes()).await.unwrap_err();

    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Refused, 412));
    assert_eq!(script.attempts(), 16);
}

#[tokio::test]
async fn the_lists_of_newer_products_are_followed_by_their_absolute_links() {
    let first = r#"{"tasks":[{"sid":"WT00000000000000000000000000000001","assignment_status":"pending"}],"meta":{
        "key":"tasks","next_page_url":"https://taskrouter.twilio.com/v1/Workspaces/WS00000000000000000000000000000001/Tasks?Page=1"}}"#;
    let last = r#"{"tasks":[],"meta":{"key":"tasks","next_page_url":null}}"#;
    let script = Script::new(&[Step::Answer(200, first), Step::Answer(200, last)]);
    let client = script.client();
    let workspace = client.workspace(&"WS00000000000000000000000000000001".parse().unwrap());

    let mut pages = workspace.tasks().status(&[TaskStatus::Pending, TaskStatus::Reserved]).pages();
    assert_eq!(pages.next_page().await.unwrap().unwrap()[0].assignment_status, TaskStatus::Pending);
    assert!(pages.next_page().await.unwrap().unwrap().is_empty());
    assert!(pages.next_page().await.unwrap().is_none());

    let uris: Vec<_> = script.sent().iter().map(|request| request.uri().to_string()).collect();
    assert!(uris[0].ends_with("/Tasks?AssignmentStatus=pending&AssignmentStatus=reserved"));
    assert!(uris[1].starts_with("https://taskrouter.twilio.com/") && uris[1].ends_with("/Tasks?Page=1"));
}

#[test]
fn an_assignment_is_answered_in_json() {
    let call = "CA00000000000000000000000000000001".parse().unwrap();
    let answer = Assignment::redirect(&call, "https://h/agent").accept().with("novelty", 1);

    let read: Value = serde_json::from_str(&answer.to_json()).unwrap();
    let expected = json!({"instruction": "redirect", "call_sid": call.as_str(), "url": "https://h/agent",
        "accept": true, "novelty": 1});
    assert_eq!(read, expected);
    assert_eq!(Assignment::reject(None).to_json(), r#"{"instruction":"reject"}"#);
}
