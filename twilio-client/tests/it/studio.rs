//! Flows: what they are written as, what is wrong with them, what would change.

use serde_json::json;
use twilio_client::resource::studio::flow::{
    Condition, Difference, Finding, Flow, ForkStream, HttpRequest, RunFunction, SayPlay, SendToFlex, Split,
    State, Trigger,
};

/// Registers, names the conversation, forks the audio and hands over; what fails goes to the agent at once.
fn flow() -> Flow {
    Flow::new("Agent assist", Trigger::new("Trigger").on_call("register"))
        .with(HttpRequest::post("register", "https://h/register").on_success("name").on_failed("agent"))
        .with(
            RunFunction::new("name", "https://h/name")
                .parameter("token", "{{widgets.register.parsed.token}}")
                .on_success("fork")
                .on_fail("agent"),
        )
        .with(
            ForkStream::siprec("fork", "assist", "both_tracks")
                .stream_name("assist")
                .parameter("conversation", "c")
                .on_next("agent"),
        )
        .with(
            SendToFlex::new("agent", "WW1", "TC1")
                .attributes(&json!({"from": "{{trigger.call.From}}"}))
                .on_failed_to_enqueue("sorry"),
        )
        .with(SayPlay::say("sorry", "Please call again."))
}

#[test]
fn a_flow_is_written_as_studio_reads_it_and_reads_back_as_it_was() {
    let json = flow().to_json();

    assert_eq!(json["initial_state"], "Trigger");
    assert_eq!(json["flags"], json!({"allow_concurrent_calls": true}));
    let fork = &json["states"][3];
    assert_eq!((&fork["type"], &fork["name"]), (&json!("fork-stream"), &json!("fork")));
    assert_eq!(fork["transitions"], json!([{"event": "next", "next": "agent"}]));
    assert_eq!(fork["properties"]["stream_parameters"], json!([{"key": "conversation", "value": "c"}]));
    assert_eq!(fork["properties"]["stream_track"], "both_tracks");
    assert_eq!(json["states"][4]["properties"]["attributes"], r#"{"from":"{{trigger.call.From}}"}"#);

    let read = Flow::from_json(&json).unwrap();
    assert_eq!(read.to_json(), json);
    assert!(flow().changes_from(&read).is_empty());
    assert!(Flow::from_json(&json!({"states": [{"name": "a"}]})).is_err());
}

#[test]
fn a_flow_whose_failures_go_to_a_person_has_no_findings() {
    assert_eq!(flow().lint(), []);
}

#[test]
fn every_fault_of_a_flow_is_found() {
    let failed = |state: &str, event: &str| (state.to_owned(), event.to_owned());
    let faulty = Flow::new("", Trigger::new("Trigger").on_call("a"))
        .with(HttpRequest::post("a", "u").on_success("b").on_failed("b"))
        .with(State::new("b", "run-function").on("success", Some("gone")).on("failed", Some("a")))
        .with(RunFunction::new("c", "u").on_success("a"))
        .with(SayPlay::say("c", "x"))
        .with(State::new("d", "novelty").on("anything", Some("a")));

    let findings = faulty.lint();

    let (state, event) = failed("a", "failed");
    assert!(findings.contains(&Finding::FailureIgnored { state, event }));
    let (state, event) = failed("b", "success");
    assert!(findings.contains(&Finding::DanglingTransition { state, event, next: "gone".into() }));
    let (state, event) = failed("b", "failed");
    assert!(findings.contains(&Finding::UnknownEvent { state, kind: "run-function".into(), event }));
    let (state, event) = failed("c", "fail");
    assert!(findings.contains(&Finding::FailureEndsCall { state, event }));
    assert!(findings.contains(&Finding::DuplicateName("c".into())));
    assert!(findings.contains(&Finding::Unreachable("d".into())));
    assert_eq!(findings.iter().filter(|finding| finding.is_error()).count(), 3);
    let nowhere = Flow::from_json(&json!({"states": [], "initial_state": "x"})).unwrap();
    assert_eq!(nowhere.lint(), [Finding::NoInitialState("x".into())]);
}

#[test]
fn a_split_goes_by_its_conditions() {
    let split =
        Split::new("vip", "{{flow.data.vip}}").when(&Condition::equals("yes"), "agent").on_no_match("ai");
    let flow = Flow::new("", Trigger::new("Trigger").on_request("vip"))
        .with(split)
        .with(SayPlay::say("agent", "a"))
        .with(SayPlay::say("ai", "b"));

    let ways = &flow.to_json()["states"][1]["transitions"];
    assert_eq!(ways[0], json!({"event": "noMatch", "next": "ai"}));
    assert_eq!(ways[1]["event"], "match");
    assert_eq!(ways[1]["conditions"][0]["arguments"], json!(["{{flow.data.vip}}"]));
    assert_eq!((&ways[1]["conditions"][0]["type"], &ways[1]["next"]), (&json!("equal_to"), &json!("agent")));
    assert_eq!(flow.lint(), []);
}

#[test]
fn a_difference_names_the_state_and_what_of_it() {
    let mut deployed = flow().to_json();
    deployed["states"][0]["properties"]["offset"] = json!({"x": 500, "y": 500});
    assert!(flow().changes_from(&Flow::from_json(&deployed).unwrap()).is_empty());

    deployed["states"][1]["transitions"][1]["next"] = json!("fork");
    deployed["states"][3]["properties"]["stream_connector"] = json!("other");
    deployed["states"][5]["name"] = json!("goodbye");
    let differences = flow().changes_from(&Flow::from_json(&deployed).unwrap());

    let expected = [
        Difference::Removed("goodbye".into()),
        Difference::Transition("register".into(), "failed".into()),
        Difference::Property("fork".into(), "stream_connector".into()),
        Difference::Added("sorry".into()),
    ];
    assert_eq!(differences, expected);
}
