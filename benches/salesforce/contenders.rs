//! The clients, each used as its own documentation shows.
//!
//! All keep their connections, ask for JSON, and read the answer into types; only `rustforce` leaves the
//! answer to an upsert unread when the record was there. All but ours go through reqwest, `rustforce` by
//! its line 0.11, `force` by 0.12 and `cirrus` by 0.13.

use async_trait::async_trait;
use salesforce_client::{Client, LoginHost, SecretString, Soql};
use serde::Deserialize;
use serde_json::json;

use super::org::QUERY;

/// A client of Salesforce.
#[async_trait]
pub(crate) trait Contender: Send + Sync {
    fn name(&self) -> &'static str;
    async fn create(&self, subject: &str);
    async fn upsert(&self, key: &str, subject: &str);
    /// How many rows it read.
    async fn query(&self) -> usize;
}

/// A row of the query, of the same type for all.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "reading it is the work")]
pub(crate) struct Row {
    id: String,
    first_name: Option<String>,
    last_name: String,
    title: Option<String>,
    phone: Option<String>,
}

/// All that were built, ours first.
pub(crate) async fn contenders(url: &str) -> Vec<Box<dyn Contender>> {
    let mut contenders: Vec<Box<dyn Contender>> = vec![Box::new(Ours(client(url)))];
    peers::add(url, &mut contenders).await;
    contenders
}

struct Ours(Client);

#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn client(url: &str) -> Client {
    Client::builder(LoginHost::parse(url).expect("a URL"))
        .client_credentials("client", SecretString::from("secret"))
        .build()
        .expect("a client")
}

#[async_trait]
#[expect(clippy::expect_used, reason = "an operation that fails makes the figures worthless")]
impl Contender for Ours {
    fn name(&self) -> &'static str {
        "salesforce-client"
    }

    async fn create(&self, subject: &str) {
        self.0.records("Case").create(&json!({"Subject": subject})).await.expect("a case");
    }

    async fn upsert(&self, key: &str, subject: &str) {
        let fields = json!({"Subject": subject});
        self.0.records("Case").upsert("Voice_Key__c", key, &fields).await.expect("a case");
    }

    async fn query(&self) -> usize {
        self.0.query::<Row>(Soql::new(QUERY)).await.expect("rows").records.len()
    }
}

#[cfg(not(feature = "peers"))]
mod peers {
    use super::Contender;

    #[expect(clippy::unused_async, reason = "with peers it logs in")]
    pub(super) async fn add(_: &str, _: &mut Vec<Box<dyn Contender>>) {}
}

#[cfg(feature = "peers")]
#[expect(clippy::expect_used, reason = "an operation that fails makes the figures worthless")]
mod peers {
    use std::sync::Arc;

    use async_trait::async_trait;
    use cirrus::Cirrus;
    use cirrus::auth::StaticTokenAuth;
    use force::api::RestOperation;
    use force::client::{ForceClient, ForceClientBuilder};
    use salesforce_client::auth::TokenSource;
    use secrecy::ExposeSecret;
    use serde_json::json;

    use super::{Contender, Row};
    use crate::org::QUERY;

    pub(super) async fn add(url: &str, contenders: &mut Vec<Box<dyn Contender>>) {
        let host = salesforce_client::LoginHost::parse(url).expect("a URL");
        let login =
            salesforce_client::auth::ClientCredentials::new(host, "client", "secret".to_owned().into());
        let token = login.expect("a login").fetch().await.expect("a token");
        let token = token.secret().expose_secret();

        let auth = force::auth::ClientCredentials::new_my_domain("client", "secret", url);
        let force = ForceClientBuilder::new().authenticate(auth).build().await.expect("a client");
        contenders.push(Box::new(Force(force)));

        let auth = Arc::new(StaticTokenAuth::new(token, url));
        let cirrus = Cirrus::builder().auth(auth).allow_insecure_transport(true).build();
        contenders.push(Box::new(Other(cirrus.expect("a client"))));

        let mut rustforce = rustforce::Client::new(None, None);
        rustforce.set_version("v66.0").set_instance_url(url).set_access_token(token);
        contenders.push(Box::new(Rustforce(rustforce)));
    }

    struct Force(ForceClient<force::auth::ClientCredentials>);

    #[async_trait]
    impl Contender for Force {
        fn name(&self) -> &'static str {
            "force 0.5.0"
        }

        async fn create(&self, subject: &str) {
            self.0.rest().create("Case", &json!({"Subject": subject})).await.expect("a case");
        }

        async fn upsert(&self, key: &str, subject: &str) {
            let fields = json!({"Subject": subject});
            self.0.rest().upsert("Case", "Voice_Key__c", key, &fields).await.expect("a case");
        }

        async fn query(&self) -> usize {
            self.0.rest().query::<Row>(QUERY).await.expect("rows").records.len()
        }
    }

    struct Other(Cirrus);

    #[async_trait]
    impl Contender for Other {
        fn name(&self) -> &'static str {
            "cirrus 0.8.0"
        }

        async fn create(&self, subject: &str) {
            self.0.sobject("Case").create(&json!({"Subject": subject})).await.expect("a case");
        }

        async fn upsert(&self, key: &str, subject: &str) {
            let fields = json!({"Subject": subject});
            self.0.sobject("Case").upsert("Voice_Key__c", key, &fields).await.expect("a case");
        }

        async fn query(&self) -> usize {
            self.0.query_as::<Row>(QUERY).await.expect("rows").records.len()
        }
    }

    struct Rustforce(rustforce::Client);

    #[async_trait]
    impl Contender for Rustforce {
        fn name(&self) -> &'static str {
            "rustforce 0.2.2"
        }

        async fn create(&self, subject: &str) {
            self.0.create("Case", json!({"Subject": subject})).await.expect("a case");
        }

        async fn upsert(&self, key: &str, subject: &str) {
            let fields = json!({"Subject": subject});
            self.0.upsert("Case", "Voice_Key__c", key, fields).await.expect("a case");
        }

        async fn query(&self) -> usize {
            self.0.query::<Row>(QUERY).await.expect("rows").records.len()
        }
    }
}
