//! What goes wrong before or around a call: each is a typed error that says what to do.

use std::sync::Arc;
use std::time::Duration;

use salesforce_client::auth::{AccessToken, FixedToken};
use salesforce_client::transport::Reached;
use salesforce_client::{
    Batch, Body, Client, ClientBuilder, Composite, Error, ErrorKind, LoginHost, RecordId, Retry,
    SecretString, Soql, TreeRecord,
};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::canary;
use crate::scripted::{Scripted, Step, client as scripted};

/// That it is of this kind, would fail again, and says what to do.
#[track_caller]
fn assert_says(error: &Error, kind: ErrorKind, what_to_do: &str) {
    assert_eq!((error.kind(), error.retry()), (kind, Retry::Never), "{error}");
    assert!(error.to_string().contains(what_to_do), "{error}");
}

fn logging_in(url: &str, secret: &str) -> ClientBuilder {
    let host = LoginHost::parse(url).unwrap();
    Client::builder(host).client_credentials("client", SecretString::from(secret)).chance(|| 0.0)
}

fn logged_in(url: &str) -> Client {
    let host = LoginHost::parse(url).unwrap();
    let token = AccessToken::new(SecretString::from(canary::TOKEN), host.as_url().clone()).unwrap();
    Client::builder(host).token_provider(Arc::new(FixedToken::new(token))).build().unwrap()
}

#[tokio::test]
async fn a_wrong_credential_says_what_to_check() {
    let org = crate::org::org().start().await.unwrap();
    let client = logging_in(org.url(), "not the secret").build().unwrap();
    let error = client.records("Case").create(&json!({})).await.unwrap_err();

    assert_says(&error, ErrorKind::Authentication, "check the client id, the secret");
    assert!(!error.may_be_applied());
}

#[tokio::test]
async fn a_host_that_is_no_org_says_which_one_to_use() {
    let server = MockServer::start().await;
    let page = || ResponseTemplate::new(404).set_body_raw("<html>nothing here</html>", "text/html");
    Mock::given(method("POST")).respond_with(page()).expect(1).mount(&server).await;
    let client = logging_in(&server.uri(), canary::CLIENT_SECRET).build().unwrap();
    assert_says(&client.ready().await.unwrap_err(), ErrorKind::Configuration, "My Domain");

    for (host, what_to_do) in [
        ("https://acme.lightning.force.com", "my.salesforce.com"),
        ("https://acme.my.salesforce.com/home", "end it after the host name"),
        ("http://acme.my.salesforce.com", "must be https"),
        ("https://user:word@acme.my.salesforce.com", "must not contain a user name"),
        ("https://", "my.salesforce.com"),
    ] {
        assert_says(&LoginHost::parse(host).unwrap_err(), ErrorKind::Configuration, what_to_do);
    }
    let shared = logging_in("https://login.salesforce.com", canary::CLIENT_SECRET).build();
    assert_says(&shared.unwrap_err(), ErrorKind::Configuration, "my.salesforce.com");
}

#[tokio::test]
async fn a_login_page_where_a_token_should_be_is_not_taken_for_an_answer_to_the_call() {
    let transport = Scripted::new([Step::Answer(200, "<html>please log in</html>")]);
    let client = Client::builder(crate::scripted::host())
        .client_credentials("client", SecretString::from(canary::CLIENT_SECRET))
        .transport(transport)
        .build()
        .unwrap();
    let error = client.records("Case").create(&json!({})).await.unwrap_err();

    assert_says(&error, ErrorKind::Decode, "check that the host is a Salesforce org");
    assert!(!error.may_be_applied(), "the request itself was not sent");
}

#[tokio::test]
async fn a_retired_version_is_told_when_it_is_set_and_when_the_org_says_so() {
    let old = logging_in("https://acme.my.salesforce.com", canary::CLIENT_SECRET)
        .api_version(salesforce_client::ApiVersion::new(30))
        .build();
    assert_says(&old.unwrap_err(), ErrorKind::Configuration, "is retired: use 66.0");

    let gone = r#"[{"errorCode":"GONE","message":"The requested resource is no longer available"}]"#;
    let error = scripted(&Scripted::new([Step::Answer(410, gone)])).describe("Case").await.unwrap_err();
    assert_says(&error, ErrorKind::Configuration, "set a newer one with `api_version`");
}

#[tokio::test]
async fn an_unbound_or_unused_variable_is_named_before_anything_is_sent() {
    let transport = Scripted::new([]);
    let client = scripted(&transport);
    for (soql, what_to_do) in [
        (Soql::new("SELECT Id FROM Case WHERE Subject = :words"), "`:words`"),
        (Soql::new("SELECT Id FROM Case").bind("words", "x"), "`:words`"),
        (Soql::new("SELECT Id FROM Case WHERE Id IN :ids").bind("ids", Vec::<RecordId>::new()), "empty"),
    ] {
        let error = client.query::<Value>(soql).await.map(drop).unwrap_err();
        assert_says(&error, ErrorKind::InvalidRequest, what_to_do);
    }
}

