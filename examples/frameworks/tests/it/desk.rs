//! A support desk on an embedded org, and what a caller makes of it.

use std::{net::SocketAddr, time::Duration};

use jiff::Timestamp;
use salesforce_client::{Client, LoginHost};
use salesforce_emulator::{Field, Org};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use vapi_types::webhook::{HmacPlan, Verifier};
use voice_crm_core::{Bridge, channel::Vapi, journal::MemoryJournal};
use voice_crm_salesforce::SalesforceCrm;

use crate::simulated_call::SimulatedCall;

pub(crate) struct Desk {
    pub(crate) bridge: Bridge,
    org: Org,
    signer: Verifier,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let org = Org::builder()
            .field("Case", Field::external_id("Voice_Key__c"))
            .field("Task", Field::external_id("Voice_Key__c"))
            .field("ContentVersion", Field::external_id("Voice_Key__c"))
            .start()
            .await
            .unwrap();
        let signer = Verifier::hmac(HmacPlan::new("canary-webhook-secret-91be")).unwrap();
        let salesforce = Client::builder(LoginHost::parse(org.url()).unwrap())
            .client_credentials("client", SecretString::from("secret"))
            .build()
            .unwrap();
        let bridge = Bridge::builder()
            .channel("/webhook/vapi", Vapi::new(signer.clone()))
            .crm(SalesforceCrm::new(salesforce))
            .journal(MemoryJournal::default())
            .support_desk()
            .start()
            .unwrap();
        Self { bridge, org, signer }
    }

    /// Calls a function by a signed webhook, and expects the number of the case that is in the org afterwards; then
    /// expects that nothing unsigned, too long or elsewhere is let in.
    pub(crate) async fn opens_a_case_at(&self, address: SocketAddr) {
        let url = format!("http://{address}/webhook/vapi");
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let call = SimulatedCall::new(http.clone(), &url, self.signer.clone(), "call-1", "+14155550142");

        let answer = call.tool_call("tool-1", "create_case", &case()).await.unwrap();
        assert_eq!(answer.status, 200);
        self.has_the_case_of(answer.sentence());

        let unsigned = http.post(&url).body("{}").send().await.unwrap().status();
        assert_eq!(unsigned.as_u16(), 401);
        let long = vec![b' '; self.bridge.body_limit() + 1];
        let signature = self.signer.sign("POST", &url, &long, Timestamp::now());
        let long = http.post(&url).header("content-type", "application/json").body(long);
        let long =
            signature.into_iter().fold(long, |long, (name, value)| long.header(name, value)).send().await;
        // Some frameworks hang up on who says too much.
        assert!(long.is_err() || long.is_ok_and(|answer| answer.status().as_u16() == 413));
        let elsewhere = http.post(format!("http://{address}/elsewhere")).body("{}").send().await.unwrap();
        assert_eq!(elsewhere.status().as_u16(), 404);
        assert_eq!(self.org.records("Case").len(), 1);
    }

    /// Expects that another method than POST is refused by an answer that names POST, and that a request which cannot be
    /// genuine is refused before all of its body has come.
    pub(crate) async fn screens_at(&self, address: SocketAddr) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let fetched = http.get(format!("http://{address}/webhook/vapi")).send().await.unwrap();
        assert_eq!(fetched.status().as_u16(), 405);
        assert_eq!(fetched.headers()["allow"], "POST");

        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = "POST /webhook/vapi?x=1 HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n";
        // Rocket looks at some bytes of each body before it asks anybody.
        stream.write_all(format!("{head}{}", "x".repeat(1_000)).as_bytes()).await.unwrap();
        let mut status = [0; 12];
        tokio::time::timeout(Duration::from_secs(20), stream.read_exact(&mut status)).await.unwrap().unwrap();
        assert_eq!(&status, b"HTTP/1.1 401");
    }

    /// The sentence speaks the number of the one case of the org, digit by digit and without the zeros in front.
    pub(crate) fn has_the_case_of(&self, sentence: &str) {
        let cases = self.org.records("Case");
        assert_eq!(cases.len(), 1);
        let number = cases[0]["CaseNumber"].as_str().unwrap();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        assert!(digits(sentence).contains(number.trim_start_matches('0')), "no case number in the answer");
    }

    /// A signed webhook as headers and body, for what has no socket.
    pub(crate) fn webhook(&self, url: &str) -> (Vec<(String, String)>, String) {
        let function = json!({ "name": "create_case", "arguments": case() });
        let tool_call = json!({ "id": "tool-1", "type": "function", "function": function });
        let now = Timestamp::now();
        let message = json!({
            "type": "tool-calls", "toolCallList": [tool_call], "timestamp": now.as_millisecond(),
            "call": { "id": "call-1", "type": "inboundPhoneCall", "customer": { "number": "+14155550142" } },
        });
        let body = json!({ "message": message }).to_string();
        let headers = self.signer.sign("POST", url, body.as_bytes(), now);
        (headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(), body)
    }
}

fn case() -> Value {
    json!({ "subject": "No dial tone", "description": "The line has been dead since noon.", "priority": "high" })
}

/// The event that an HTTP API of the API gateway makes of a request.
pub(crate) fn api_gateway_event(headers: &[(String, String)], body: &str) -> Value {
    let mut all: serde_json::Map<String, Value> =
        headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    all.insert("content-type".to_owned(), json!("application/json"));
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/webhook/vapi", "rawQueryString": "",
        "headers": all, "body": body, "isBase64Encoded": false,
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "api.example.com", "domainPrefix": "api",
            "requestId": "r", "routeKey": "$default", "stage": "$default", "time": "t", "timeEpoch": 0,
            "http": {
                "method": "POST", "path": "/webhook/vapi", "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1", "userAgent": "test",
            },
        },
    })
}
