//! The Streaming API as a client sees it: who hears of what, and in which words.

use std::time::Duration;

use reqwest::{Method, header};
use salesforce_emulator::{CustomObject, Field, Org};
use serde_json::{Value, json};

use crate::caller::{Caller, code, org};

/// One session, by hand.
pub(crate) struct Listener<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) cookies: String,
    pub(crate) client: String,
}

impl<'a> Listener<'a> {
    pub(crate) async fn new(caller: &'a Caller) -> Self {
        let mut listener = Self { caller, cookies: String::new(), client: String::new() };
        let answer = listener.send(&listener.message("/meta/handshake", &json!({}))).await;
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
        let pairs: Vec<String> =
            cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        listener.cookies = pairs.join("; ");
        let answer: Value = answer.json().await.unwrap();
        answer[0]["clientId"].as_str().unwrap().clone_into(&mut listener.client);
        listener
    }

    fn message(&self, channel: &str, more: &Value) -> Value {
        let mut message = json!({ "channel": channel, "id": "1", "clientId": self.client });
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        message
    }

    pub(crate) async fn send(&self, message: &Value) -> reqwest::Response {
        let request = self.caller.http.post(format!("{}/cometd/66.0", self.caller.base));
        let request = request.bearer_auth(&self.caller.token).header(header::COOKIE, &self.cookies);
        request.json(&[message]).send().await.unwrap()
    }

    pub(crate) async fn ask(&self, channel: &str, more: Value) -> Vec<Value> {
        let answer = self.send(&self.message(channel, &more)).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    pub(crate) async fn subscribe(&self, channel: &str, replay: i64) -> Value {
        let base = channel.split('?').next().unwrap();
        let more = json!({ "subscription": channel, "ext": { "replay": { base: replay } } });
        self.ask("/meta/subscribe", more).await.remove(0)
    }

    /// The data of the events that come with the next answer.
    pub(crate) async fn events(&self) -> Vec<Value> {
        let mut messages = self.ask("/meta/connect", json!({ "connectionType": "long-polling" })).await;
        let answer = messages.pop().unwrap();
        assert_eq!(
            (&answer["channel"], &answer["successful"]),
            (&json!("/meta/connect"), &json!(true)),
            "{answer}"
        );
        messages.into_iter().map(|message| message["data"].clone()).collect()
    }
}

pub(crate) async fn events_org() -> Org {
    let event = CustomObject::new("Call_Ended__e")
        .field(Field::text("Key__c", 40).required())
        .field(Field::number("Seconds__c", 6, 0));
    let org = org().object(event).track_changes("Case").start().await.unwrap();
    org.streaming().set_times(Duration::from_millis(400), Duration::from_secs(40));
    org
}

async fn topic(caller: &Caller, name: &str, query: &str, fields: &str) -> String {
    let body = json!({ "Name": name, "Query": query, "ApiVersion": 66.0, "NotifyForFields": fields });
    caller.create("PushTopic", body).await
}

#[tokio::test]
async fn a_push_topic_tells_of_creations_changes_and_deletions_of_what_it_selects() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    topic(&caller, "Urgent", "SELECT Id, Subject FROM Case WHERE Priority = 'High'", "Referenced").await;
    let listener = Listener::new(&caller).await;
    assert_eq!(listener.subscribe("/topic/Urgent", -1).await["successful"], true);
    assert!(listener.events().await.is_empty(), "the first answer comes at once");

    caller.create("Case", json!({ "Subject": "calm", "Priority": "Low" })).await;
    let id = caller.create("Case", json!({ "Subject": "loud", "Priority": "High" })).await;
    caller.patch(&format!("/sobjects/Case/{id}"), json!({ "Description": "not referenced" })).await;
    caller.patch(&format!("/sobjects/Case/{id}"), json!({ "Subject": "louder" })).await;
    caller.delete(&format!("/sobjects/Case/{id}")).await;

    let events = listener.events().await;
    let told: Vec<(&str, &Value)> =
        events.iter().map(|data| (data["event"]["type"].as_str().unwrap(), &data["sobject"])).collect();
    assert_eq!(
        told,
        [
            ("created", &json!({ "Id": id, "Subject": "loud" })),
            ("updated", &json!({ "Id": id, "Subject": "louder" })),
            ("deleted", &json!({ "Id": id })),
        ]
    );
}

