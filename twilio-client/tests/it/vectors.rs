//! The verifier against vectors that it did not make.

use serde_json::Value;
use twilio_client::signature::{Payload, SignedRequest};
use twilio_client::{AuthToken, WebhookVerifier};

#[test]
fn our_vectors_get_the_expected_verdicts() {
    assert_eq!(run(include_str!("../fixtures/signatures.json")), 41);
}

/// Runs the vectors of the official SDKs' test suites, where a checkout has them.
#[test]
fn the_vectors_of_the_official_sdks_get_the_expected_verdicts() {
    let Some(folder) = std::env::var_os("TWILIO_FIXTURES") else { return };
    let path = std::path::Path::new(&folder).join("signature_vectors.json");

    assert!(run(&std::fs::read_to_string(path).unwrap()) > 0);
}

fn run(json: &str) -> usize {
    let file: Value = serde_json::from_str(json).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    for vector in vectors {
        let name = vector["name"].as_str().unwrap();
        let url = vector["request_url"].as_str().unwrap();
        let token = AuthToken::short_by_choice(vector["auth_token"].as_str().unwrap()).unwrap();
        let verifier = WebhookVerifier::new(&token);
        let params: Vec<(&str, &str)> = vector["params"].as_array().map_or_else(Vec::new, |params| {
            params.iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect()
        });
        let form = encode(&params);
        let body = vector["body"].as_str();
        let payloads = match (vector.get("params"), body) {
            (None, body) => vec![body.map_or(Payload::Empty, |body| Payload::Raw(body.as_bytes()))],
            (Some(_), Some(body)) => vec![Payload::Form(body.as_bytes()), Payload::Params(&params)],
            (Some(_), None) => vec![Payload::Form(form.as_bytes()), Payload::Params(&params)],
        };
        for payload in payloads {
            let request =
                SignedRequest::new(url, Some(vector["signature"].as_str().unwrap().as_bytes()), payload);
            let verdict = verifier.verify(&request);
            assert_eq!(
                verdict.is_ok(),
                vector["valid"].as_bool().unwrap(),
                "{name}, {payload:?}: {verdict:?}"
            );
        }
    }
    vectors.len()
}

fn encode(params: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()
}
