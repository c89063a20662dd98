//! Thirty requests as a server sees them, beside what Twilio signed: hops respell addresses, and keys are of two kinds.

use serde_json::Value;
use twilio_client::signature::{Difference, Payload, SETTINGS_HEADER, SignedRequest, VerifyError};
use twilio_client::{AuthToken, SharedKey, WebhookVerifier};

struct Case {
    id: String,
    url: String,
    signature: String,
    secret: String,
    settings: Option<String>,
    content_type: Option<String>,
    body: String,
    pairs: Vec<(String, String)>,
    genuine: bool,
}

impl Case {
    fn read(case: &Value) -> Self {
        let text = |name: &str| case[name].as_str().unwrap().to_owned();
        let headers = case["headers"].as_object().unwrap();
        let settings = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(SETTINGS_HEADER));
        let pairs = case["pairs"].as_array().unwrap().iter();
        Self {
            id: text("id"),
            url: text("received"),
            signature: text("signature"),
            secret: text("token"),
            settings: settings.map(|(_, value)| value.as_str().unwrap().to_owned()),
            content_type: case["content_type"].as_str().map(str::to_owned),
            body: text("body"),
            pairs: pairs
                .map(|pair| (pair[0].as_str().unwrap().into(), pair[1].as_str().unwrap().into()))
                .collect(),
            genuine: case["want"].as_bool().unwrap(),
        }
    }

    fn verifier(&self) -> WebhookVerifier {
        match self.settings {
            Some(_) => WebhookVerifier::shared_key(&SharedKey::new(self.secret.as_str()).unwrap()),
            None => WebhookVerifier::new(&AuthToken::new(self.secret.as_str()).unwrap()),
        }
    }

    fn request<'a>(&'a self, payload: Payload<'a>) -> SignedRequest<'a> {
        let request = SignedRequest::new(&self.url, Some(self.signature.as_bytes()), payload);
        request.settings(self.settings.as_deref().map(str::as_bytes))
    }

    /// What has no content type is a GET or a handshake.
    fn payload(&self) -> Payload<'_> {
        let method = if self.content_type.is_some() { "POST" } else { "GET" };
        Payload::of(method, self.content_type.as_deref(), self.body.as_bytes())
    }

    fn verdict(&self, payload: Payload<'_>) -> Result<(), VerifyError> {
        let request = self.request(payload);
        let verdict = self.verifier().verify(&request).map(drop);
        // What its head alone refuses is refused as a whole.
        assert!(verdict.is_err() || self.verifier().screen(&request).is_ok(), "{}", self.id);
        verdict
    }
}

fn cases() -> Vec<Case> {
    let file: Vec<Value> = serde_json::from_str(include_str!("../fixtures/received.json")).unwrap();
    file.iter().map(Case::read).collect()
}

#[test]
fn thirty_requests_as_servers_see_them_are_judged_as_listed() {
    let cases = cases();
    assert_eq!(cases.len(), 30);
    for case in &cases {
        assert_eq!(case.verdict(case.payload()).is_ok(), case.genuine, "{}", case.id);
        // What was changed on its way was changed in the body alone.
        if case.genuine && matches!(case.payload(), Payload::Form(_)) {
            let pairs: Vec<_> = case.pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
            let decoded = case.verdict(Payload::Params(&pairs));
            assert!(decoded.is_ok(), "{}, decoded before", case.id);
        }
    }
}

#[test]
fn any_of_the_thirty_is_refused_once_its_secret_or_its_path_is_another() {
    for mut case in cases().into_iter().filter(|case| case.genuine) {
        let secret = std::mem::replace(&mut case.secret, "canary-token-77aa".to_owned());
        assert!(case.verdict(case.payload()).is_err(), "{}, another secret", case.id);
        case.secret = secret;
        case.url = case.url.replacen("example.com", "example.org", 1);
        assert!(case.verdict(case.payload()).is_err(), "{}, another host", case.id);
    }
}

#[test]
fn a_handshake_that_a_proxy_showed_as_https_is_diagnosed_by_its_scheme() {
    let case = cases().into_iter().find(|case| case.id == "wss-seen-as-https").unwrap();
    let diagnosis = case.verifier().diagnose(&case.request(case.payload()), &[]).unwrap();

    assert_eq!(diagnosis.difference(), Difference::Scheme);
    assert_eq!(diagnosis.url(), "wss://voice.example.com/relay");
}
