//! The program that publishes the Studio flow, against the Twilio that the client's own tests remember things with.

use std::process::Output;

use serde_json::{Value, json};
use wiremock::MockServer;

use crate::server::program;
use crate::twilio_fake::{ACCOUNT, Fake};

const TOKEN: &str = "canary-token-77aa";
const WORKFLOW: &str = "WW00000000000000000000000000000001";

const SETTINGS: [(&str, &str); 7] = [
    ("CONNECTOR_URL", "https://connector.example.com/"),
    ("REGISTRATION_KEY", "a-key-for-this-alone"),
    ("FUNCTION_URL", "https://functions.example.com/name"),
    ("FLEX_WORKFLOW", WORKFLOW),
    ("FLEX_CHANNEL", "TC00000000000000000000000000000001"),
    ("TWILIO_ACCOUNT_SID", ACCOUNT),
    ("TWILIO_AUTH_TOKEN", TOKEN),
];

/// Runs the program with these settings, some of them changed.
async fn run(server: &MockServer, arguments: &[&str], changed: &[(&str, &str)]) -> Output {
    let mut command = program("flex_flow");
    command.env("TWILIO_URL", server.uri()).envs(SETTINGS).envs(changed.iter().copied()).args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    assert!(!String::from_utf8_lossy(&said).contains(TOKEN), "the token was printed");
    output
}

fn complaint(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn the_flow_of_the_article_is_printed_with_every_failure_wired_to_a_person() {
    let output = tokio::task::spawn_blocking(|| program("flex_flow").output().unwrap()).await.unwrap();

    assert!(output.status.success());
    let flow: Value = serde_json::from_slice(&output.stdout).unwrap();
    let states = flow["states"].as_array().unwrap();
    let kinds: Vec<_> = states.iter().map(|state| state["type"].as_str().unwrap()).collect();
    let expected =
        ["trigger", "make-http-request", "run-function", "fork-stream", "send-to-flex", "say-play"];
    assert_eq!(kinds, expected);
    assert_eq!(states[3]["properties"]["stream_track"], "both_tracks");
    assert_eq!(states[3]["properties"]["stream_transport_type"], "siprec");
    let ways = |state: usize| {
        let ways = states[state]["transitions"].as_array().unwrap();
        ways.iter().map(|way| (way["event"].clone(), way["next"].clone())).collect::<Vec<_>>()
    };
    assert!(ways(1).contains(&(json!("failed"), json!("send_to_agent"))));
    assert!(ways(2).contains(&(json!("fail"), json!("send_to_agent"))));
    assert_eq!(ways(3), [(json!("next"), json!("send_to_agent"))]);
    assert!(ways(4).contains(&(json!("failedToEnqueue"), json!("say_sorry"))));
}

#[tokio::test]
async fn a_flow_is_made_left_alone_while_it_is_the_same_and_changed_when_it_is_not() {
    let (fake, server) = Fake::start().await;
    let sid = format!("FW{:032x}", 1);
    let again = ["--publish", "--flow", &sid];

    let made = run(&server, &["--publish"], &[]).await;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(String::from_utf8_lossy(&made.stderr).contains(&sid));
    assert_eq!(fake.definition(0), serde_json::from_slice::<Value>(&made.stdout).unwrap());
    assert_eq!(fake.flows(), (1, 1));

    let same = run(&server, &again, &[]).await;
    assert!(same.status.success() && String::from_utf8_lossy(&same.stderr).contains("0 changes"));
    assert_eq!(fake.flows(), (1, 1));

    let changed = run(&server, &again, &[("SIPREC_CONNECTOR", "another")]).await;
    assert!(changed.status.success());
    assert!(String::from_utf8_lossy(&changed.stderr).contains("1 changes: [Property(\"fork_audio\""));
    assert_eq!(fake.flows(), (1, 2));
    assert_eq!(fake.definition(0)["states"][3]["properties"]["stream_connector"], "another");
}

#[tokio::test]
async fn wrong_settings_are_named_before_anything_is_sent() {
    let (fake, server) = Fake::start().await;
    for (name, value, expected) in [
        ("REGISTRATION_KEY", "", "set REGISTRATION_KEY to publish the flow"),
        ("TWILIO_AUTH_TOKEN", "", "set TWILIO_AUTH_TOKEN to publish the flow"),
        ("CONNECTOR_URL", "connector", "CONNECTOR_URL: relative URL without a base"),
        ("FLEX_WORKFLOW", "TC1", "FLEX_WORKFLOW: not a Twilio identifier of this kind: `WW`"),
        ("TWILIO_ACCOUNT_SID", "SK1", "TWILIO_ACCOUNT_SID: not a Twilio identifier of this kind: `AC`"),
        ("TWILIO_AUTH_TOKEN", "a b", "TWILIO_AUTH_TOKEN: the secret contains white space"),
        ("TWILIO_URL", "http://twilio.example.com", "the base url is neither https nor on this machine"),
    ] {
        let said = complaint(&run(&server, &["--publish"], &[(name, value)]).await);
        assert!(said.contains(expected), "{name}: {said}");
    }
    let said = complaint(&run(&server, &["--flow", "x"], &[]).await);
    assert!(said.contains("`FW`"), "{said}");
    assert!(complaint(&run(&server, &["--publsh"], &[]).await).contains("publsh"));
    assert_eq!(fake.flows(), (0, 0));
    let missing = format!("FW{:032x}", 9);
    let said = complaint(&run(&server, &["--publish", "--flow", &missing], &[]).await);
    assert!(said.contains("there is no such resource"), "{said}");
}
