//! A bridge in front of an org on loopback, and a hand to send it webhooks.

use std::{path::Path, time::Duration};

use bytes::Bytes;
use jiff::Timestamp;
use salesforce_client::{Client, LoginHost};
use salesforce_emulator::{Field, Org, OrgBuilder};
use secrecy::SecretString;
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;
use vapi_types::webhook::{HmacPlan, Verifier};
use voice_crm_core::{
    Bridge,
    bridge::BridgeBuilder,
    caller::Assurance,
    channel::{Reply, Vapi, WebhookRequest},
    function::Function as _,
    functions::{CreateCase, Desk},
    journal::{Journal, MemoryJournal, SqliteJournal},
    outbox::SinkPolicy,
    phrase::{Language, Value as SpokenValue},
};
use voice_crm_salesforce::{Budget, SalesforceCrm};

pub(crate) const PATH: &str = "/webhook/vapi";
pub(crate) const WEBHOOK_SECRET: &str = "canary-webhook-secret-91be";
pub(crate) const CLIENT_SECRET: &str = "canary-client-secret-5d1f";
pub(crate) const NUMBER: &str = "+14155550142";

pub(crate) struct Stage {
    pub(crate) org: Org,
    pub(crate) bridge: Bridge,
    pub(crate) signer: Verifier,
    pub(crate) account: String,
    pub(crate) contact: String,
}

pub(crate) fn org() -> OrgBuilder {
    // With RUST_LOG set the whole run is logged, for whoever looks for secrets in it.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_test_writer()
        .try_init();
    Org::builder()
        .client("client", CLIENT_SECRET)
        .field("Case", Field::external_id("Voice_Key__c"))
        .field("Task", Field::external_id("Voice_Key__c"))
        .field("ContentVersion", Field::external_id("Voice_Key__c"))
}

/// Impatient enough for a test.
pub(crate) fn policy() -> SinkPolicy {
    SinkPolicy {
        live_timeout: Duration::from_millis(600),
        batch_timeout: Duration::from_secs(3),
        lease_margin: Duration::from_secs(2),
        backoff_base: Duration::from_millis(20),
        linger: Duration::from_millis(5),
        backoff_cap: Duration::from_millis(200),
        ..SinkPolicy::default()
    }
}

pub(crate) fn client(url: &str) -> Client {
    Client::builder(LoginHost::parse(url).unwrap())
        .client_credentials("client", SecretString::from(CLIENT_SECRET))
        .build()
        .unwrap()
}

/// A case number as English callers hear it.
pub(crate) fn spoken_case(number: &str) -> String {
    SpokenValue::case_number(number).spoken(Language::ENGLISH)
}

