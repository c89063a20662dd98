//! Lists: nothing lost, nothing without end, and no link that leads elsewhere.

use futures_util::TryStreamExt as _;
use serde::Deserialize;
use voice_crm_rest::{
    ErrorKind, Next, Pages, Request,
    script::{Script, Step},
};

use crate::rota::{Rota, client};

#[derive(Deserialize)]
struct Page {
    people: Vec<u32>,
    next: Option<String>,
    token: Option<String>,
}

fn list(script: &Script) -> Pages<Rota, u32> {
    client(script).pages(Request::get("/people").query("on", "tonight").query("t", "0"), |answer| {
        let page: Page = answer.json()?;
        let next = Next::token("t", page.token);
        Ok((page.people, if page.next.is_some() { Next::link(page.next) } else { next }))
    })
}

fn uris(script: &Script) -> Vec<String> {
    script.sent().iter().map(|sent| sent.uri().to_string()).collect()
}

#[tokio::test]
async fn links_and_tokens_are_followed_to_the_last_page() {
    let script = Script::new(&[
        Step::Answer(200, r#"{"people":[1],"next":"/v1/people?p=2"}"#),
        Step::Answer(200, r#"{"people":[],"token":"a b"}"#),
        Step::Answer(200, r#"{"people":[2,3],"token":""}"#),
    ]);

    let people: Vec<u32> = Box::pin(list(&script).into_stream()).try_collect().await.unwrap();

    assert_eq!((people, script.attempts()), (vec![1, 2, 3], 3));
    let expected = ["?on=tonight&t=0", "?p=2", "?p=2&t=a+b"];
    assert_eq!(uris(&script), expected.map(|query| format!("https://rota.example.com/v1/people{query}")));
    assert!(script.sent().iter().all(|sent| sent.headers().contains_key("authorization")));
}

#[tokio::test]
async fn a_last_page_that_names_itself_ends_the_list_with_its_items_kept() {
    let itself = r#"{"people":[2],"token":"z"}"#;
    let script =
        Script::new(&[Step::Answer(200, r#"{"people":[1],"token":"z"}"#), Step::Answer(200, itself)]);
    let mut pages = list(&script);

    assert_eq!(pages.next_page().await.unwrap(), Some(vec![1]));
    assert_eq!(pages.next_page().await.unwrap(), Some(vec![2]));
    assert_eq!(pages.next_page().await.unwrap(), None);
    assert_eq!(script.attempts(), 2);
}

#[tokio::test]
async fn a_list_that_leads_back_to_an_earlier_page_ends_with_an_error() {
    let script = Script::new(&[
        Step::Answer(200, r#"{"people":[1],"next":"/b"}"#),
        Step::Answer(200, r#"{"people":[2],"next":"/c"}"#),
        Step::Answer(200, r#"{"people":[3],"next":"/b"}"#),
    ]);
    let mut pages = list(&script);
    let mut people = Vec::new();

    let error = loop {
        match pages.next_page().await {
            Ok(page) => people.extend(page.unwrap()),
            Err(error) => break error,
        }
    };

    assert_eq!((error.kind(), people), (ErrorKind::Unexpected, vec![1, 2, 3]));
    assert_eq!((pages.next_page().await.unwrap(), script.attempts()), (None, 3));
}

#[tokio::test]
async fn pages_without_an_item_do_not_go_on_for_ever() {
    let steps: Vec<_> = (0..100)
        .map(|number| &*format!(r#"{{"people":[],"token":"{number}x"}}"#).leak())
        .map(|body| Step::Answer(200, body))
        .collect();
    let script = Script::new(&steps);
    let mut pages = list(&script);

    for _ in 0..100 {
        assert_eq!(pages.next_page().await.unwrap(), Some(Vec::new()));
    }

    assert_eq!(pages.next_page().await.unwrap_err().kind(), ErrorKind::Unexpected);
    assert_eq!((pages.next_page().await.unwrap(), script.attempts()), (None, 100));
}

#[tokio::test]
async fn a_link_to_another_origin_is_not_followed_and_costs_no_item() {
    for link in [
        "https://evil.example/v1/people",
        "//evil.example/v1/people",
        "http://rota.example.com/v1/people",
        "https://rota.example.com:444/v1/people",
        "https://user@rota.example.com/v1/people",
    ] {
        let page = format!(r#"{{"people":[1],"next":"{link}"}}"#).leak();
        let script = Script::new(&[Step::Answer(200, page)]);
        let mut pages = list(&script);

        assert_eq!(pages.next_page().await.unwrap(), Some(vec![1]), "{link}");
        assert_eq!(pages.next_page().await.unwrap_err().kind(), ErrorKind::Unexpected, "{link}");
        assert_eq!(script.attempts(), 1);
    }
}

#[tokio::test]
async fn a_page_that_failed_or_could_not_be_read_can_be_asked_for_again() {
    let page = Step::Answer(200, r#"{"people":[1]}"#);
    let script = Script::new(&[Step::Answer(400, "{}"), Step::Answer(200, "[]"), page]);
    let mut pages = list(&script);

    assert_eq!(pages.next_page().await.unwrap_err().kind(), ErrorKind::Refused);
    assert_eq!(pages.next_page().await.unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(pages.next_page().await.unwrap(), Some(vec![1]));
    assert_eq!(pages.next_page().await.unwrap(), None);
}
