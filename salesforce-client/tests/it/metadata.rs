//! Deployments as they stand on the wire.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use salesforce_client::transport::BodySource;
use salesforce_client::{Client, DeployStatus, DeployTests, ErrorKind, Poll, Retry, RetryPolicy};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const ID: &str = "0Af000000000001CAA";
const ONE: &str = "/services/data/v66.0/metadata/deployRequest/0Af000000000001CAA";
const POLL: Poll = Poll {
    first: Duration::from_millis(1),
    longest: Duration::from_millis(2),
    patience: Duration::from_secs(5),
};

fn client(server: &MockServer) -> Client {
    crate::http::builder(server).build().unwrap()
}

async fn takes_one(server: &MockServer) {
    let begun =
        json!({"id": ID, "deployOptions": {}, "deployResult": {"status": "Pending", "success": false}});
    Mock::given(method("POST"))
        .and(path("/services/data/v66.0/metadata/deployRequest"))
        .respond_with(ResponseTemplate::new(201).set_body_json(begun))
        .expect(1)
        .mount(server)
        .await;
}

async fn then_tells(server: &MockServer, times: u64, result: Value) {
    Mock::given(method("GET"))
        .and(path(ONE))
        .and(query_param("includeDetails", "true"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": ID, "deployResult": result})))
        .up_to_n_times(times)
        .expect(times)
        .mount(server)
        .await;
}

#[tokio::test]
async fn a_zip_is_deployed_as_one_part_of_options_and_one_of_bytes_and_watched_to_its_end() {
    let server = MockServer::start().await;
    takes_one(&server).await;
    then_tells(&server, 2, json!({"status": "InProgress", "details": null, "numberComponentsTotal": 2}))
        .await;
    then_tells(&server, 1, json!({"status": "Succeeded", "success": true, "numberComponentsDeployed": 2}))
        .await;

    let zip = Bytes::from_static(b"PK\x03\x04 the zip \x00\xff");
    let tests = DeployTests::Named(vec!["CaseTest".to_owned()]);
    let deployment =
        client(&server).metadata().deploy(zip.clone()).check_only(true).tests(tests).await.unwrap();
    let mut seen = Vec::new();
    let result = deployment.finished(POLL, |result| seen.push(result.status)).await.unwrap();

    assert_eq!(seen, [DeployStatus::InProgress, DeployStatus::InProgress, DeployStatus::Succeeded]);
    assert!(result.success && result.number_components_deployed == 2);
    assert_eq!(deployment.id().as_str(), ID);
    let sent = &server.received_requests().await.unwrap()[0];
    let mark = sent.headers["content-type"].to_str().unwrap();
    let mark = mark.strip_prefix("multipart/form-data; boundary=").unwrap();
    let text = String::from_utf8_lossy(&sent.body);
    let parts: Vec<&str> = text.split(&format!("--{mark}")).collect();
    assert_eq!(parts.len(), 4);
    assert!(parts[1].contains("name=\"json\"\r\nContent-Type: application/json"));
    assert!(parts[2].contains("name=\"file\"; filename=\"deploy.zip\"\r\nContent-Type: application/zip"));
    let options: Value = serde_json::from_str(parts[1].split("\r\n\r\n").nth(1).unwrap().trim()).unwrap();
    assert_eq!(
        options["deployOptions"],
        json!({"allowMissingFiles": false, "checkOnly": true, "ignoreWarnings": false, "purgeOnDelete": false,
               "rollbackOnError": true, "singlePackage": true, "testLevel": "RunSpecifiedTests",
               "runTests": ["CaseTest"]})
    );
    assert!(sent.body.windows(zip.len()).any(|window| window == zip));
}

#[tokio::test]
async fn a_deployment_that_failed_names_the_components_and_tests_that_did() {
    let server = MockServer::start().await;
    takes_one(&server).await;
    let failed = json!({
        "status": "Failed", "success": false, "numberComponentErrors": 1, "errorMessage": null,
        "details": {
            "componentFailures": [{
                "componentType": "CustomField", "fullName": "Case.Voice_Key__c", "fileName": "objects/Case.object",
                "problem": "Field type is missing", "problemType": "Error", "lineNumber": 5, "columnNumber": 13,
                "success": false,
            }],
            "runTestResult": {"numRun": 1, "failures": [{"name": "CaseTest", "methodName": "opens", "message": "no"}]},
        },
    });
    then_tells(&server, 1, failed).await;

    let deployment = client(&server).metadata().deploy(vec![0; 10]).await.unwrap();
    let result = deployment.finished(POLL, |_| ()).await.unwrap();

    assert!(!result.success && result.status == DeployStatus::Failed);
    let [component] = result.component_failures() else { panic!("one component failed") };
    assert_eq!((component.full_name.as_str(), component.line_number), ("Case.Voice_Key__c", Some(5)));
    let [test] = result.test_failures() else { panic!("one test failed") };
    assert_eq!((test.name.as_str(), test.method_name.as_deref()), ("CaseTest", Some("opens")));
}

#[tokio::test]
async fn a_deployment_can_be_taken_up_again_given_up_and_not_waited_for_for_ever() {
    let server = MockServer::start().await;
    Mock::given(method("PATCH"))
        .and(path(ONE))
        .and(body_json(json!({"deployResult": {"status": "Canceling"}})))
        .respond_with(ResponseTemplate::new(202).set_body_json(json!({"id": ID})))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"deployResult": {"status": "AStatusOfNextYear"}})),
        )
        .mount(&server)
        .await;

    let deployment = client(&server).metadata().deployment(ID.parse().unwrap());
    deployment.cancel().await.unwrap();
    let impatient = Poll { patience: Duration::from_millis(5), ..POLL };
    let error = deployment.finished(impatient, |_| ()).await.map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
}

#[tokio::test]
async fn a_deployment_that_may_have_been_taken_is_not_sent_again() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(503)).expect(1).mount(&server).await;
    let error = client(&server).metadata().deploy(vec![0; 10]).await.unwrap_err();
    assert_eq!((error.retry(), error.request()), (Retry::IfIdempotent, Some("POST metadata/deployRequest")));

    let large = BodySource::new(Some(39_000_001), stream::empty::<io::Result<Bytes>>);
    let error = client(&server).metadata().deploy(large).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_wait_for_a_deployment_outlives_an_outage() {
    let server = MockServer::start().await;
    let outage = Mock::given(method("GET")).respond_with(ResponseTemplate::new(503));
    outage.up_to_n_times(12).mount(&server).await;
    then_tells(&server, 1, json!({"status": "Succeeded", "success": true})).await;
    let once = RetryPolicy { max_attempts: 1, ..RetryPolicy::default() };
    let client = crate::http::builder(&server).retry_policy(once).build().unwrap();

    let deployment = client.metadata().deployment(ID.parse().unwrap());
    assert!(deployment.finished(POLL, |_| ()).await.unwrap().success);
}
