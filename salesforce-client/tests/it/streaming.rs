//! Events from a whole org, the emulator, over real HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::TryStreamExt;
use salesforce_client::auth::{AccessToken, ClientCredentials, TokenSource};
use salesforce_client::streaming::{
    Channel, Event, EventKind, EventSource, EventStream, FileReplayStore, MemoryReplayStore,
    OnUnknownReplayId, ReplayFrom, ReplayId,
};
use salesforce_client::{
    ApiVersion, Client, Error, ErrorKind, Limit, LoginHost, Result, RetryPolicy, SecretString,
};
use salesforce_emulator::{CustomObject, Fault, FaultPlan, Field, Org};
use serde_json::json;

use crate::canary;
use crate::scripted::{Scripted, Step};

/// Waits of a few milliseconds, so that a test of many failures is short.
fn prompt() -> RetryPolicy {
    RetryPolicy {
        max_attempts: u32::MAX,
        base_delay: Duration::from_millis(2),
        max_delay: Duration::from_millis(20),
        ..RetryPolicy::default()
    }
}

async fn org() -> Org {
    let event = CustomObject::new("Call_Ended__e").field(Field::number("Number__c", 9, 0));
    let org = crate::org::org().object(event).track_changes("Case").start().await.unwrap();
    org.streaming().set_times(Duration::from_millis(300), Duration::from_secs(40));
    org
}

fn client(org: &Org) -> Client {
    Client::builder(LoginHost::parse(org.url()).unwrap())
        .client_credentials("client", SecretString::from(canary::CLIENT_SECRET))
        .build()
        .unwrap()
}

fn calls() -> Channel {
    Channel::platform_event("Call_Ended__e").unwrap()
}

fn publish(org: &Org, number: u32) {
    org.insert("Call_Ended__e", json!({"Number__c": number})).unwrap();
}

fn number(event: &Event) -> u64 {
    let number = event.payload["Number__c"].as_f64().unwrap_or_else(|| panic!("{event:?} has no number"));
    format!("{number:.0}").parse().unwrap()
}

async fn take(events: &mut EventStream) -> Event {
    let next = tokio::time::timeout(Duration::from_secs(30), events.next()).await;
    next.expect("an event comes").unwrap().expect("the stream goes on")
}

async fn numbers(events: &mut EventStream, count: usize) -> Vec<u64> {
    let mut numbers = Vec::new();
    for _ in 0..count {
        numbers.push(number(&take(events).await));
    }
    numbers
}

