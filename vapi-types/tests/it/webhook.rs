use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use vapi_types::webhook::{
    ConfigError, Encoding, HmacPlan, Parts, TokenValidator, Verified, Verifier, VerifyError,
};

use crate::fixtures::folder;

const SECRET: &str = "canary-webhook-secret-91be";
const ORIGIN: &str = "https://bridge.example.com";
const URL: &str = "https://bridge.example.com/webhook/vapi";
const BODY: &[u8] = br#"{"message":{"type":"hang"}}"#;

type Headers = BTreeMap<String, Vec<u8>>;

fn now() -> Timestamp {
    "2026-08-18T17:19:58Z".parse().unwrap()
}

fn judge(
    verifier: &Verifier,
    headers: &Headers,
    body: &[u8],
    at: Timestamp,
) -> Result<Verified, VerifyError> {
    let header = |name: &str| headers.get(name).map(Vec::as_slice);
    let verdict = verifier.verify(&Parts { method: "POST", url: URL, header: &header, body }, at);
    // What the headers alone condemn is condemned for the same reason, and nothing that is genuine is.
    match verifier.screen(&header, at) {
        Err(error) => assert_eq!(verdict, Err(error)),
        Ok(()) => assert!(matches!(verdict, Ok(_) | Err(VerifyError::WrongSignature)), "{verdict:?}"),
    }
    verdict
}

fn signed(verifier: &Verifier, body: &[u8]) -> Headers {
    verifier
        .sign("POST", URL, body, now())
        .into_iter()
        .map(|(name, value)| (name, value.into_bytes()))
        .collect()
}

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    plan: HmacPlan,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Vector {
    fn judge(&self, headers: &Headers, body: &[u8]) -> Result<Verified, VerifyError> {
        let plan = self.plan.clone().public_origin(ORIGIN).short_secret_by_choice();
        let verifier = Verifier::hmac(plan).unwrap();
        let header = |name: &str| headers.get(name).map(Vec::as_slice);
        verifier.verify(&Parts { method: &self.method, url: &self.url, header: &header, body }, now())
    }

    fn headers(&self) -> Headers {
        self.headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect()
    }
}

fn vectors() -> Vec<Vector> {
    let (_, json) = folder("auth").into_iter().find(|(name, _)| name == "hmac-vectors.json").unwrap();
    serde_json::from_str::<Vectors>(&json).unwrap().vectors
}

#[test]
fn every_independently_computed_signature_is_accepted() {
    assert_eq!(vectors().len(), 9);
    for vector in vectors() {
        vector
            .judge(&vector.headers(), vector.body.as_bytes())
            .unwrap_or_else(|error| panic!("{}: {error}", vector.name));
    }
}

#[test]
fn every_single_flipped_bit_of_signature_time_or_body_is_refused() {
    for vector in vectors() {
        for name in vector.headers.keys() {
            for bit in 0..vector.headers[name].len() * 8 {
                let mut headers = vector.headers();
                headers.get_mut(name).unwrap()[bit / 8] ^= 1 << (bit % 8);
                assert!(
                    vector.judge(&headers, vector.body.as_bytes()).is_err(),
                    "{}: {name} bit {bit}",
                    vector.name
                );
            }
        }
        for bit in 0..vector.body.len() * 8 {
            let mut body = vector.body.clone().into_bytes();
            body[bit / 8] ^= 1 << (bit % 8);
            assert!(vector.judge(&vector.headers(), &body).is_err(), "{}: body bit {bit}", vector.name);
        }
    }
}

#[test]
fn what_a_plan_signs_it_also_verifies() {
    let plans = [
        HmacPlan::new(SECRET),
        HmacPlan::body_only(SECRET),
        HmacPlan::body_only(SECRET).signature_prefix("sha256=").encoding(Encoding::Base64),
        HmacPlan::new(SECRET)
            .payload_format("{method} {url} {svix-id} {timestamp} {body}")
            .public_origin(ORIGIN),
    ];
    for plan in plans {
        let verifier = Verifier::hmac(plan).unwrap();
        let headers = signed(&verifier, BODY);

        assert!(judge(&verifier, &headers, BODY, now()).is_ok());
        assert!(judge(&verifier, &headers, b"{}", now()).is_err());
    }
}

#[test]
fn the_window_ends_300_seconds_before_and_after_now() {
    let verifier = Verifier::hmac(HmacPlan::new(SECRET)).unwrap();
    let headers = signed(&verifier, BODY);
    let at = |seconds| judge(&verifier, &headers, BODY, now() + SignedDuration::from_secs(seconds));

    assert!(at(299).is_ok() && at(-299).is_ok());
    assert_eq!(at(301), Err(VerifyError::OutsideWindow));
    assert_eq!(at(-301), Err(VerifyError::OutsideWindow));
    assert_eq!(at(0).unwrap().signed_at, Some(now()));
}

