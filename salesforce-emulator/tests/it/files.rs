//! Files: bytes in, bytes out, and the places they hang on.

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::json;

use crate::caller::{Caller, code, org, read};

const TRANSCRIPT: &str = "canary-transcript-c0de";

#[tokio::test]
async fn a_file_hangs_on_the_record_it_was_published_to() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let case = caller.create("Case", json!({})).await;
    let file = json!({
        "PathOnClient": "calls/transcript.txt",
        "VersionData": STANDARD.encode(TRANSCRIPT),
        "FirstPublishLocationId": case,
    });
    let version = caller.create("ContentVersion", file).await;
    assert!(org.file(&version).unwrap() == TRANSCRIPT);
    let (_, read) = caller.get(&format!("/sobjects/ContentVersion/{version}")).await;
    assert_eq!(
        (&read["Title"], &read["FileExtension"], &read["ContentSize"]),
        (&json!("transcript"), &json!("txt"), &json!(22))
    );
    let path = read["VersionData"].as_str().unwrap();
    let bytes = caller.request(Method::GET, path).send().await.unwrap().bytes().await.unwrap();
    assert!(bytes == TRANSCRIPT);
    let soql = format!(
        "SELECT ContentDocumentId, ContentDocument.Title FROM ContentDocumentLink WHERE LinkedEntityId = '{case}'"
    );
    let (_, links) = caller.query(&soql).await;
    assert_eq!(links["totalSize"], 1);
    assert_eq!(links["records"][0]["ContentDocumentId"], read["ContentDocumentId"]);
    assert_eq!(links["records"][0]["ContentDocument"]["Title"], "transcript");
}

#[tokio::test]
async fn a_second_version_supersedes_the_first() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let file = |text: &str| json!({ "PathOnClient": "a.txt", "VersionData": STANDARD.encode(text) });
    caller.create("ContentVersion", file("one")).await;
    let document = org.records("ContentVersion")[0]["ContentDocumentId"].clone();
    let mut second = file("two");
    second["ContentDocumentId"] = document;
    let second = caller.create("ContentVersion", second).await;
    let versions = org.records("ContentVersion");
    let latest: Vec<_> =
        versions.iter().map(|version| (&version["IsLatest"], &version["VersionNumber"])).collect();
    assert_eq!(latest, [(&json!(false), &json!("1")), (&json!(true), &json!("2"))]);
    let documents = org.records("ContentDocument");
    assert_eq!((documents.len(), &documents[0]["LatestPublishedVersionId"]), (1, &json!(second)));
}

#[tokio::test]
async fn bytes_that_are_no_base64_are_refused_whole() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let answer =
        caller.post("/sobjects/ContentVersion", json!({ "PathOnClient": "a", "VersionData": "%%%" })).await;
    assert_eq!(code(&answer), (400, "JSON_PARSER_ERROR"));
    let answer = caller.post("/sobjects/ContentVersion", json!({ "PathOnClient": "a" })).await;
    assert_eq!(code(&answer), (400, "REQUIRED_FIELD_MISSING"));
    let nowhere = json!({
        "PathOnClient": "a", "VersionData": "YQ==", "FirstPublishLocationId": "500Ev0000000009",
    });
    assert_eq!(
        code(&caller.post("/sobjects/ContentVersion", nowhere).await),
        (400, "INVALID_CROSS_REFERENCE_KEY")
    );
    assert_eq!((org.count("ContentVersion"), org.count("ContentDocument")), (0, 0));
}

/// A multipart body with a record and a file.
fn form(record: &str, field: &str, file: &[u8]) -> Vec<u8> {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"entity_content\"\r\nContent-Type: application/json\r\n\r\n{record}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"call.wav\"\r\nContent-Type: audio/wav\r\n\r\n"
    );
    [head.as_bytes(), file, b"\r\n--b--\r\n"].concat()
}

#[tokio::test]
async fn a_file_beside_its_record_comes_back_as_it_went_small_or_large() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    for size in [0, 10, 3 * 1024 * 1024 + 1] {
        let file: Vec<u8> = (0..size).map(|at: u32| at.to_le_bytes()[at as usize % 4]).collect();
        let body = form("{\"Title\":\"Call\",\"PathOnClient\":\"call.wav\"}", "VersionData", &file);
        let request = caller.request(Method::POST, "/sobjects/ContentVersion");
        let request = request.header("content-type", "multipart/form-data; boundary=b").body(body);
        let (status, answer) = read(request.send().await.unwrap()).await;
        assert_eq!(status, 201, "{answer}");
        let path = format!("/sobjects/ContentVersion/{}/VersionData", answer["id"].as_str().unwrap());
        let download = caller.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(download.content_length(), Some(u64::from(size)));
        assert!(download.bytes().await.unwrap() == file);
        assert!(org.file(answer["id"].as_str().unwrap()).unwrap() == file);
    }
    assert_eq!(org.records("ContentVersion")[2]["ContentSize"], 3 * 1024 * 1024 + 1);
}

#[tokio::test]
async fn a_form_that_is_not_understood_writes_nothing() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let record = "{\"PathOnClient\":\"x\"}";
    for (body, code) in [
        (form(record, "Nope", b"x"), "INVALID_MULTIPART_REQUEST"),
        (form("no json", "VersionData", b"x"), "INVALID_MULTIPART_REQUEST"),
        (form("{\"Nope\":1}", "VersionData", b"x"), "INVALID_FIELD"),
        (form(record, "VersionData", b"x")[..60].to_vec(), "INVALID_MULTIPART_REQUEST"),
    ] {
        let request = caller.request(Method::POST, "/sobjects/ContentVersion");
        let request = request.header("content-type", "multipart/form-data; boundary=b").body(body);
        let (status, answer) = read(request.send().await.unwrap()).await;
        assert_eq!((status, &answer[0]["errorCode"]), (400, &json!(code)));
    }
    assert_eq!(org.count("ContentVersion"), 0);
}