/// Waits until the org sees what is to be seen, for a bounded time.
async fn until(what: &str, seen: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !seen() {
        assert!(Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn four_sorts_of_channels_are_heard_in_one_session() {
    let org = org().await;
    let topic = json!({"Name": "Urgent", "Query": "SELECT Id, Subject FROM Case", "ApiVersion": 66.0});
    org.insert("PushTopic", topic).unwrap();
    let mut events = client(&org)
        .subscribe(calls())
        .and(Channel::changes("Case").unwrap())
        .and(Channel::push_topic("Urgent").unwrap().filter("Subject", "loud").unwrap())
        .and(Channel::generic("Notices").unwrap())
        .await
        .unwrap();

    publish(&org, 1);
    org.insert("Case", json!({"Subject": "calm"})).unwrap();
    let id = org.insert("Case", json!({"Subject": "loud"})).unwrap();
    org.push_text("/u/Notices", "hello");

    let mut heard = Vec::new();
    for _ in 0..5 {
        let event = take(&mut events).await;
        heard.push((event.channel.to_string(), event.kind.clone()));
        match event.channel.to_string().as_str() {
            "/topic/Urgent" => assert_eq!(event.record_ids(), [id.as_str()]),
            "/u/Notices" => assert_eq!(event.payload_as::<String>().unwrap(), "hello"),
            _ => {}
        }
    }
    heard.sort_by(|a, b| a.0.cmp(&b.0));
    let kinds: Vec<EventKind> = heard.into_iter().map(|(_, kind)| kind).collect();
    let expected = [
        EventKind::Created,
        EventKind::Created,
        EventKind::Published,
        EventKind::Created,
        EventKind::Published,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(org.streaming().sessions(), 1);
    assert_eq!(org.stats().api_calls, 0, "listening costs no API call");
}

#[tokio::test]
async fn a_thousand_events_come_once_and_in_order_through_every_fault() {
    let org = org().await;
    org.streaming().set_times(Duration::from_millis(15), Duration::from_secs(40));
    let client = client(&org);
    let mut events =
        client.subscribe(calls()).from(ReplayFrom::Earliest).buffer(16).retry_policy(prompt()).await.unwrap();
    let plan = FaultPlan::seeded(7)
        .cut_before_write(0.04)
        .cut_after_write(0.06)
        .unavailable(0.04)
        .unavailable_after_write(0.06)
        .bad_gateway(0.04)
        .token_expired(0.03);
    org.faults().set_streaming(plan);

    let publisher = async {
        for number in 1..=1_000_u32 {
            publish(&org, number);
            match number % 100 {
                25 => org.streaming().end_sessions(),
                50 => org.revoke_tokens(),
                75 => org.streaming().cut_polls(),
                _ => {}
            }
            if number % 10 == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    };
    let (seen, ()) = tokio::join!(numbers(&mut events, 1_000), publisher);

    assert_eq!(seen, (1..=1_000).collect::<Vec<u64>>());
    assert!(org.stats().faults > 5 && org.stats().handshakes > 10, "{:?}", org.stats());
}

#[tokio::test]
async fn a_consumer_that_was_killed_gets_the_event_it_was_dealing_with_again() {
    let org = org().await;
    let folder = std::env::temp_dir().join(format!("streaming-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let listen = || async {
        let store = FileReplayStore::new(folder.join("positions.json"));
        client(&org).subscribe(calls()).from(ReplayFrom::Earliest).store(store).await.unwrap()
    };
    (1..=6).for_each(|number| publish(&org, number));

    let mut first = listen().await;
    assert_eq!(numbers(&mut first, 3).await, [1, 2, 3]);
    drop(first);

    let mut second = listen().await;
    assert_eq!(numbers(&mut second, 2).await, [3, 4], "the third was not known to be dealt with");
    second.close().await.unwrap();

    let mut third = listen().await;
    assert_eq!(numbers(&mut third, 1).await, [5], "the fourth was, as the stream was closed after it");
    third.commit().await.unwrap();
    drop(third);

    assert_eq!(numbers(&mut listen().await, 1).await, [6]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn closing_takes_leave_of_the_org_even_while_a_connect_is_held() {
    let org = org().await;
    org.streaming().set_times(Duration::from_secs(100), Duration::from_secs(40));
    let events = client(&org).subscribe(calls()).await.unwrap();
    until("a connect is held", || org.stats().streaming_exchanges >= 4).await;
    assert_eq!(org.streaming().sessions(), 1);

    let began = Instant::now();
    let source: Box<dyn EventSource> = Box::new(events);
    source.close().await.unwrap();

    assert!(began.elapsed() < Duration::from_secs(60), "it did not wait for the hold to end");
    until("the session is gone", || org.streaming().sessions() == 0).await;
}

#[tokio::test]
async fn a_slow_consumer_holds_the_org_back_and_loses_nothing_when_its_session_ends() {
    let org = org().await;
    (1..=40).for_each(|number| publish(&org, number));
    let mut events = client(&org)
        .subscribe(calls())
        .from(ReplayFrom::Earliest)
        .buffer(4)
        .retry_policy(prompt())
        .await
        .unwrap();
    assert_eq!(numbers(&mut events, 1).await, [1]);
    // One connect brought all forty; with room for four, another one is not made.
    let before = org.stats().streaming_exchanges;
    (41..=60).for_each(|number| publish(&org, number));
    org.streaming().end_sessions();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(org.stats().streaming_exchanges, before);

    assert_eq!(numbers(&mut events, 59).await, (2..=60).collect::<Vec<u64>>());
    assert_eq!(org.stats().handshakes, 2);
}

#[tokio::test]
async fn a_position_the_org_forgot_is_left_as_the_policy_says() {
    let org = org().await;
    (1..=3).for_each(|number| publish(&org, number));
    org.streaming().forget("/event/Call_Ended__e");
    (4..=5).for_each(|number| publish(&org, number));
    let store = Arc::new(MemoryReplayStore::new());
    salesforce_client::streaming::ReplayStore::save(&store, &calls(), ReplayId::new(2)).await.unwrap();
    let client = client(&org);
    let listen = || client.subscribe(calls()).store(Arc::clone(&store));

    let refused = listen().on_unknown_replay_id(OnUnknownReplayId::Fail).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Rejected);
    assert!(refused.entries()[0].message().contains("replayId"));

    let mut earliest = listen().await.unwrap();
    assert_eq!(take(&mut earliest).await.kind, EventKind::Missed);
    assert_eq!(numbers(&mut earliest, 2).await, [4, 5]);
    drop(earliest);

    salesforce_client::streaming::ReplayStore::save(&store, &calls(), ReplayId::new(2)).await.unwrap();
    let mut latest = listen().on_unknown_replay_id(OnUnknownReplayId::Latest).await.unwrap();
    assert_eq!(take(&mut latest).await.kind, EventKind::Missed);
    publish(&org, 6);
    assert_eq!(numbers(&mut latest, 1).await, [6]);
}

#[tokio::test]
async fn an_ended_token_costs_one_login_and_no_event() {
    let org = org().await;
    let mut events = client(&org).subscribe(calls()).retry_policy(prompt()).await.unwrap();
    publish(&org, 1);
    assert_eq!(numbers(&mut events, 1).await, [1]);
    org.revoke_tokens();
    publish(&org, 2);
    assert_eq!(numbers(&mut events, 1).await, [2]);
    assert_eq!(org.stats().token_requests, 2);
}

#[tokio::test]
async fn an_org_that_is_down_for_a_while_is_waited_for() {
    let org = org().await;
    let mut events = client(&org).subscribe(calls()).retry_policy(prompt()).await.unwrap();
    publish(&org, 1);
    assert_eq!(numbers(&mut events, 1).await, [1]);
    org.faults().next_streaming(6, Fault::Html502);
    publish(&org, 2);
    until("the org was down", || org.stats().faults == 6).await;
    publish(&org, 3);
    assert_eq!(numbers(&mut events, 2).await, [2, 3]);
}

#[tokio::test]
async fn what_can_never_be_heard_is_refused_with_its_kind() {
    let org = org().await;
    let client = client(&org);
    let unknown = client.subscribe(Channel::platform_event("Nothing__e").unwrap()).await.unwrap_err();
    assert_eq!((unknown.kind(), unknown.code().unwrap().as_str()), (ErrorKind::Rejected, "BAYEUX_404"));

    let twice = client.subscribe(calls()).and(calls()).await.unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::InvalidRequest);

    let login = || Client::builder(LoginHost::parse(org.url()).unwrap());
    let stranger = login().client_credentials("client", SecretString::from("wrong")).build().unwrap();
    assert_eq!(stranger.subscribe(calls()).await.unwrap_err().kind(), ErrorKind::Authentication);

    let old = login()
        .client_credentials("client", SecretString::from(canary::CLIENT_SECRET))
        .api_version(ApiVersion::new(36))
        .build()
        .unwrap();
    assert_eq!(old.subscribe(calls()).await.unwrap_err().kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn an_org_that_accepts_nobody_in_time_is_a_deadline() {
    let org = org().await;
    org.faults().next_streaming(10_000, Fault::Unavailable503BeforeWrite);
    let deadline = Instant::now() + Duration::from_millis(150);
    let error = client(&org).subscribe(calls()).retry_policy(prompt()).deadline(deadline).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
}

#[tokio::test]
async fn failures_without_end_end_the_stream_where_the_policy_says() {
    let org = org().await;
    let policy = RetryPolicy { max_attempts: 5, ..prompt() };
    let events = client(&org).subscribe(calls()).retry_policy(policy).await.unwrap();
    org.faults().next_streaming(10_000, Fault::Unavailable503BeforeWrite);
    let ended: Result<Vec<Event>, _> = events.into_stream().try_collect().await;
    assert_eq!(ended.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_session_lost_before_the_first_event_says_that_some_may_be_missed() {
    let org = org().await;
    let mut events = client(&org).subscribe(calls()).retry_policy(prompt()).await.unwrap();
    org.streaming().end_sessions();
    publish(&org, 1);
    let missed = take(&mut events).await;
    assert_eq!((missed.kind, missed.channel), (EventKind::Missed, calls()));
    publish(&org, 2);
    assert_eq!(numbers(&mut events, 1).await, [2]);
}

/// Logs in, but is refused the second and third time, as a user is outside of login hours.
struct LoginHours(ClientCredentials, AtomicU32);

#[async_trait]
impl TokenSource for LoginHours {
    async fn fetch(&self) -> Result<AccessToken> {
        match self.1.fetch_add(1, Ordering::SeqCst) {
            1 => Err(Error::new(ErrorKind::Authentication, "not now")),
            2 => Err(Error::new(ErrorKind::Decode, "a page of maintenance")),
            _ => self.0.fetch().await,
        }
    }
}

#[tokio::test]
async fn a_stream_that_has_begun_outlives_a_login_that_is_refused_for_a_while() {
    let org = org().await;
    let host = LoginHost::parse(org.url()).unwrap();
    let login = ClientCredentials::new(host.clone(), "client", canary::CLIENT_SECRET.into()).unwrap();
    let client = Client::builder(host).login(LoginHours(login, AtomicU32::new(0))).build().unwrap();
    let mut events =
        client.subscribe(calls()).from(ReplayFrom::Earliest).retry_policy(prompt()).await.unwrap();
    publish(&org, 1);
    assert_eq!(numbers(&mut events, 1).await, [1]);
    org.revoke_tokens();
    publish(&org, 2);
    assert_eq!(numbers(&mut events, 1).await, [2]);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_too_long_for_room_is_told_what_the_org_said() {
    let crowded = r#"[{"channel":"/meta/handshake","successful":false,"id":"1",
        "error":"403::Organization concurrent user limit exceeded","advice":{"reconnect":"none"}}]"#;
    let transport = Scripted::new((0..50).map(|_| Step::Answer(200, crowded)));
    let deadline = Instant::now() + Duration::from_secs(20);
    let client = crate::scripted::client(&transport);
    let error = client.subscribe(calls()).deadline(deadline).await.map(drop).unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(error.to_string().contains("no room for another listener"), "{error}");
    let cause = std::error::Error::source(&error).unwrap().downcast_ref::<Error>().unwrap();
    assert_eq!(cause.limit(), Some(Limit::Concurrent));
    assert!((3..20).contains(&transport.count()), "it waits longer each time: {}", transport.count());
}
