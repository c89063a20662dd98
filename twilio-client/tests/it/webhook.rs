//! The verifier against strangers, and what it tells the operator.

use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;
use sha2::Digest as _;
use twilio_client::origin::PublicOrigin;
use twilio_client::signature::{
    Algorithm, Difference, Payload, SignedBy, SignedRequest, VerifyError, sign_with_shared_key,
};
use twilio_client::{AuthToken, SharedKey, WebhookVerifier};

const SECRET: &str = "canary-webhook-secret-91be";
const URL: &str = "https://voice.example.com/voice?queue=2";

fn verifier() -> WebhookVerifier {
    WebhookVerifier::new(&AuthToken::new(SECRET).unwrap())
}

/// Signs as Twilio does, given the whole text.
fn sign(token: &str, text: &[u8]) -> String {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(text);
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

fn verdict(url: &str, signature: &str, payload: Payload<'_>) -> Result<(), VerifyError> {
    verifier().verify(&SignedRequest::new(url, Some(signature.as_bytes()), payload)).map(drop)
}

fn with_hash(url: &str, body: &[u8]) -> String {
    let hash = sha2::Sha256::digest(body);
    hash.iter().fold(format!("{url}&bodySHA256="), |url, byte| url + &format!("{byte:02x}"))
}

#[test]
fn a_missing_or_malformed_signature_is_told_from_a_wrong_one() {
    let unsigned = SignedRequest::new(URL, None, Payload::Empty);

    assert_eq!(verifier().verify(&unsigned).unwrap_err(), VerifyError::MissingSignature);
    assert_eq!(verdict(URL, "", Payload::Empty), Err(VerifyError::MissingSignature));
    assert_eq!(verdict(URL, "not base64!", Payload::Empty), Err(VerifyError::MalformedSignature));
    assert_eq!(verdict(URL, &"=".repeat(28), Payload::Empty), Err(VerifyError::MalformedSignature));
    let foreign = sign("canary-token-77aa", URL.as_bytes());
    assert_eq!(verdict(URL, &foreign, Payload::Empty), Err(VerifyError::SignatureMismatch));
}

#[test]
fn where_only_the_url_is_signed_its_head_decides() {
    let screened = |method: &str, url: &str, signature: &str| {
        let payload = Payload::of(method, Some("application/json"), b"");
        verifier().screen(&SignedRequest::new(url, Some(signature.as_bytes()), payload))
    };
    let right = sign(SECRET, URL.as_bytes());
    let wrong = sign(SECRET, b"https://voice.example.com/other");

    assert_eq!(screened("POST", URL, ""), Err(VerifyError::MissingSignature));
    assert_eq!(screened("POST", URL, "short"), Err(VerifyError::MalformedSignature));
    assert_eq!(screened("POST", URL, &wrong), Ok(()), "the parameters may make it right");
    assert_eq!(screened("GET", URL, &wrong), Err(VerifyError::SignatureMismatch));
    assert_eq!(screened("GET", URL, &right), Ok(()));
    let url = with_hash(URL, b"{}");
    assert_eq!(screened("POST", &url, &right), Err(VerifyError::SignatureMismatch));
    assert_eq!(screened("POST", &url, &sign(SECRET, url.as_bytes())), Ok(()));
}

#[test]
fn a_value_that_is_not_utf8_is_signed_as_its_bytes() {
    let signature = sign(SECRET, &[URL.as_bytes(), b"Name\xe9"].concat());

    assert_eq!(verdict(URL, &signature, Payload::Form(b"Name=%E9")), Ok(()));
}

#[test]
fn during_a_rotation_both_tokens_are_accepted_and_the_verdict_says_which() {
    let old = AuthToken::new("canary-token-77aa").unwrap();
    let verifier = verifier().or(&old);
    let token = |signature: String| {
        let request = SignedRequest::new(URL, Some(signature.as_bytes()), Payload::Empty);
        verifier.verify(&request).map(|verified| verified.signed_by())
    };

    assert_eq!(token(sign(SECRET, URL.as_bytes())), Ok(SignedBy::Token(0)));
    assert_eq!(token(sign("canary-token-77aa", URL.as_bytes())), Ok(SignedBy::Token(1)));
    assert!(token(sign("neither", URL.as_bytes())).is_err());
}

const SETTINGS: &str = "key=webhooks_sharedkey_01,algorithm=HMAC_SHA256";
const FORM: &[u8] =
    b"CallSid=CA0123456789abcdef0123456789abcdef&From=%2B14155550142&To=%2B14155550100&CallStatus=ringing";

fn shared(secret: &str) -> SharedKey {
    SharedKey::new(secret).unwrap()
}

fn by_settings(verifier: &WebhookVerifier, settings: &str, signature: &str) -> Result<SignedBy, VerifyError> {
    let request =
        SignedRequest::new("https://voice.example.com/v", Some(signature.as_bytes()), Payload::Form(FORM))
            .settings(Some(settings.as_bytes()));
    let verdict = verifier.verify(&request).map(|verified| verified.signed_by());
    if let Err(error) = verifier.screen(&request) {
        assert_eq!(verdict, Err(error));
    }
    verdict
}

#[test]
fn what_a_shared_key_signed_is_accepted_with_either_hash_function() {
    // Made with the algorithm of Twilio's page "Sign webhooks with shared keys", by another program.
    let sha256 = "YApEIsC/xMHYQBjDxyw6umoy5wK8Np3vDQpgEo+nvZY=";
    let sha1 = "mZvdn0rOFErSvzSwqGp2TwE5LQU=";
    let verifier = WebhookVerifier::shared_key(&shared("sharedkeysecret0123456789abcdef"));

    assert_eq!(by_settings(&verifier, SETTINGS, sha256), Ok(SignedBy::SharedKey(0)));
    let with_sha1 = "key=webhooks_sharedkey_01,algorithm=HMAC_SHA1";
    assert_eq!(by_settings(&verifier, with_sha1, sha1), Ok(SignedBy::SharedKey(0)));
    assert_eq!(by_settings(&verifier, SETTINGS, sha1), Err(VerifyError::MalformedSignature));
    assert_eq!(by_settings(&verifier, with_sha1, sha256), Err(VerifyError::MalformedSignature));
    let unknown = "key=webhooks_sharedkey_01,algorithm=HMAC_SHA512";
    assert_eq!(by_settings(&verifier, unknown, sha256), Err(VerifyError::UnknownAlgorithm));
}

#[test]
fn a_token_does_not_vouch_for_a_shared_key_nor_a_shared_key_for_a_token() {
    let url = "https://voice.example.com/v";
    // The same secret twice, so that only the kind of it can make the difference.
    let (key, token) = (shared(SECRET), AuthToken::new(SECRET).unwrap());
    let by_token = twilio_client::signature::sign(&token, url, Payload::Form(FORM)).unwrap();
    let by_key = sign_with_shared_key(&key, Algorithm::Sha256, url, Payload::Form(FORM)).unwrap();
    let (tokens, keys) = (WebhookVerifier::new(&token), WebhookVerifier::shared_key(&key));
    let other = WebhookVerifier::new(&token).or_shared_key(&shared("canary-token-77aa"));

    assert_eq!(by_settings(&tokens, SETTINGS, &by_key), Err(VerifyError::NoSharedKey));
    assert_eq!(by_settings(&other, SETTINGS, &by_key), Err(VerifyError::SignatureMismatch));
    assert_eq!(by_settings(&keys, "", &by_token), Err(VerifyError::NoToken));
    assert_eq!(by_settings(&tokens, "", &by_key), Err(VerifyError::MalformedSignature));
    let both = WebhookVerifier::new(&token).or_shared_key(&key);
    assert_eq!(by_settings(&both, SETTINGS, &by_key), Ok(SignedBy::SharedKey(0)));
    assert_eq!(by_settings(&both, "", &by_token), Ok(SignedBy::Token(0)));
}

#[test]
fn during_a_rotation_both_shared_keys_are_accepted_and_the_verdict_says_which() {
    let verifier = WebhookVerifier::shared_key(&shared("canary-token-77aa-new"))
        .or_shared_key(&shared("canary-token-77aa-old"));
    let signed = |secret| {
        let url = "https://voice.example.com/v";
        let signature = sign_with_shared_key(&shared(secret), Algorithm::Sha256, url, Payload::Form(FORM));
        by_settings(&verifier, SETTINGS, &signature.unwrap())
    };

    assert_eq!(signed("canary-token-77aa-new"), Ok(SignedBy::SharedKey(0)));
    assert_eq!(signed("canary-token-77aa-old"), Ok(SignedBy::SharedKey(1)));
    assert_eq!(signed("canary-token-77aa-neither"), Err(VerifyError::SignatureMismatch));
    assert!(!format!("{:?} {:?}", shared("canary-token-77aa"), verifier).contains("canary"));
}

#[test]
fn json_without_a_hash_is_refused_though_the_url_is_signed() {
    let signature = sign(SECRET, URL.as_bytes());

    assert_eq!(verdict(URL, &signature, Payload::Raw(b"{}")), Err(VerifyError::MissingBodyHash));
}

#[test]
fn the_hash_in_the_url_of_a_get_speaks_of_no_body() {
    let url = with_hash(URL, b"the form that became the query");
    let signature = sign(SECRET, url.as_bytes());

    assert_eq!(verdict(&url, &signature, Payload::of("GET", None, b"")), Ok(()));
    let with_body = Payload::of("GET", None, b"another");
    assert_eq!(verdict(&url, &signature, with_body), Err(VerifyError::BodyHashMismatch));
    assert_eq!(verdict(&url, &signature, Payload::of("POST", None, b"")), Err(VerifyError::BodyHashMismatch));
}

#[test]
fn relabelling_a_json_body_as_a_form_lets_no_other_body_through() {
    let url = with_hash(URL, b"{}");
    let signature = sign(SECRET, url.as_bytes());

    assert_eq!(verdict(&url, &signature, Payload::Raw(b"{}")), Ok(()));
    for other in [Payload::Form(b"&"), Payload::Form(b""), Payload::Raw(b"")] {
        assert_eq!(verdict(&url, &signature, other), Err(VerifyError::BodyHashMismatch), "{other:?}");
    }
    assert_eq!(verdict(&url, &signature, Payload::Params(&[])), Err(VerifyError::RawBodyNeeded));
}

#[test]
fn the_content_type_decides_what_is_signed() {
    for form in ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=UTF-8"] {
        assert!(matches!(Payload::of("POST", Some(form), b"a=1"), Payload::Form(b"a=1")));
    }
    assert!(matches!(Payload::of("POST", Some("application/json"), b"{}"), Payload::Raw(_)));
    assert!(matches!(Payload::of("POST", None, b"a=1"), Payload::Raw(_)));
    assert!(matches!(Payload::of("POST", Some("application/json"), b""), Payload::Raw(b"")));
    assert!(matches!(Payload::of("GET", Some("application/json"), b""), Payload::Empty));
    let form = Some("application/x-www-form-urlencoded");
    assert!(matches!(Payload::of("GET", form, b"a=1"), Payload::Raw(_)));
}

