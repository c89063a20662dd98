//! Authorization codes: given once a user allows a client, good for one exchange.

use std::{collections::HashMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::noise;
use crate::users::User;

/// The codes that have not been exchanged.
#[derive(Default)]
pub(crate) struct Codes(HashMap<String, (Pending, Timestamp)>);

/// What a code was given for.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) client: String,
    pub(crate) user: User,
    pub(crate) redirect: String,
    /// The SHA-256 of the verifier, as the client gave it.
    pub(crate) challenge: Option<String>,
}

impl Pending {
    /// Whether a verifier is the one of the challenge; without a challenge there is none to give.
    pub(crate) fn is_verified_by(&self, verifier: Option<&str>) -> bool {
        match (&self.challenge, verifier) {
            (None, _) => true,
            (Some(challenge), Some(verifier)) => {
                // The standard ends at 128 characters, but the vendor asks for 128 random bytes, which are more.
                (43..=256).contains(&verifier.len())
                    && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge.trim_end_matches('=')
            }
            (Some(_), None) => false,
        }
    }
}

impl Codes {
    pub(crate) fn give(&mut self, pending: Pending, now: Timestamp) -> String {
        let code = format!("aPrx{}", noise(60));
        let until = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
        self.0.retain(|_, (_, until)| *until > now);
        self.0.insert(code.clone(), (pending, until));
        code
    }

    /// Takes a code that is still good; nobody can take it again.
    pub(crate) fn take(&mut self, code: &str, now: Timestamp) -> Option<Pending> {
        self.0.remove(code).filter(|(_, until)| *until > now).map(|(pending, _)| pending)
    }
}

const LIFETIME: Duration = Duration::from_secs(15 * 60);

#[cfg(test)]
mod tests {
    use super::{Codes, LIFETIME, Pending};
    use crate::{engine::user, users::User};
    use jiff::Timestamp;

    fn pending(challenge: Option<&str>) -> Pending {
        Pending {
            client: "client".to_owned(),
            user: User { id: user(), username: "ada@example.com".to_owned() },
            redirect: "http://127.0.0.1/callback".to_owned(),
            challenge: challenge.map(str::to_owned),
        }
    }

    #[test]
    fn a_code_is_good_once_and_not_for_ever() {
        let (mut codes, now) = (Codes::default(), Timestamp::UNIX_EPOCH);
        let (first, second) = (codes.give(pending(None), now), codes.give(pending(None), now));
        assert!(codes.take(&first, now).is_some());
        assert!(codes.take(&first, now).is_none());
        assert!(codes.take(&second, now + LIFETIME).is_none());
    }

    #[test]
    fn the_verifier_of_the_standard_fits_its_challenge() {
        // The example of RFC 7636, appendix B.
        let pending = pending(Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert!(pending.is_verified_by(Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
        assert!(!pending.is_verified_by(Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl")));
        assert!(!pending.is_verified_by(None));
    }
}
