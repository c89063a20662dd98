//! What the server lets Prometheus fetch.

use serde_json::json;

use crate::server::{Server, http, org};

#[tokio::test]
async fn what_the_server_did_can_be_fetched_as_figures_and_as_nothing_else() {
    let org = org().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let http = http();
    let mut server = Server::new(&org, folder.path());
    server.start(&http).await;

    let call = server.call(&http, "call-1");
    let case = json!({ "description": "canary-transcript-c0de" });
    call.tool_call("tool-1", "create_case", &case).await.unwrap();

    let figures = http.get(server.metrics_url()).send().await.unwrap().text().await.unwrap();
    for line in [
        "voice_crm_tool_calls_total{tool=\"create_case\",outcome=\"answered\"} 1",
        "voice_crm_jobs_total{sink=\"crm\",job=\"create_case\",outcome=\"done\"} 1",
        "voice_crm_webhooks_total{channel=\"vapi\",kind=\"tool_calls\"} 1",
        "voice_crm_tool_call_seconds_count{tool=\"create_case\",outcome=\"answered\"} 1",
    ] {
        assert!(figures.contains(line), "{line} in\n{figures}");
    }
    assert!(figures.contains("salesforce_client_requests_total"), "the client's figures as well");
    assert!(!figures.contains("canary") && !figures.contains("4155550142"));
}