#[test]
fn the_diagnosis_names_the_url_that_fits_and_hides_its_query_and_password() {
    let body = Payload::Form(b"From=%2B14155550142");
    let seen = "http://user:canary-token-77aa@voice.example.com/voice?From=%2B14155550142";
    let diagnose = |signed: &str, others: &[&str]| {
        let signature = sign(SECRET, format!("{signed}From+14155550142").as_bytes());
        let request = SignedRequest::new(seen, Some(signature.as_bytes()), body);
        assert!(verifier().verify(&request).is_err());
        verifier().diagnose(&request, others)
    };

    let tls = diagnose(&seen.replace("http:", "https:"), &[]).unwrap();
    assert_eq!(tls.difference(), Difference::Scheme);
    assert_eq!(tls.url(), "https://voice.example.com/voice?..");
    let host = "https://tunnel.example.net/voice";
    let other = diagnose(host, &["https://x.example", host]).unwrap();
    assert_eq!((other.difference(), other.url()), (Difference::OtherUrl, host));
    assert_eq!(
        diagnose(&seen.replace("/voice?", "/voice/?"), &[]).unwrap().difference(),
        Difference::TrailingSlash
    );
    assert_eq!(
        diagnose(&seen.replace("user:canary-token-77aa@", ""), &[]).unwrap().difference(),
        Difference::Userinfo
    );
    assert_eq!(diagnose(seen.split('?').next().unwrap(), &[]).unwrap().difference(), Difference::Query);
    assert!(diagnose("https://nobody.example", &[]).is_none());
    let shown = format!("{tls} {tls:?} {:?}", SignedRequest::new(seen, None, body));
    assert!(!shown.contains("canary") && !shown.contains("4155550142"));
}