#[tokio::test]
async fn the_rule_of_a_topic_decides_which_changes_count() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    let query = "SELECT Id, Subject FROM Case WHERE Priority = 'High'";
    for rule in ["All", "Referenced", "Select", "Where"] {
        topic(&caller, rule, query, rule).await;
    }
    let id = caller.create("Case", json!({ "Subject": "a", "Priority": "Low" })).await;
    for change in [
        json!({ "Priority": "High" }),
        json!({ "Subject": "b" }),
        json!({ "Description": "c" }),
        json!({ "Priority": "Low" }),
    ] {
        caller.patch(&format!("/sobjects/Case/{id}"), change).await;
    }
    let count = |rule: &str| org.streaming().kept(&format!("/topic/{rule}")).len();
    assert_eq!([count("All"), count("Referenced"), count("Select"), count("Where")], [3, 2, 1, 1]);
}

#[tokio::test]
async fn a_topic_that_cannot_be_watched_is_refused() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    for query in [
        "SELECT Subject FROM Case",
        "SELECT Id FROM Nothing__c",
        "SELECT Id, Account.Name FROM Case",
        "SELECT Id FROM Case LIMIT 5",
        "SELECT COUNT(Id) FROM Case",
    ] {
        let body = json!({ "Name": "T", "Query": query, "ApiVersion": 66.0 });
        assert_eq!(code(&caller.post("/sobjects/PushTopic", body).await), (400, "INVALID_FIELD"), "{query}");
    }
}

#[tokio::test]
async fn a_subscriber_filter_narrows_a_topic_to_one_owner() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    topic(&caller, "All", "SELECT Id, Subject, Origin FROM Case", "Referenced").await;
    let listener = Listener::new(&caller).await;
    let channel = "/topic/All?Origin='Phone'";
    assert_eq!(listener.subscribe(channel, -1).await["subscription"], channel);
    listener.events().await;
    caller.create("Case", json!({ "Subject": "mail", "Origin": "Web" })).await;
    caller.create("Case", json!({ "Subject": "call", "Origin": "Phone" })).await;
    let events = listener.events().await;
    assert_eq!(events.iter().map(|data| &data["sobject"]["Subject"]).collect::<Vec<_>>(), ["call"]);
}

#[tokio::test]
async fn a_platform_event_is_told_and_is_no_record() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    let listener = Listener::new(&caller).await;
    listener.subscribe("/event/Call_Ended__e", -1).await;
    let (status, answer) =
        caller.post("/sobjects/Call_Ended__e", json!({ "Key__c": "k", "Seconds__c": 5 })).await;
    assert_eq!((status, &answer["errors"][0]["statusCode"]), (201, &json!("OPERATION_ENQUEUED")));
    assert_eq!(
        code(&caller.post("/sobjects/Call_Ended__e", json!({})).await),
        (400, "REQUIRED_FIELD_MISSING")
    );
    assert_eq!(code(&caller.query("SELECT Id FROM Call_Ended__e").await), (400, "INVALID_TYPE"));
    let events = listener.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["payload"]["Key__c"], &events[0]["payload"]["Seconds__c"]),
        (&json!("k"), &json!(5.0))
    );
    assert!(events[0]["event"]["replayId"].is_i64() && events[0]["schema"].is_string());
    assert!(org.records("Call_Ended__e").is_empty());
}

#[tokio::test]
async fn change_events_hold_what_changed_and_nothing_that_was_rolled_back() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    let id = caller.create("Case", json!({ "Subject": "a", "Priority": "High" })).await;
    caller.patch(&format!("/sobjects/Case/{id}"), json!({ "Subject": "b", "Priority": null })).await;
    let failing = json!({ "allOrNone": true, "compositeRequest": [
        { "method": "PATCH", "url": format!("/services/data/v66.0/sobjects/Case/{id}"), "referenceId": "a", "body": { "Subject": "c" } },
        { "method": "POST", "url": "/services/data/v66.0/sobjects/Contact", "referenceId": "b", "body": {} },
    ] });
    caller.post("/composite", failing).await;
    caller.create("Account", json!({ "Name": "not tracked" })).await;
    caller.delete(&format!("/sobjects/Case/{id}")).await;

    let events = org.streaming().kept("/data/CaseChangeEvent");
    let header = |at: usize| events[at]["payload"]["ChangeEventHeader"].clone();
    let kinds: Vec<Value> = (0..events.len()).map(|at| header(at)["changeType"].clone()).collect();
    assert_eq!(kinds, ["CREATE", "UPDATE", "DELETE"]);
    assert_eq!(header(0)["recordIds"], json!([id]));
    assert_eq!(header(1)["changedFields"], json!(["LastModifiedDate", "Priority", "Subject"]));
    assert_eq!(events[1]["payload"]["Subject"], "b");
    assert!(events[1]["payload"].as_object().unwrap()["Priority"].is_null());
    assert!(events[1]["payload"].get("Origin").is_none());
    assert_eq!(org.streaming().kept("/data/ChangeEvents").len(), 3);
}

