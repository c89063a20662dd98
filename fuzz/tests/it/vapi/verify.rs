//! A verifier is never fooled: not by one flipped bit, and not by anything that was not signed.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::Timestamp;
use vapi_types::webhook::{Algorithm, Encoding, HmacPlan, Parts, Verifier};

use crate::bound::check_values;

const SECRET: &str = "a-secret-of-the-usual-length";
const URL: &str = "https://bridge.example.com/webhook/vapi";

static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| {
    let plans = [
        HmacPlan::new(SECRET),
        HmacPlan::body_only(SECRET),
        HmacPlan::new(SECRET).algorithm(Algorithm::Sha512).encoding(Encoding::Base64),
        HmacPlan::new(SECRET).algorithm(Algorithm::Sha1).signature_prefix("sha1="),
        HmacPlan::new(SECRET)
            .payload_format("{method} {url} {svix-id} {timestamp} {body}")
            .public_origin("https://bridge.example.com"),
    ];
    let mut verifiers: Vec<Verifier> = plans.map(|plan| Verifier::hmac(plan).unwrap()).into();
    verifiers.push(Verifier::secret(SECRET).unwrap());
    verifiers.push(Verifier::header("x-key", SECRET).unwrap());
    verifiers
});

type Headers = BTreeMap<String, Vec<u8>>;

fn accepts(verifier: &Verifier, headers: &Headers, body: &[u8], now: Timestamp) -> bool {
    let header = |name: &str| headers.get(name).map(Vec::as_slice);
    let verdict = verifier.verify(&Parts { method: "POST", url: URL, header: &header, body }, now);
    // What the headers alone condemn is condemned with the body too.
    if let Err(error) = verifier.screen(&header, now) {
        assert_eq!(verdict, Err(error));
    }
    verdict.is_ok()
}

fn signed(verifier: &Verifier, body: &[u8], now: Timestamp) -> Headers {
    let headers = verifier.sign("POST", URL, body, now);
    headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value.into_bytes())).collect()
}

#[test]
fn one_flipped_bit_anywhere_is_refused() {
    let now = Timestamp::from_second(1_787_073_598).unwrap();
    check_values!((u8, Vec<u8>, u32), |(which, body, bit)| {
        let verifier = &VERIFIERS[usize::from(*which) % VERIFIERS.len()];
        let mut headers = signed(verifier, body, now);
        let mut body = body.clone();
        assert!(accepts(verifier, &headers, &body, now));
        // A plain secret says nothing of the body.
        let is_over_body = usize::from(*which) % VERIFIERS.len() < 5;
        let mut parts: Vec<&mut Vec<u8>> = headers.values_mut().collect();
        if is_over_body {
            parts.push(&mut body);
        }
        let bits: usize = parts.iter().map(|part| part.len() * 8).sum();
        let mut bit = *bit as usize % bits;
        for part in parts {
            if bit < part.len() * 8 {
                part[bit / 8] ^= 1 << (bit % 8);
                break;
            }
            bit -= part.len() * 8;
        }
        assert!(!accepts(verifier, &headers, &body, now));
    });
}

#[test]
fn what_was_not_signed_is_refused() {
    let now = Timestamp::from_second(1_787_073_598).unwrap();
    check_values!((Vec<u8>, Vec<u8>, Vec<u8>), |(value, time, body)| {
        for verifier in VERIFIERS.iter() {
            let mut headers = signed(verifier, b"another body", now);
            for (name, old) in &mut headers {
                *old = if name.contains("timestamp") && time.len() % 2 == 0 {
                    time.clone()
                } else {
                    value.clone()
                };
            }
            assert!(!accepts(verifier, &headers, body, now));
        }
    });
}