#[test]
fn the_diagnosis_sees_that_only_the_url_was_signed() {
    let signature = sign(SECRET, URL.as_bytes());
    let request = SignedRequest::new(URL, Some(signature.as_bytes()), Payload::Form(b"a=1"));

    assert_eq!(verifier().diagnose(&request, &[]).unwrap().difference(), Difference::Parameters);
    let json = SignedRequest::new(URL, Some(signature.as_bytes()), Payload::Raw(b"{}"));
    assert!(verifier().diagnose(&json, &[]).is_none());
}

#[test]
fn a_handshake_behind_tls_is_checked_as_wss() {
    let origin: PublicOrigin = "https://voice.example.com".parse().unwrap();
    let signature = sign(SECRET, b"wss://voice.example.com/media");

    assert_eq!(verdict(&origin.websocket_url("/media"), &signature, Payload::Empty), Ok(()));
    assert!(verdict(&origin.url("/media"), &signature, Payload::Empty).is_err());
}

proptest! {
    #[test]
    fn any_bytes_get_a_verdict_and_no_forgery_is_accepted(
        url in "\\PC{0,60}",
        wild in "(https|WSS|[a-z]{0,3})://[\\[\\]@:a-z0-9é%]{0,12}[/?#&='@:%a-fbodySHA256]{0,30}",
        signature in proptest::collection::vec(any::<u8>(), 0..40),
        body in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let forged = sign("canary-token-77aa", &body);
        for url in [&url, &wild] {
            for header in [Some(signature.as_slice()), Some(forged.as_bytes()), None] {
                for payload in [Payload::Empty, Payload::Form(&body), Payload::Raw(&body), Payload::Params(&[])] {
                    let request = SignedRequest::new(url, header, payload);
                    prop_assert!(verifier().verify(&request).is_err());
                    prop_assert!(verifier().diagnose(&request, &[&wild]).is_none());
                }
            }
        }
    }

    #[test]
    fn what_twilio_signs_is_accepted_and_any_change_of_it_refused(
        path in "/[a-z/]{1,8}x",
        query in "(\\?[A-Z]=[0-9+%.]{1,8})?",
        params in proptest::collection::btree_map("[A-Z][a-z]{1,6}", "[ -~é]{0,12}", 1..5),
        at in any::<prop::sample::Index>(),
    ) {
        let url = format!("https://voice.example.com{path}{query}");
        let text = params.iter().fold(url.clone(), |text, (name, value)| text + name + value);
        let signature = sign(SECRET, text.as_bytes());
        let pairs: Vec<_> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        prop_assert_eq!(verdict(&url, &signature, Payload::Params(&pairs)), Ok(()));

        let mut changed = pairs.clone();
        let victim = at.index(changed.len());
        let value = format!("{}!", changed[victim].1);
        changed[victim].1 = &value;
        prop_assert!(verdict(&url, &signature, Payload::Params(&changed)).is_err());
        changed.remove(victim);
        prop_assert!(verdict(&url, &signature, Payload::Params(&changed)).is_err());

        // One character after the host is replaced by one that stands nowhere in it.
        let spot = "https://voice.example.com/".len() + at.index(url.len() - "https://voice.example.com/".len());
        let other = [&url[..spot], "~", &url[spot + 1..]].concat();
        prop_assert!(verdict(&other, &signature, Payload::Params(&pairs)).is_err());
    }

    #[test]
    fn a_changed_body_does_not_fit_its_hash(
        body in proptest::collection::vec(any::<u8>(), 1..60),
        at in any::<prop::sample::Index>(),
        bit in 0_u32..8,
    ) {
        let url = with_hash(URL, &body);
        let signature = sign(SECRET, url.as_bytes());
        prop_assert_eq!(verdict(&url, &signature, Payload::Raw(&body)), Ok(()));

        let mut changed = body.clone();
        changed[at.index(body.len())] ^= 1 << bit;
        for payload in [Payload::Raw(&changed), Payload::Form(&changed)] {
            prop_assert_eq!(verdict(&url, &signature, payload), Err(VerifyError::BodyHashMismatch));
        }
    }
}
