//! Events by the Streaming API: what comes is an event or an error, and what is odd stops no event that stands before it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, header};
use salesforce_client::{
    Client,
    streaming::{Channel, Event, OnUnknownReplayId, ReplayFrom, ReplayId},
};

use super::org::{Answer, client, run};
use crate::{
    bound::check_values,
    edit::{check_seeded, seeded},
    seeds::BAYEUX,
};

const HANDSHAKE: &str = r#"[{"channel":"/meta/handshake","successful":true,"clientId":"c"}]"#;
const SUBSCRIBED: &str =
    r#"[{"channel":"/meta/subscribe","successful":true,"subscription":"/data/CaseChangeEvent"}]"#;
const EVENT: &str = r#"[{"channel":"/data/CaseChangeEvent","data":{"payload":{"Subject":"It smokes."},"event":{"replayId":11}}},
    {"channel":"/meta/connect","successful":true}]"#;
const COOKIES: [&str; 8] = [
    "BAYEUX_BROWSER=a1; Path=/; Secure; HttpOnly",
    "sticky=1; Max-Age=0",
    "sticky=1; max-age = -99999999999999999999",
    "=nameless",
    "name=",
    "a=b=c; ; ;=;Max-Age",
    "\u{e9}=\u{1f600}",
    ";",
];

/// How long somebody listens. The time stands still, so it takes none.
const LISTENS: Duration = Duration::from_secs(3_600);

fn answer(body: &[u8]) -> Answer {
    Answer { status: 200, body: Bytes::copy_from_slice(body), ..Answer::default() }
}

/// Listens until the stream ends or nothing more comes.
async fn listen(org: &Client) -> Vec<Event> {
    let subscribe = org
        .subscribe(Channel::changes("Case").unwrap())
        .from(ReplayFrom::After(ReplayId::new(10)))
        .on_unknown_replay_id(OnUnknownReplayId::Earliest);
    let mut heard = Vec::new();
    let _ = tokio::time::timeout(LISTENS, async {
        let mut events = subscribe.await?;
        while let Some(event) = events.next().await? {
            let _ = format!("{event:?} {:?}", event.record_ids());
            heard.push(event);
        }
        Ok::<_, salesforce_client::Error>(())
    })
    .await;
    heard
}

fn exercise(body: &[u8]) {
    // As the first answer, and as one to a session that is at work.
    run(listen(&client(vec![answer(body); 6])));
    let at_work = [HANDSHAKE, SUBSCRIBED, EVENT].map(|body| answer(body.as_bytes()));
    let heard = run(listen(&client(at_work.into_iter().chain(vec![answer(body); 6]))));
    assert_eq!(heard.first().and_then(|event| event.payload["Subject"].as_str()), Some("It smokes."));
}

#[test]
fn any_answer_is_events_or_an_error_and_costs_no_event_before_it() {
    check_seeded!(BAYEUX, exercise);
}

#[test]
fn any_cookies_and_status_cost_no_event_before_them() {
    check_values!((Vec<(u8, Vec<u8>)>, u16, Vec<u8>), |(cookies, status, edits)| {
        let headers: Vec<_> = cookies
            .iter()
            .filter_map(|(known, bytes)| {
                let known = COOKIES.get(usize::from(*known) % 12);
                let value = known.map_or(bytes.as_slice(), |cookie| cookie.as_bytes());
                Some((header::SET_COOKIE, HeaderValue::from_bytes(value).ok()?))
            })
            .collect();
        let with = |body: &[u8]| Answer { headers: headers.clone(), ..answer(body) };
        let odd = Answer { status: 200 + status % 400, ..with(&seeded(&BAYEUX, edits)) };
        let at_work = [HANDSHAKE, SUBSCRIBED, EVENT].map(|body| with(body.as_bytes()));
        let heard = run(listen(&client(at_work.into_iter().chain(vec![odd; 6]))));
        assert_eq!(heard.first().and_then(|event| event.payload["Subject"].as_str()), Some("It smokes."));
    });
}
