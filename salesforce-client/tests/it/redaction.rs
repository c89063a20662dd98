//! Secrets and people's data do not show in Debug, Display, sources or logs.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::io::Write;
use std::sync::{Arc, Mutex};

use salesforce_client::auth::{ClientCredentials, FixedToken, TokenCache};
use salesforce_client::sobject::{
    Account, AccountFields, Case, CaseComment, CaseFields, Contact, ContactFields, ContentDocumentLink,
    ContentVersion, Event, FeedItem, Lead, LeadFields, NewTask, Task, TaskFields, User, VoiceCall,
};
use salesforce_client::transport::Reached;
use salesforce_client::{
    Body, Client, Composite, Error, LikePattern, Page, Patch, SecretString, Soql, SoqlLiteral,
};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::canary::{self, assert_absent};
use crate::scripted::{Scripted, Step, builder, client, host, token};

fn hidden(what: &str, value: &impl Debug) {
    assert_absent(what, &format!("{value:?} {value:#?}"));
}

fn error_hides(what: &str, error: &Error) {
    hidden(what, error);
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(error) = cause {
        assert_absent(what, &error.to_string());
        cause = error.source();
    }
}

#[test]
fn no_value_shows_what_it_holds() {
    let secret = || SecretString::from(canary::CLIENT_SECRET);
    let flow = || ClientCredentials::new(host(), "id", secret()).unwrap();
    let builder = Client::builder(host()).client_credentials("id", secret());
    hidden("builder", &builder);
    hidden("client", &builder.build().unwrap());
    hidden("flow", &flow());
    hidden("cache builder", &TokenCache::builder(flow()));
    hidden("cache", &TokenCache::new(flow()));
    hidden("token", &token());
    hidden("fixed token", &FixedToken::new(token()));

    hidden("patch", &Patch::<String>::from(canary::PHONE));
    hidden("literal", &SoqlLiteral::text(canary::PHONE));
    hidden("pattern", &LikePattern::contains(canary::PHONE));
    let soql = Soql::new("SELECT Id FROM Contact WHERE Phone = :p").bind("p", canary::PHONE);
    hidden("query", &soql);

    let words =
        json!({"Description": canary::TRANSCRIPT, "Phone": canary::PHONE, "Subject": canary::TRANSCRIPT});
    hidden("body", &Body::of(&words).unwrap());
    let mut composite = Composite::new();
    let part = composite.upsert("case", "Case", "Voice_Key__c", canary::PHONE, &words).unwrap();
    composite.query::<Value>("q", soql).unwrap();
    hidden("composite", &composite);
    hidden("ref", &part);
    hidden("reference", &part.id());
}

#[test]
fn no_record_shows_its_fields() {
    let words = json!({"Id": "500000000000001", "Phone": canary::PHONE, "Description": canary::TRANSCRIPT, "X__c": canary::PHONE});
    hidden("account", &serde_json::from_value::<Account>(words.clone()).unwrap());
    hidden("contact", &serde_json::from_value::<Contact>(words.clone()).unwrap());
    hidden("task", &serde_json::from_value::<Task>(words.clone()).unwrap());
    hidden("lead", &serde_json::from_value::<Lead>(words.clone()).unwrap());
    hidden("event", &serde_json::from_value::<Event>(words.clone()).unwrap());
    hidden("comment", &serde_json::from_value::<CaseComment>(words.clone()).unwrap());
    hidden("post", &serde_json::from_value::<FeedItem>(words.clone()).unwrap());
    hidden("file", &serde_json::from_value::<ContentVersion>(words.clone()).unwrap());
    hidden("link", &serde_json::from_value::<ContentDocumentLink>(words.clone()).unwrap());
    hidden("user", &serde_json::from_value::<User>(words.clone()).unwrap());
    hidden("call", &serde_json::from_value::<VoiceCall>(words.clone()).unwrap());
    hidden("lead fields", &LeadFields { phone: canary::PHONE.into(), ..LeadFields::default() });
    let case: Case = serde_json::from_value(words).unwrap();
    hidden("case", &case);

    hidden("account fields", &AccountFields { phone: canary::PHONE.into(), ..AccountFields::default() });
    hidden("contact fields", &ContactFields { phone: canary::PHONE.into(), ..ContactFields::default() });
    hidden("case fields", &CaseFields { description: canary::TRANSCRIPT.into(), ..CaseFields::default() });
    let task = TaskFields { description: canary::TRANSCRIPT.into(), ..TaskFields::default() };
    hidden("task fields", &task);
    hidden("new task", &NewTask { fields: task, ..NewTask::default() });
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const REFUSED: &str = r#"[{"errorCode":"DUPLICATE_VALUE","message":"duplicate value found: +14155550142 canary-transcript-c0de","fields":["+14155550142"]}]"#;
const ODD: &str = r#"[{"errorCode":"+14155550142","message":"canary-transcript-c0de"}]"#;
const GARBLED: &str = r#"{"id": "+14155550142 canary-transcript-c0de"}"#;
const NO_LOGIN: &str =
    r#"{"error":"canary-token-77aa","error_description":"secret canary-client-secret-5d1f is wrong"}"#;
const BAD_LOGIN: &str =
    r#"{"access_token":"canary-token-77aa","instance_url":"https://+14155550142.example"}"#;
const BAD_PAGE: &str =
    r#"{"totalSize":1,"done":false,"records":[],"nextRecordsUrl":"https://evil.example/canary-token-77aa"}"#;

#[tokio::test(start_paused = true)]
async fn no_error_and_no_log_line_shows_what_was_sent_or_answered() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let words = json!({"Description": canary::TRANSCRIPT, "Phone": canary::PHONE});

    for (status, body) in
        [(400, REFUSED), (400, ODD), (503, GARBLED), (200, GARBLED), (401, GARBLED), (410, ODD)]
    {
        let steps = (0..6).map(|_| Step::Answer(status, body));
        let transport = Scripted::new(steps);
        let error = client(&transport)
            .records("Case")
            .upsert("Voice_Key__c", canary::PHONE, &words)
            .await
            .unwrap_err();
        error_hides("upsert", &error);
    }
    let transport = Scripted::new([Step::Cut(Reached::Maybe)]);
    error_hides("cut", &client(&transport).records("Contact").create(&words).await.unwrap_err());
    for (status, body) in [(400, NO_LOGIN), (200, BAD_LOGIN), (200, GARBLED), (500, GARBLED)] {
        let transport = Scripted::new((0..6).map(|_| Step::Answer(status, body)));
        let client = builder(&transport)
            .client_credentials("id", SecretString::from(canary::CLIENT_SECRET))
            .build()
            .unwrap();
        error_hides("login", &client.ready().await.unwrap_err());
    }
    let transport = Scripted::new([Step::Answer(200, BAD_PAGE)]);
    let soql = Soql::new("SELECT Id FROM Contact WHERE Phone = :p").bind("p", canary::PHONE);
    let outcome: Result<Page<Value>, Error> = client(&transport).query(soql).await;
    error_hides("page", &outcome.unwrap_err());

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("PATCH sobjects/Case/Voice_Key__c/{key}"), "the log has the spans");
    assert_absent("log", &log);
}
