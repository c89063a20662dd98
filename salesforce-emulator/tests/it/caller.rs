//! A small HTTP caller with a token.

use reqwest::{Client, Method, RequestBuilder, Response};
use salesforce_emulator::{CustomObject, Field, Org, OrgBuilder};
use serde_json::{Value, json};

pub(crate) const SECRET: &str = "canary-client-secret-5d1f";
pub(crate) const PHONE: &str = "+14155550142";

/// An org with a voice key on the case and a custom object.
pub(crate) fn org() -> OrgBuilder {
    Org::builder()
        .client("client", SECRET)
        .field("Case", Field::external_id("Voice_Key__c"))
        .field("Account", Field::external_id("Ext__c"))
        .field("Account", Field::text("Tier__c", 40))
        .field("Contact", Field::checkbox("Vip__c"))
        .object(
            CustomObject::new("Voice_Call__c")
                .field(Field::external_id("Call_Key__c"))
                .field(Field::lookup("Case__c", "Case"))
                .field(Field::number("Cost__c", 4, 2))
                .field(Field::long_text("Transcript__c", 131_072)),
        )
}

/// A logged-in client.
pub(crate) struct Caller {
    pub(crate) http: Client,
    pub(crate) base: String,
    pub(crate) token: String,
}

impl Caller {
    pub(crate) async fn new(org: &Org) -> Self {
        Self::at(org.url()).await
    }

    pub(crate) async fn at(base: &str) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        let body = token_request(&http, base).send().await.unwrap().json::<Value>().await.unwrap();
        let token = body["access_token"].as_str().unwrap().to_owned();
        Self { http, base: base.to_owned(), token }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = if path.starts_with("/services") {
            path.to_owned()
        } else {
            format!("/services/data/v66.0{path}")
        };
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn query(&self, soql: &str) -> (u16, Value) {
        let encoded = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", soql).finish();
        self.get(&format!("/query?{encoded}")).await
    }

    /// Creates a record that must be accepted and gives its id.
    pub(crate) async fn create(&self, object: &str, body: Value) -> String {
        let (status, answer) = self.post(&format!("/sobjects/{object}"), body).await;
        assert_eq!((status, &answer["success"]), (201, &json!(true)), "{answer}");
        answer["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn token_request(http: &Client, base: &str) -> RequestBuilder {
    http.post(format!("{base}/services/oauth2/token")).form(&[
        ("grant_type", "client_credentials"),
        ("client_id", "client"),
        ("client_secret", SECRET),
    ])
}

pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
}

/// The code of the only error of an answer.
pub(crate) fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1[0]["errorCode"].as_str().unwrap_or("no error"))
}

/// A client of a user who logged in with a password.
pub(crate) async fn login(org: &Org, username: &str, password: &str) -> Caller {
    let http = Client::builder().no_proxy().build().unwrap();
    let form = [
        ("grant_type", "password"),
        ("client_id", "client"),
        ("client_secret", SECRET),
        ("username", username),
        ("password", password),
    ];
    let request = http.post(format!("{}/services/oauth2/token", org.url())).form(&form);
    let body = request.send().await.unwrap().json::<Value>().await.unwrap();
    let token = body["access_token"].as_str().unwrap().to_owned();
    Caller { http, base: org.url().to_owned(), token }
}