#[test]
fn a_rotation_accepts_both_secrets_and_says_which_was_used() {
    let schemes: [fn(&str) -> Verifier; 3] = [
        |secret| Verifier::hmac(HmacPlan::new(secret)).unwrap(),
        |secret| Verifier::secret(secret).unwrap(),
        |secret| Verifier::bearer(secret).unwrap(),
    ];
    for scheme in schemes {
        let rotating = scheme("canary-webhook-secret-new").also_accept(SECRET).unwrap();
        let index =
            |sender: &Verifier| judge(&rotating, &signed(sender, BODY), BODY, now()).map(|v| v.secret_index);

        assert_eq!(index(&scheme("canary-webhook-secret-new")), Ok(0));
        assert_eq!(index(&scheme(SECRET)), Ok(1));
        assert!(index(&scheme("another-webhook-secret")).is_err());
    }
}

#[test]
fn each_missing_or_malformed_part_has_its_own_reason() {
    let plan = HmacPlan::new(SECRET).payload_format("{svix-id}.{timestamp}.{body}");
    let verifier = Verifier::hmac(plan).unwrap();
    let without = |name: &str| {
        let mut headers = signed(&verifier, BODY);
        headers.remove(name);
        judge(&verifier, &headers, BODY, now()).unwrap_err()
    };
    let with = |name: &str, value: &[u8]| {
        let mut headers = signed(&verifier, BODY);
        headers.insert(name.to_owned(), value.to_vec());
        judge(&verifier, &headers, BODY, now()).unwrap_err()
    };

    assert_eq!(without("x-signature"), VerifyError::MissingSignature);
    assert_eq!(with("x-signature", b""), VerifyError::MissingSignature);
    assert_eq!(with("x-signature", b"zz"), VerifyError::MalformedSignature);
    assert_eq!(with("x-signature", b"\xff"), VerifyError::MalformedSignature);
    assert_eq!(with("x-signature", &[b'0'; 1000]), VerifyError::MalformedSignature);
    assert_eq!(with("x-signature", b"00"), VerifyError::MalformedSignature);
    assert_eq!(with("x-signature", &[b'0'; 128]), VerifyError::MalformedSignature);
    assert_eq!(with("x-signature", &[b'0'; 64]), VerifyError::WrongSignature);
    assert_eq!(without("x-timestamp"), VerifyError::MissingTimestamp);
    assert_eq!(with("x-timestamp", b"yesterday"), VerifyError::MalformedTimestamp);
    assert_eq!(without("svix-id"), VerifyError::MissingMessageId);
    assert_eq!(VerifyError::MissingMessageId.reason(), "missing_message_id");
}

#[test]
fn a_plain_secret_must_be_there_and_be_the_one() {
    let verifier = Verifier::secret(SECRET).unwrap();
    let with = |value: &str| {
        judge(&verifier, &Headers::from([("x-vapi-secret".to_owned(), value.into())]), BODY, now())
    };

    assert_eq!(judge(&verifier, &Headers::new(), BODY, now()), Err(VerifyError::MissingSecret));
    assert_eq!(with(""), Err(VerifyError::MissingSecret));
    assert_eq!(with("wrong"), Err(VerifyError::WrongSecret));
    assert!(with(SECRET).is_ok());
}

#[test]
fn a_bearer_token_needs_its_scheme_in_any_case() {
    let verifier = Verifier::bearer(SECRET).unwrap();
    let with = |value: &str| {
        judge(&verifier, &Headers::from([("authorization".to_owned(), value.into())]), BODY, now())
    };

    assert!(with(&format!("Bearer {SECRET}")).is_ok());
    assert!(with(&format!("bearer {SECRET}")).is_ok());
    assert_eq!(with(SECRET), Err(VerifyError::MissingSecret));
    assert_eq!(with("Bearer "), Err(VerifyError::MissingSecret));
    assert_eq!(with("Bearer nope"), Err(VerifyError::WrongSecret));
}

#[test]
fn the_request_never_chooses_the_scheme() {
    let hmac = Verifier::hmac(HmacPlan::new(SECRET)).unwrap();
    let secret = Verifier::secret(SECRET).unwrap();

    assert_eq!(judge(&hmac, &signed(&secret, BODY), BODY, now()), Err(VerifyError::MissingSignature));
    assert_eq!(judge(&secret, &signed(&hmac, BODY), BODY, now()), Err(VerifyError::MissingSecret));
    assert!(judge(&Verifier::unverified_by_choice(), &Headers::new(), BODY, now()).is_ok());
}

