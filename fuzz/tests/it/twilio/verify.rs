//! The verifier: always a verdict, never the wrong one.

use std::sync::LazyLock;

use twilio_client::signature::{Payload, SignedBy, SignedRequest, VerifyError, sign};
use twilio_client::{AuthToken, SharedKey, WebhookVerifier};

use crate::bound::check_values;
use crate::edit::edited;

static TOKEN: LazyLock<AuthToken> = LazyLock::new(|| AuthToken::new("12345").unwrap());
static VERIFIER: LazyLock<WebhookVerifier> = LazyLock::new(|| {
    WebhookVerifier::new(&AuthToken::new("another").unwrap()).or(&TOKEN).or_shared_key(&KEY)
});
static KEY: LazyLock<SharedKey> = LazyLock::new(|| SharedKey::new("a-shared-key").unwrap());

const SIGNATURE: &[u8] = b"0/KCTR6DLpKmkAf8muzZqo1nDgQ=";
const URL: &str = "https://user:pa:ss@Voice.Example.com:8443/a%20b/?x='%27@%40:%3A&y=#rc=2";

fn payload(kind: u8, body: &[u8]) -> Payload<'_> {
    match kind % 3 {
        0 => Payload::Form(body),
        1 => Payload::Raw(body),
        _ => Payload::Empty,
    }
}

#[test]
fn bytes() {
    check_values!((Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>, u8, Vec<u8>), |(
        url,
        header,
        settings,
        kind,
        body,
    )| {
        let url = String::from_utf8_lossy(url);
        for header in [header.as_deref(), Some(SIGNATURE)] {
            let request =
                SignedRequest::new(&url, header, payload(*kind, body)).settings(settings.as_deref());
            let _ = format!("{request:?} {:?}", VERIFIER.diagnose(&request, &[&url, URL]));
            let verdict = VERIFIER.verify(&request);
            assert!(verdict.is_err());
            // What the head alone condemns is condemned with the body too.
            if let Err(error) = VERIFIER.screen(&request) {
                assert!(verdict == Err(error) || verdict == Err(VerifyError::MissingBodyHash));
            }
        }
    });
}

#[test]
fn a_url_with_some_changes_gets_a_verdict_and_fits_its_own_signature() {
    check_values!((Vec<u8>, u8, Vec<u8>), |(edits, kind, body)| {
        let url = edited(URL.as_bytes().to_vec(), edits);
        let url = String::from_utf8_lossy(&url);
        let payload = payload(*kind, body);
        let stranger = SignedRequest::new(&url, Some(SIGNATURE), payload);
        let _ = VERIFIER.diagnose(&stranger, &[URL]);
        assert!(VERIFIER.verify(&stranger).is_err());
        let claimed = url.contains("bodySHA256=");
        match sign(&TOKEN, &url, payload) {
            Ok(signature) => {
                let request = SignedRequest::new(&url, Some(signature.as_bytes()), payload);
                match VERIFIER.verify(&request) {
                    Ok(verified) => {
                        assert!(
                            verified.signed_by() == SignedBy::Token(1)
                                && verified.spelling().is_as_received()
                        );
                        assert_eq!(VERIFIER.screen(&request), Ok(()));
                    }
                    Err(error) => assert!(claimed && error == VerifyError::BodyHashMismatch, "{error}"),
                }
            }
            Err(error) => assert_eq!(error, VerifyError::MissingBodyHash),
        }
    });
}

#[test]
fn the_signature_of_one_form_fits_another_only_if_their_sorted_parameters_run_together_alike() {
    check_values!((Vec<u8>, Vec<u8>), |(mixture, edits)| {
        // Half of the bytes mean something in a form.
        let body: Vec<u8> = mixture
            .iter()
            .map(|byte| if *byte < 128 { b"&=+%aAbB27 4c"[usize::from(*byte) % 13] } else { *byte })
            .collect();
        let other = edited(body.clone(), edits);
        let (url, mine) = ("https://voice.example.com/status", Payload::Form(&body));
        let signature = sign(&TOKEN, url, mine).unwrap();

        let verdict =
            VERIFIER.verify(&SignedRequest::new(url, Some(signature.as_bytes()), Payload::Form(&other)));

        assert_eq!(verdict.is_ok(), run_together(&body) == run_together(&other));
    });
}

/// What is signed of a form, said again in the plainest way.
fn run_together(body: &[u8]) -> Vec<u8> {
    let mut pairs = std::collections::BTreeSet::new();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        pairs.insert((plain(&pair[..end]), plain(pair.get(end + 1..).unwrap_or_default())));
    }
    pairs.into_iter().flat_map(|(name, value)| [name, value].concat()).collect()
}

fn plain(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let digits = text.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match (byte, escaped) {
            (b'+', _) => plain.push(b' '),
            (b'%', Some(digits)) => {
                plain.push(u8::from_str_radix(digits, 16).unwrap());
                at += 2;
            }
            (byte, _) => plain.push(*byte),
        }
        at += 1;
    }
    plain
}