#[tokio::test]
async fn a_generic_channel_carries_texts() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    let id = caller.create("StreamingChannel", json!({ "Name": "/u/Notices" })).await;
    let listener = Listener::new(&caller).await;
    listener.subscribe("/u/Notices", -1).await;
    let body = json!({ "pushEvents": [{ "payload": "one", "userIds": [] }, { "payload": "two" }] });
    let (status, answer) = caller.post(&format!("/sobjects/StreamingChannel/{id}/push"), body).await;
    assert_eq!((status, answer.as_array().unwrap().len()), (200, 2));
    org.push_text("/u/Notices", "three");
    let texts: Vec<Value> = listener.events().await.into_iter().map(|data| data["payload"].clone()).collect();
    assert_eq!(texts, ["one", "two", "three"]);
}

#[tokio::test]
async fn replay_gives_all_what_follows_or_what_comes_and_refuses_an_unknown_place() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    for key in ["a", "b", "c"] {
        caller.create("Call_Ended__e", json!({ "Key__c": key })).await;
    }
    let places: Vec<i64> = org
        .streaming()
        .kept("/event/Call_Ended__e")
        .iter()
        .map(|data| data["event"]["replayId"].as_i64().unwrap())
        .collect();
    for (replay, expected) in [(-2, 3), (places[0], 2), (places[2], 0), (-1, 0)] {
        let listener = Listener::new(&caller).await;
        assert_eq!(listener.subscribe("/event/Call_Ended__e", replay).await["successful"], true);
        assert_eq!(listener.events().await.len(), expected, "{replay}");
    }
    let listener = Listener::new(&caller).await;
    for unknown in [9_999, -3] {
        let refusal = listener.subscribe("/event/Call_Ended__e", unknown).await;
        assert!(refusal["error"].as_str().unwrap().starts_with("400::The replayId"), "{refusal}");
    }
    org.streaming().forget("/event/Call_Ended__e");
    assert_eq!(listener.subscribe("/event/Call_Ended__e", places[2]).await["successful"], false);
    assert_eq!(listener.subscribe("/event/Nobody__e", -1).await["error"], "404::Unknown channel");
}

#[tokio::test]
async fn other_methods_and_old_versions_have_no_streaming() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    for (method, path) in
        [(Method::GET, "/cometd/66.0"), (Method::POST, "/cometd/36.0"), (Method::POST, "/cometd/x")]
    {
        let answer =
            caller.http.request(method, format!("{}{path}", caller.base)).json(&json!([])).send().await;
        assert_eq!(answer.unwrap().status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_filtered_replay_begins_at_its_place_and_gives_what_passes() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    topic(&caller, "All", "SELECT Id, Subject, Origin FROM Case", "Referenced").await;
    for (subject, origin) in [("1", "Phone"), ("2", "Web"), ("3", "Phone")] {
        caller.create("Case", json!({ "Subject": subject, "Origin": origin })).await;
    }
    let kept = org.streaming().kept("/topic/All");
    let first = kept[0]["event"]["replayId"].as_i64().unwrap();
    for (replay, expected) in [(-2, vec!["1", "3"]), (first, vec!["3"]), (-1, vec![])] {
        let listener = Listener::new(&caller).await;
        let answer = listener.subscribe("/topic/All?Origin='Phone'", replay).await;
        assert_eq!(answer["successful"], true, "{answer}");
        let events = listener.events().await;
        assert_eq!(events.iter().map(|data| &data["sobject"]["Subject"]).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn a_replay_map_names_the_channel_without_its_filter() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    topic(&caller, "All", "SELECT Id, Origin FROM Case", "Referenced").await;
    let listener = Listener::new(&caller).await;
    let channel = "/topic/All?Origin='Phone'";
    let asked = async |replay: Value| {
        let more = json!({ "subscription": channel, "ext": { "replay": replay } });
        listener.ask("/meta/subscribe", more).await.remove(0)
    };
    let refusal = asked(json!({ channel: -1 })).await;
    assert_eq!(
        refusal["error"],
        "400::The replayId for channel {/topic/All} wasn't found using the provided replay ID map \
         {{/topic/All?Origin='Phone'=-1}}. Ensure that the channel name you provided in the replay map is valid and \
         matches the channel name used for subscribing."
    );
    assert!(org.streaming().listened().is_empty());
    let refusal = asked(json!({ "/topic/All": "first" })).await;
    assert!(refusal["error"].as_str().unwrap().starts_with("400::The replayId {\"first\"}"), "{refusal}");
    for fine in [json!({ "/topic/All": -1, "/topic/Other": 5 }), json!({}), json!(null)] {
        assert_eq!(asked(fine).await["successful"], true);
    }
}
