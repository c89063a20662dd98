//! The verifier: always a verdict, never the wrong one.

use std::sync::LazyLock;

use twilio_client::signature::{
    Algorithm, Payload, SignedBy, SignedRequest, VerifyError, sign, sign_with_shared_key,
};
use twilio_client::{AuthToken, SharedKey, WebhookVerifier};

use crate::bound::check_values;
use crate::edit::edited;

static TOKEN: LazyLock<AuthToken> = LazyLock::new(|| AuthToken::short_by_choice("12345").unwrap());
static VERIFIER: LazyLock<WebhookVerifier> = LazyLock::new(|| {
    let another = AuthToken::new("another-token-of-the-account").unwrap();
    WebhookVerifier::new(&another).or(&TOKEN).or_shared_key(&KEY)
});
static KEY: LazyLock<SharedKey> = LazyLock::new(|| SharedKey::new("a-shared-key-of-the-account").unwrap());

/// Signatures of the right form, one for each hash function.
const SIGNATURES: [&[u8]; 2] =
    [b"0/KCTR6DLpKmkAf8muzZqo1nDgQ=", b"MUk9zvnVyVQgRIfTbWHk2rUd9bQnT/Jx1rT2yqkJm4I="];
const URL: &str = "https://user:pa:ss@Voice.Example.com:8443/a%20b/?x='%27@%40:%3A&y=#rc=2";
/// A URL with the hash of its body.
const BOUND_URL: &str = "https://voice.example.com/status?x=1&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const BOUND_BODY: &[u8] = b"{}";

/// Values of the settings header, and what they say a request was signed with; nothing if that is unknown.
const SETTINGS: [(&str, Option<Algorithm>); 6] = [
    ("key=webhooks_sharedkey_01,algorithm=HMAC_SHA256", Some(Algorithm::Sha256)),
    ("key=webhooks_sharedkey_01,algorithm=HMAC_SHA1", Some(Algorithm::Sha1)),
    ("key=webhooks_sharedkey_01", Some(Algorithm::Sha1)),
    (" algorithm = hmac_sha256 , key=x", Some(Algorithm::Sha256)),
    ("key=webhooks_sharedkey_01,algorithm=HMAC_SHA512", None),
    ("algorithm=", Some(Algorithm::Sha1)),
];

/// A settings header out of the table, one at random, or none.
fn settings(which: u8, random: &[u8]) -> Option<&[u8]> {
    match which % 8 {
        0 => None,
        1 => Some(random),
        which => Some(SETTINGS[usize::from(which) - 2].0.as_bytes()),
    }
}

fn payload(kind: u8, body: &[u8]) -> Payload<'_> {
    match kind % 3 {
        0 => Payload::Form(body),
        1 => Payload::Raw(body),
        _ => Payload::Empty,
    }
}

/// The verdict, which the head alone never spoils: what it condemns is condemned with the body too.
fn verdict(request: &SignedRequest<'_>) -> Result<SignedBy, VerifyError> {
    let verdict = VERIFIER.verify(request);
    match verdict {
        Ok(_) => assert_eq!(VERIFIER.screen(request), Ok(())),
        Err(verdict) => {
            if let Err(error) = VERIFIER.screen(request) {
                assert!(verdict == error || verdict == VerifyError::MissingBodyHash);
            }
        }
    }
    verdict.map(|verified| {
        assert!(verified.spelling().is_as_received());
        verified.signed_by()
    })
}

type Head = (Vec<u8>, Option<Vec<u8>>, u8, Vec<u8>);

#[test]
fn what_was_not_signed_is_refused_whatever_its_headers_say() {
    check_values!((Head, u8, Vec<u8>), |((url, header, which, random), kind, body)| {
        let url = String::from_utf8_lossy(url);
        let settings = settings(*which, random);
        for header in [header.as_deref(), Some(SIGNATURES[0]), Some(SIGNATURES[1])] {
            for url in [&url, URL, BOUND_URL] {
                let request = SignedRequest::new(url, header, payload(*kind, body)).settings(settings);
                let _ = format!("{request:?} {:?}", VERIFIER.diagnose(&request, &[url, URL]));
                assert!(verdict(&request).is_err());
            }
        }
    });
}

#[test]
fn a_url_with_some_changes_fits_its_own_signature_by_each_kind_of_secret_and_no_other() {
    check_values!((Vec<u8>, bool, u8, Vec<u8>), |(edits, bound, kind, body)| {
        let url = edited(if *bound { BOUND_URL } else { URL }.as_bytes().to_vec(), edits);
        let url = String::from_utf8_lossy(&url);
        let payload = payload(*kind, body);
        let claimed = url.contains("bodySHA256=");
        let stranger = SignedRequest::new(&url, Some(SIGNATURES[0]), payload);
        let _ = VERIFIER.diagnose(&stranger, &[URL]);
        assert!(verdict(&stranger).is_err());
        // By the token, without the header of settings, and by the shared key as each of them says.
        let by_key = SETTINGS.map(|(settings, algorithm)| (Some(settings.as_bytes()), algorithm));
        for (settings, algorithm) in [(None, None)].into_iter().chain(by_key) {
            let signature = match settings {
                None => sign(&TOKEN, &url, payload),
                Some(_) => sign_with_shared_key(&KEY, algorithm.unwrap_or(Algorithm::Sha256), &url, payload),
            };
            let signature = match signature {
                Ok(signature) => signature,
                Err(error) => {
                    assert_eq!(error, VerifyError::MissingBodyHash);
                    continue;
                }
            };
            let request = SignedRequest::new(&url, Some(signature.as_bytes()), payload);
            let signed_by = match (settings, algorithm) {
                (None, _) => Ok(SignedBy::Token(1)),
                (Some(_), Some(_)) => Ok(SignedBy::SharedKey(0)),
                (Some(_), None) => Err(VerifyError::UnknownAlgorithm),
            };
            let verdict = verdict(&request.settings(settings));
            assert!(verdict == signed_by || (claimed && verdict == Err(VerifyError::BodyHashMismatch)));
            // What one kind of secret signed, the other does not vouch for.
            let other = if settings.is_some() { None } else { Some(SETTINGS[1].0.as_bytes()) };
            assert!(VERIFIER.verify(&request.settings(other)).is_err());
        }
    });
}

#[test]
fn a_body_is_taken_only_if_the_hash_in_the_signed_url_is_of_it() {
    let by_token = sign(&TOKEN, BOUND_URL, Payload::Raw(BOUND_BODY)).unwrap();
    let by_key = sign_with_shared_key(&KEY, Algorithm::Sha256, BOUND_URL, Payload::Raw(BOUND_BODY)).unwrap();
    let heads = [
        (by_token, None, SignedBy::Token(1)),
        (by_key, Some(SETTINGS[0].0.as_bytes()), SignedBy::SharedKey(0)),
    ];
    check_values!((Vec<u8>, bool), |(edits, form)| {
        let body = edited(BOUND_BODY.to_vec(), edits);
        for (signature, settings, signed_by) in &heads {
            for body in [&body, BOUND_BODY] {
                let payload = if *form { Payload::Form(body) } else { Payload::Raw(body) };
                let request = SignedRequest::new(BOUND_URL, Some(signature.as_bytes()), payload);
                let expected =
                    if body == BOUND_BODY { Ok(*signed_by) } else { Err(VerifyError::BodyHashMismatch) };
                assert_eq!(verdict(&request.settings(*settings)), expected);
            }
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

        let request = SignedRequest::new(url, Some(signature.as_bytes()), Payload::Form(&other));
        let verdict = verdict(&request);

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