#[test]
fn an_oauth2_token_is_judged_by_the_validator() {
    struct OnlyThis;
    impl TokenValidator for OnlyThis {
        fn is_valid(&self, token: &str, _: Timestamp) -> bool {
            token == "canary-token-77aa"
        }
    }
    let verifier = Verifier::oauth2(Arc::new(OnlyThis));
    let with = |value: &str| {
        judge(&verifier, &Headers::from([("authorization".to_owned(), value.into())]), BODY, now())
    };

    assert!(with("Bearer canary-token-77aa").is_ok());
    assert_eq!(with("Bearer other"), Err(VerifyError::TokenRefused));
    assert_eq!(with("Basic other"), Err(VerifyError::MissingSecret));
}

#[test]
fn a_verifier_that_cannot_work_is_not_built() {
    let refused = |plan: HmacPlan| Verifier::hmac(plan).unwrap_err();

    for empty in ["", " \n"] {
        assert_eq!(Verifier::secret(empty).unwrap_err(), ConfigError::EmptySecret);
        assert_eq!(Verifier::bearer(empty).unwrap_err(), ConfigError::EmptySecret);
        assert_eq!(refused(HmacPlan::new(empty)), ConfigError::EmptySecret);
        assert_eq!(
            Verifier::secret(SECRET).unwrap().also_accept(empty).unwrap_err(),
            ConfigError::EmptySecret
        );
    }
    assert_eq!(refused(HmacPlan::new("").secret_is_base64(true)), ConfigError::EmptySecret);
    assert_eq!(refused(HmacPlan::new("%").secret_is_base64(true)), ConfigError::SecretNotBase64);
    assert_eq!(refused(HmacPlan::new(SECRET).payload_format("{timestamp}")), ConfigError::BodyNotSigned);
    assert_eq!(
        refused(HmacPlan::body_only(SECRET).payload_format("{timestamp}{body}")),
        ConfigError::NoTimestamp
    );
    let url_signed = HmacPlan::new(SECRET).payload_format("{url}{timestamp}{body}");
    assert_eq!(refused(url_signed.clone()), ConfigError::NoPublicOrigin);
    assert_eq!(refused(url_signed.public_origin("bridge.example.com")), ConfigError::InvalidPublicOrigin);
    assert_eq!(
        refused(HmacPlan::new(SECRET).signature_header("x y")),
        ConfigError::HeaderName("x y".to_owned())
    );
    assert_eq!(Verifier::unverified_by_choice().also_accept("s").unwrap_err(), ConfigError::NothingToRotate);
}

#[test]
fn a_secret_that_can_be_guessed_is_refused_wherever_it_is_given() {
    let short = "fifteen-letters";
    let refused = ConfigError::ShortSecret(15);

    assert_eq!(Verifier::secret(short).unwrap_err(), refused);
    assert_eq!(Verifier::bearer(short).unwrap_err(), refused);
    assert_eq!(Verifier::header("x-key", short).unwrap_err(), refused);
    assert_eq!(Verifier::hmac(HmacPlan::new(short)).unwrap_err(), refused);
    assert_eq!(Verifier::hmac(HmacPlan::body_only(short)).unwrap_err(), refused);
    for verifier in [Verifier::bearer(SECRET).unwrap(), Verifier::hmac(HmacPlan::new(SECRET)).unwrap()] {
        assert_eq!(verifier.also_accept(short).unwrap_err(), refused);
    }
    // The spelling has sixteen characters, and the key that it means has twelve.
    let spelled = HmacPlan::new("c2l4dGVlbmJ5dGVz").secret_is_base64(true);
    assert_eq!(Verifier::hmac(spelled).unwrap_err(), ConfigError::ShortSecret(12));
    assert!(refused.to_string().contains("at least 16"), "{refused}");
    for enough in ["sixteen-letters!", "\u{e4}\u{f6}\u{fc}-sixteen-lette"] {
        assert!(Verifier::hmac(HmacPlan::new(enough)).is_ok());
    }
}

#[test]
fn nothing_about_a_verifier_prints_its_secrets() {
    let plan = HmacPlan::new(SECRET);
    let verifier = Verifier::hmac(plan.clone()).unwrap().also_accept(SECRET).unwrap();
    let token = Verifier::bearer(SECRET).unwrap();
    let headers = Headers::from([("authorization".to_owned(), SECRET.into())]);
    let header = |name: &str| headers.get(name).map(Vec::as_slice);
    let parts = Parts {
        method: "POST",
        url: "https://h/?t=canary-token-77aa",
        header: &header,
        body: SECRET.as_bytes(),
    };

    for text in [format!("{plan:?}"), format!("{verifier:?}"), format!("{token:?}"), format!("{parts:?}")] {
        assert!(!text.contains("canary"));
    }
}