#[tokio::test]
async fn a_reference_to_a_later_part_cannot_be_written() {
    // A typed reference exists only once its part does, and text cannot stand in for one.
    let mut composite = Composite::new();
    let later = json!({"ParentId": "@{later.id}"});
    let error = composite.create("first", "CaseComment", &later).map(drop).unwrap_err();
    assert_says(&error, ErrorKind::InvalidRequest, "plain request");
    assert!(error.is_reference_injection());

    let later = Composite::new().create("later", "Case", &json!({})).unwrap();
    let body = Body::of(&json!({})).unwrap().reference("ParentId", later.id()).unwrap();
    let error = composite.create("first", "CaseComment", body).map(drop).unwrap_err();
    assert_says(&error, ErrorKind::InvalidRequest, "another composite request");
}

#[tokio::test]
async fn more_records_than_a_limit_are_refused_with_the_limit() {
    let transport = Scripted::new([]);
    let client = scripted(&transport);
    let id = RecordId::parse("500000000000001").unwrap();
    let fields = json!({"Subject": "x"});

    let mut composite = Composite::new();
    let composite = (0..26).find_map(|n| composite.create(&format!("c{n}"), "Case", &fields).err());
    assert_says(&composite.unwrap(), ErrorKind::InvalidRequest, "at most 25");
    let mut batch = Batch::new();
    let batch = (0..26).find_map(|_| batch.delete("Case", &id).err());
    assert_says(&batch.unwrap(), ErrorKind::InvalidRequest, "at most 25");
    let many = vec![fields.clone(); 201];
    let many = client.collections().create("Case", &many).all_or_none(true).await.unwrap_err();
    assert_says(&many, ErrorKind::InvalidRequest, "at most 200");
    let tree = (0..201).map(|n| TreeRecord::new("Account", &format!("a{n}"), &fields).unwrap());
    let tree = client.create_tree(&tree.collect::<Vec<_>>()).await.unwrap_err();
    assert_says(&tree, ErrorKind::InvalidRequest, "200");
    assert_eq!(transport.count(), 0);
}

#[tokio::test]
async fn a_page_of_a_proxy_is_told_apart_from_the_org() {
    let page = "<html><h1>Blocked by your company's proxy</h1></html>";
    for (status, kind, what_to_do) in [
        (200, ErrorKind::Decode, "is not JSON"),
        (302, ErrorKind::Configuration, "My Domain"),
        (403, ErrorKind::Unavailable, "look at the firewall and proxy"),
        (407, ErrorKind::Configuration, "a proxy asks for a login"),
    ] {
        let client = scripted(&Scripted::new([Step::Answer(status, page)]));
        let error = client.records("Case").create(&json!({})).await.unwrap_err();
        // What a proxy forbids may be forbidden for a moment, and after the org has acted.
        let retry = if status == 403 { Retry::IfIdempotent } else { Retry::Never };
        assert_eq!((error.kind(), error.retry()), (kind, retry), "{error}");
        assert!(error.to_string().contains(what_to_do), "{error}");
        assert!(error.body_excerpt().unwrap().starts_with(b"<html>"), "an operator can look");
        assert_eq!(error.request(), Some("POST sobjects/Case"));
    }
}

const TWENTY_MEGABYTES: usize = 20_000_000;

#[tokio::test]
async fn an_answer_of_twenty_megabytes_is_refused_before_it_is_read() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_bytes(vec![b' '; TWENTY_MEGABYTES]);
    Mock::given(method("GET")).respond_with(answer).expect(1).mount(&server).await;

    let error = logged_in(&server.uri()).describe("Case").await.unwrap_err();
    assert_says(&error, ErrorKind::Transport, "ask for fewer fields or rows");
    assert!(error.may_be_applied(), "the org has answered something");
}

#[tokio::test]
async fn an_answer_that_does_not_tell_its_size_is_read_up_to_the_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        crate::files::head(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.unwrap();
        let piece = vec![b' '; 1 << 20];
        let mut sent = 0;
        while sent < 1 << 30 && stream.write_all(&piece).await.is_ok() {
            sent += piece.len();
        }
        sent
    });

    let error = logged_in(&url).describe("Case").await.unwrap_err();
    assert_says(&error, ErrorKind::Transport, "ask for fewer fields or rows");
    let sent = tokio::time::timeout(Duration::from_secs(20), server).await.unwrap().unwrap();
    assert!(sent < 1 << 28, "the rest is not waited for");
}

#[tokio::test(start_paused = true)]
async fn a_create_whose_answer_is_not_understood_may_be_applied() {
    let transport = Scripted::new([Step::Answer(200, "<html>")]);
    assert!(scripted(&transport).records("Case").create(&json!({})).await.unwrap_err().may_be_applied());
    let transport = Scripted::new((0..6).map(|_| Step::Cut(Reached::NotSent)));
    assert!(!scripted(&transport).records("Case").create(&json!({})).await.unwrap_err().may_be_applied());
}