/// A journal in this file, once the bridge before has let go of it.
pub(crate) async fn sqlite(file: &Path) -> SqliteJournal {
    for _ in 0..3_000 {
        match SqliteJournal::open(file) {
            Ok(journal) => return journal,
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    panic!("the file was not let go within thirty seconds");
}

pub(crate) fn signer() -> Verifier {
    Verifier::hmac(HmacPlan::new(WEBHOOK_SECRET)).unwrap()
}

pub(crate) fn builder(crm_url: &str, journal: impl Journal) -> BridgeBuilder {
    // Contacts are changed from the number on file alone, and any account number is linked: most tests are not about
    // whom to believe.
    let desk =
        Desk::new().change_contacts_from(Assurance::NumberMatches).link_accounts_from(Assurance::Unknown);
    bare_builder(crm_url, journal).support_desk_with(desk).alias("createSalesforceCase", CreateCase::NAME)
}

/// Without a desk.
pub(crate) fn bare_builder(crm_url: &str, journal: impl Journal) -> BridgeBuilder {
    Bridge::builder()
        .channel(PATH, Vapi::new(signer()))
        .crm(SalesforceCrm::new(client(crm_url)).budget(Budget::unlimited()))
        .journal(journal)
        .delivery(policy())
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::with(org(), |builder| builder).await
    }

    pub(crate) async fn with(org: OrgBuilder, change: impl FnOnce(BridgeBuilder) -> BridgeBuilder) -> Self {
        let org = org.start().await.unwrap();
        let bridge = change(builder(org.url(), MemoryJournal::new())).start().unwrap();
        Self::of(org, bridge)
    }

    /// With a desk of your own.
    pub(crate) async fn with_desk(desk: Desk) -> Self {
        let org = org().start().await.unwrap();
        let bridge = bare_builder(org.url(), MemoryJournal::new()).support_desk_with(desk).start().unwrap();
        Self::of(org, bridge)
    }

    pub(crate) fn of(org: Org, bridge: Bridge) -> Self {
        let account = json!({ "Name": "Analytical Engines", "AccountNumber": "ACC-1001" });
        let account = org.insert("Account", account).unwrap();
        let contact = json!({
            "FirstName": "Ada", "LastName": "Lovelace", "AccountId": account, "Phone": "(415) 555-0142",
        });
        let contact = org.insert("Contact", contact).unwrap();
        org.reset_stats();
        Self { org, bridge, signer: signer(), account, contact }
    }

    /// Ada proves on a call who she is; what that costs is not counted.
    pub(crate) async fn prove(&self, call: &str) {
        let proof = json!({ "MailingPostalCode": "94105" });
        client(self.org.url())
            .records("Contact")
            .update(&self.contact.parse().unwrap(), &proof)
            .await
            .unwrap();
        let said = self.tool(call, "proof", "verify_caller", json!({ "postal_code": "94105" })).await;
        assert_eq!(said, "Thank you, that is right.");
        self.org.reset_stats();
    }

    /// Sends raw bytes with whatever headers; gives status and body.
    pub(crate) async fn raw(&self, headers: &[(String, String)], body: Bytes) -> Reply {
        let header = |name: &str| {
            let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_bytes())
        };
        self.bridge.handle(PATH, WebhookRequest { method: "POST", url: PATH, header: &header, body }).await
    }

    /// Signs and sends a body.
    pub(crate) async fn signed(&self, body: impl Into<Bytes>) -> Reply {
        let body = body.into();
        let headers = self.signer.sign("POST", PATH, &body, Timestamp::now());
        self.raw(&headers, body).await
    }

    pub(crate) async fn message(&self, message: Value) -> (u16, Value) {
        let reply = self.signed(json!({ "message": message }).to_string()).await;
        (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
    }

    /// Calls a function on the call `call`; gives the sentence of the answer.
    pub(crate) async fn tool(&self, call: &str, id: &str, name: &str, arguments: Value) -> String {
        let (status, body) = self.message(tool_calls(call, &[(id, name, arguments)])).await;
        assert_eq!(status, 200);
        sentence(&body["results"][0])
    }

    /// The same from another number, or from none.
    pub(crate) async fn tool_from(
        &self,
        number: Option<&str>,
        call: &str,
        id: &str,
        name: &str,
        arguments: Value,
    ) -> String {
        let mut message = tool_calls(call, &[(id, name, arguments)]);
        message["call"]["customer"] = number.map_or(Value::Null, |number| json!({ "number": number }));
        let (status, body) = self.message(message).await;
        assert_eq!(status, 200);
        sentence(&body["results"][0])
    }

    /// Calls a function that asks for a confirmation, and gives it.
    pub(crate) async fn confirmed(&self, call: &str, id: &str, name: &str, mut arguments: Value) -> String {
        let asked = self.tool(call, &format!("{id}-asked"), name, arguments.clone()).await;
        let Some((_, token)) = asked.split_once("the confirmation ") else { return asked };
        arguments["confirmation"] = token.trim_end_matches(".)").into();
        self.tool(call, id, name, arguments).await
    }

    pub(crate) async fn end_call(&self, call: &str, transcript: &str) -> u16 {
        let message = json!({
            "type": "end-of-call-report",
            "call": call_json(call),
            "endedReason": "customer-ended-call",
            "startedAt": "2026-11-20T10:00:00Z",
            "endedAt": "2026-11-20T10:03:04Z",
            "artifact": { "transcript": transcript },
            "analysis": { "summary": "A summary." },
        });
        self.message(message).await.0
    }

    /// Waits until everything that was promised is in the org, or dead.
    pub(crate) async fn drained(&self) {
        for _ in 0..3_000 {
            if self.bridge.journal().stats().await.unwrap().pending == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the journal was not drained within thirty seconds");
    }

    pub(crate) fn only(&self, object: &str) -> serde_json::Map<String, Value> {
        let mut records = self.org.records(object);
        assert_eq!(records.len(), 1, "{object}");
        records.remove(0)
    }
}

pub(crate) fn call_json(call: &str) -> Value {
    json!({ "id": call, "type": "inboundPhoneCall", "customer": { "number": NUMBER } })
}

pub(crate) fn tool_calls(call: &str, calls: &[(&str, &str, Value)]) -> Value {
    let list: Vec<Value> = calls
        .iter()
        .map(|(id, name, arguments)| {
            json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } })
        })
        .collect();
    json!({ "type": "tool-calls", "call": call_json(call), "toolCallList": list })
}

/// The result or the error of one tool call.
pub(crate) fn sentence(result: &Value) -> String {
    let text = result["result"].as_str().or(result["error"].as_str());
    text.unwrap_or_else(|| panic!("no sentence in {result}")).to_owned()
}

pub(crate) fn case(description: &str) -> Value {
    json!({ "description": description })
}
