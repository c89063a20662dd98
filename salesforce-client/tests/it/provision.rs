//! The provisioning example against an org that keeps what is created in it.

use std::sync::{Arc, Mutex};

use salesforce_client::Client;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::org_provision::provision;

/// Remembers every record that is created, and finds it by the values that a query names.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<(String, Value)>>>);

impl Kept {
    fn answer(&self, request: &Request) -> ResponseTemplate {
        let path = request.url.path();
        let mut kept = self.0.lock().unwrap();
        if path.ends_with("/userinfo") {
            let user = json!({"user_id": "005000000000001", "organization_id": "00D000000000001"});
            return ResponseTemplate::new(200).set_body_json(user);
        }
        if let Some((_, object)) = path.split_once("/sobjects/") {
            kept.push((object.to_owned(), request.body_json().unwrap()));
            let id = format!("0PS{:012}", kept.len());
            return ResponseTemplate::new(201)
                .set_body_json(json!({"id": id, "success": true, "errors": []}));
        }
        let (_, soql) = request.url.query_pairs().find(|(name, _)| name == "q").unwrap();
        let found = kept.iter().position(|(object, fields)| is_meant(&soql, object, fields));
        let records: Vec<Value> =
            found.iter().map(|index| json!({"Id": format!("0PS{:012}", index + 1)})).collect();
        ResponseTemplate::new(200)
            .set_body_json(json!({"totalSize": records.len(), "done": true, "records": records}))
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

fn is_meant(soql: &str, object: &str, fields: &Value) -> bool {
    let table = fields["FullName"].as_str().and_then(|name| name.split('.').next());
    let named = table.or(fields["Field"].as_str()).or(fields["Name"].as_str());
    soql.contains(&format!("FROM {object} ")) && named.is_none_or(|name| soql.contains(&format!("'{name}'")))
}

async fn org() -> (MockServer, Kept, Client) {
    let (server, kept) = (MockServer::start().await, Kept::default());
    let answers = kept.clone();
    Mock::given(any()).respond_with(move |request: &Request| answers.answer(request)).mount(&server).await;
    let client = crate::http::builder(&server).build().unwrap();
    (server, kept, client)
}

#[tokio::test]
async fn provisioning_creates_what_is_missing_and_the_second_time_nothing() {
    let (_server, kept, client) = org().await;

    let steps = provision(&client, false).await.unwrap();
    assert_eq!((steps.len(), kept.count()), (8, 8), "three fields, a set, three permissions, an assignment");
    assert!(steps.iter().any(|step| step.contains("Activity.Voice_Key__c")));
    assert_eq!(provision(&client, false).await.unwrap(), Vec::<String>::new());
    assert_eq!(kept.count(), 8);
    let field = kept.0.lock().unwrap()[0].1.clone();
    assert_eq!(
        (field["Metadata"]["unique"].as_bool(), field["Metadata"]["externalId"].as_bool()),
        (Some(true), Some(true))
    );
}

#[tokio::test]
async fn a_dry_run_tells_everything_and_creates_nothing() {
    let (_server, kept, client) = org().await;

    assert_eq!(provision(&client, true).await.unwrap().len(), 8);
    assert_eq!(kept.count(), 0);
}

#[tokio::test]
async fn what_was_interrupted_is_finished() {
    let (_server, kept, client) = org().await;
    provision(&client, false).await.unwrap();
    kept.0.lock().unwrap().truncate(5);

    assert_eq!(provision(&client, false).await.unwrap().len(), 3);
    assert_eq!(kept.count(), 8);
}
