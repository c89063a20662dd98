//! Confirmation: a call that has to be confirmed is answered with a token, and only that token lets it act.
//!
//! The token says itself until when it holds, which question of the call it answers, and how often the caller had spoken
//! by then. A MAC binds all of it to call, function and arguments, so the token need not be stored and every replica with
//! the same secret can check it.

use std::{fmt, time::Duration};

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sha2::Sha256;

use crate::call::CallId;

/// The name of the argument that carries the token.
pub(super) const ARGUMENT: &str = "confirmation";

/// How long the caller has to say yes.
const VALIDITY: Duration = Duration::from_secs(600);
/// Letters and digits that a model copies without mistakes.
const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// Almost sixty bits of the MAC: nobody tries that many on one call.
const SIGNS: usize = 12;

/// Makes and checks the tokens.
#[derive(Clone)]
pub(super) struct Confirmations(Hmac<Sha256>);

impl Confirmations {
    /// With a secret that all replicas share, or one of this process.
    pub(super) fn new(secret: Option<&SecretString>) -> Result<Self, getrandom::Error> {
        let mut random = [0; 32];
        let key = if let Some(secret) = secret {
            secret.expose_secret().as_bytes()
        } else {
            getrandom::fill(&mut random)?;
            &random
        };
        // A key of any length is a key of this MAC.
        let mac = Hmac::new_from_slice(key).map_err(|_| getrandom::Error::UNSUPPORTED)?;
        Ok(Self(mac))
    }

    /// A token for this request, from now on and for ten minutes.
    pub(super) fn token(
        &self,
        request: &Request<'_>,
        serial: u64,
        heard: Option<u32>,
        now: Timestamp,
    ) -> String {
        let until = now.as_second() + i64::try_from(VALIDITY.as_secs()).unwrap_or(600);
        self.sign(request, until, Token { serial, heard })
    }

    /// What a token says, if it was given for this request and still holds.
    pub(super) fn read(&self, token: &str, request: &Request<'_>, now: Timestamp) -> Option<Token> {
        let token = token.trim();
        let mut parts = token.split('-');
        let until = i64::from_str_radix(parts.next()?, 36).ok()?;
        let serial = u64::from_str_radix(parts.next()?, 36).ok()?;
        let mut rest: Vec<&str> = parts.collect();
        rest.pop()?;
        let heard = rest.first().map(|heard| u32::from_str_radix(heard, 36)).transpose().ok()?;
        let said = Token { serial, heard };
        let expected = self.sign(request, until, said);
        // The same time for every wrong token.
        let differences =
            expected.bytes().zip(token.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
        let is_genuine = expected.len() == token.len() && differences == 0;
        (is_genuine && now.as_second() <= until).then_some(said)
    }

    fn sign(&self, request: &Request<'_>, until: i64, said: Token) -> String {
        let mut mac = self.0.clone();
        for part in [request.channel, request.call.as_str(), request.function] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.update(request.digest);
        // What comes before the signs, as it is written.
        let heard = said.heard.map(|heard| format!("-{}", base36(heard.into()))).unwrap_or_default();
        let body = format!("{}-{}{heard}", base36(until.unsigned_abs()), base36(said.serial));
        mac.update(body.as_bytes());
        let tag = mac.finalize().into_bytes();
        let signs = tag.iter().take(SIGNS).map(|byte| char::from(ALPHABET[usize::from(byte % 31)]));
        format!("{body}-{}", signs.collect::<String>())
    }
}

impl fmt::Debug for Confirmations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Confirmations(..)")
    }
}

/// What a token says of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Token {
    /// Its place in the order in which the call asked.
    pub(super) serial: u64,
    /// How many turns of the caller the platform had told of when it was given, if it told.
    pub(super) heard: Option<u32>,
}

/// What a token is bound to.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) channel: &'a str,
    pub(super) call: &'a CallId,
    pub(super) function: &'a str,
    /// Of the arguments, less the token.
    pub(super) digest: &'a [u8; 16],
}

fn base36(number: u64) -> String {
    let (mut rest, mut digits) = (number, Vec::new());
    while rest > 0 || digits.is_empty() {
        let digit = u32::try_from(rest % 36).ok().and_then(|digit| char::from_digit(digit, 36));
        digits.extend(digit);
        rest /= 36;
    }
    digits.iter().rev().collect()
}

/// Takes the token out of the arguments, if there is one.
pub(super) fn take_token(arguments: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut arguments: Value = serde_json::from_slice(arguments).ok()?;
    let token = arguments.as_object_mut()?.remove(ARGUMENT)?;
    // What is no text is no token, but it is no argument either.
    let token = token.as_str().unwrap_or_default().to_owned();
    Some((token, serde_json::to_vec(&arguments).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn confirmations() -> Confirmations {
        Confirmations::new(Some(&SecretString::from("canary-webhook-secret-91be"))).unwrap()
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_token_fits_its_call_function_and_arguments_and_no_other() {
        let (call, other) = (CallId::from("c"), CallId::from("d"));
        let request = Request { channel: "vapi", call: &call, function: "f", digest: &[1; 16] };
        for heard in [None, Some(0), Some(40)] {
            let token = confirmations().token(&request, 7, heard, NOW);
            let read = confirmations().read(&token, &request, NOW);
            assert_eq!(read, Some(Token { serial: 7, heard }), "another replica with the same secret");
        }
        let token = confirmations().token(&request, 7, Some(1), NOW);
        for wrong in [
            Request { call: &other, ..request },
            Request { function: "g", ..request },
            Request { channel: "twilio", ..request },
            Request { digest: &[2; 16], ..request },
        ] {
            assert_eq!(confirmations().read(&token, &wrong, NOW), None);
        }
        let stranger = Confirmations::new(None).unwrap();
        assert_eq!(stranger.read(&token, &request, NOW), None);
    }

    #[test]
    fn a_token_ends_and_cannot_be_made_to_last() {
        let call = CallId::from("c");
        let request = Request { channel: "vapi", call: &call, function: "f", digest: &[1; 16] };
        let token = confirmations().token(&request, 1, Some(2), NOW);
        assert!(confirmations().read(&token, &request, after(600)).is_some());
        assert_eq!(confirmations().read(&token, &request, after(601)), None);
        let (_, signs) = token.rsplit_once('-').unwrap();
        for changed in [format!("zzzzz-1-2-{signs}"), format!("go-9-2-{signs}"), format!("go-1-0-{signs}")] {
            assert_eq!(confirmations().read(&changed, &request, NOW), None, "{changed}");
        }
        assert_eq!(token, format!("go-1-2-{signs}"));
    }

    proptest! {
        #[test]
        fn no_text_is_taken_for_a_token(text in "\\PC{0,40}|[0-9a-z]{1,6}(-[0-9a-z]{1,2}){1,2}-[a-z2-9]{12}") {
            let call = CallId::from("c");
            let request = Request { channel: "vapi", call: &call, function: "f", digest: &[1; 16] };
            prop_assert_eq!(confirmations().read(&text, &request, NOW), None);
        }
    }

    #[test]
    fn the_token_leaves_the_arguments() {
        let (token, rest) = take_token(br#"{"a": 1, "confirmation": "t"}"#).unwrap();
        assert_eq!((token.as_str(), rest.as_slice()), ("t", &b"{\"a\":1}"[..]));
        assert!(take_token(br#"{"a": 1}"#).is_none());
        assert!(take_token(b"no json").is_none());
    }
}
