//! Lists over real HTTP, from a server that cuts its pages in the middle of a moment.

use jiff::Timestamp;
use serde_json::{Value, json};
use vapi_types::client::ErrorKind;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::path};

use super::exchange::client;

/// Answers as Vapi does: the newest first, within the window, up to the limit.
fn page(items: &[Value], request: &Request) -> ResponseTemplate {
    let query = |name: &str| {
        request.url.query_pairs().find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    };
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let until = query("createdAtLe").map(|text| time(&text));
    let limit = query("limit").unwrap().parse().unwrap();
    let within = |item: &&Value| until.is_none_or(|until| time(item["createdAt"].as_str().unwrap()) <= until);
    let mut found: Vec<&Value> = items.iter().filter(within).collect();
    found.sort_by_key(|item| std::cmp::Reverse(time(item["createdAt"].as_str().unwrap())));
    found.truncate(limit);
    ResponseTemplate::new(200).set_body_json(found)
}

fn item(index: usize, second: usize) -> Value {
    json!({"id": format!("id-{index}"), "type": "function", "createdAt": format!("2026-11-20T10:00:{second:02}.000Z")})
}

#[tokio::test]
async fn items_of_equal_time_are_neither_lost_nor_repeated_between_pages() {
    // Runs of equal times, longer and shorter than a page.
    let items: Vec<Value> = (0..60).map(|index| item(index, index / 7)).collect();
    for (path_of, size) in [("/call", 3), ("/assistant", 10), ("/tool", 7), ("/phone-number", 60)] {
        let server = MockServer::start().await;
        let answers = items.clone();
        Mock::given(path(path_of))
            .respond_with(move |request: &Request| page(&answers, request))
            .mount(&server)
            .await;
        let client = client(&server);

        let mut ids: Vec<String> = match path_of {
            "/call" => client
                .calls()
                .list()
                .page_size(size)
                .all()
                .await
                .unwrap()
                .into_iter()
                .map(|call| call.id.unwrap())
                .collect(),
            "/assistant" => client
                .assistants()
                .list()
                .page_size(size)
                .all()
                .await
                .unwrap()
                .into_iter()
                .map(|stored| stored.id)
                .collect(),
            "/tool" => client
                .tools()
                .list()
                .page_size(size)
                .all()
                .await
                .unwrap()
                .into_iter()
                .map(|stored| stored.id)
                .collect(),
            _ => client
                .phone_numbers()
                .list()
                .page_size(size)
                .all()
                .await
                .unwrap()
                .into_iter()
                .map(|number| number.id.unwrap())
                .collect(),
        };

        assert_eq!(ids.len(), 60, "{path_of}");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 60, "{path_of}");
    }
}

#[tokio::test]
async fn a_failed_page_can_be_asked_for_again_and_the_filters_stay() {
    let server = MockServer::start().await;
    let items: Vec<Value> = (0..5).map(|index| item(index, index)).collect();
    let refused = ResponseTemplate::new(401);
    Mock::given(path("/call")).respond_with(refused).up_to_n_times(1).expect(1).mount(&server).await;
    Mock::given(path("/call"))
        .respond_with(move |request: &Request| page(&items, request))
        .mount(&server)
        .await;
    let mut list = client(&server).calls().list().assistant_id("a1").phone_number_id("p1").page_size(4);

    let error = list.next_page().await.unwrap_err();
    let mut sizes = Vec::new();
    while let Some(page) = list.next_page().await.unwrap() {
        sizes.push(page.len());
    }

    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(sizes.iter().sum::<usize>(), 5);
    for request in server.received_requests().await.unwrap() {
        let query = request.url.query().unwrap();
        assert!(query.contains("assistantId=a1") && query.contains("phoneNumberId=p1"));
    }
}
