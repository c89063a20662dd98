//! Starting with wrong settings, and stopping in the middle of a call.

use std::time::Duration;

use salesforce_emulator::{AfterStall, Fault};
use serde_json::json;

use crate::server::{Server, command, http, org, program};

#[test]
fn a_missing_setting_is_named_and_nothing_starts() {
    let output = command().output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("WEBHOOK_SECRET is not set"), "{said}");
}

#[test]
fn a_login_host_that_serves_no_client_credentials_is_named_and_nothing_starts() {
    let mut command = command();
    for (name, value) in [
        ("WEBHOOK_SECRET", "canary-webhook-secret-91be"),
        ("WEBHOOK_SCHEME", "bearer"),
        ("SF_LOGIN_URL", "https://login.salesforce.com"),
        ("SF_CLIENT_ID", "id"),
        ("SF_CLIENT_SECRET", "canary-client-secret-5d1f"),
    ] {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("My Domain") || said.contains("my.salesforce.com"), "{said}");
    assert!(!said.contains("canary"), "a secret was printed");
}

#[tokio::test]
async fn a_signal_to_stop_finishes_the_answer_under_way_and_leaves_the_write_to_the_journal() {
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let http = http();
    let mut server = Server::new(&org, folder.path());
    server.start(&http).await;
    let stall = Fault::Stall { lasting: Duration::from_secs(60), then: AfterStall::Nothing };
    org.faults().next(1, stall);
    let call = server.call(&http, "call");
    let under_way = tokio::spawn(async move {
        call.tool_call("1", "create_case", &json!({ "description": "It smokes." })).await
    });
    while org.stats().api_calls == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    let (took, well) = server.terminate().await;

    assert!(well && took < Duration::from_secs(10), "it took {took:?}");
    let answer = under_way.await.unwrap().unwrap();
    assert!(answer.sentence().contains("is being saved"), "{}", answer.sentence());
    server.start(&http).await;
    for _ in 0..500 {
        if org.count("Case") == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(org.count("Case"), 1);
}

#[tokio::test]
async fn a_simulated_call_of_both_forms_is_taken() {
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(&org, folder.path());
    server.start(&http()).await;
    let url = server.url();

    let output = tokio::task::spawn_blocking(move || {
        let arguments = ["--url", &url, "--secret", "canary-webhook-secret-91be", "--number", "+12125550100"];
        program("simulate_call").args(arguments).output().unwrap()
    });
    let output = output.await.unwrap();

    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    // The modern form once, delivered twice; and the legacy form.
    assert_eq!(org.count("Case"), 2, "{said}");
}

#[test]
fn a_simulated_call_without_a_server_says_how_it_is_used() {
    let output = program("simulate_call").output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("--url"));
}
