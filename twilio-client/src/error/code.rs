//! Twilio's error codes, open at the end.

use std::fmt;

use voice_crm_rest::{ErrorKind, Verdict};

/// A code of Twilio's "Error and Warning Dictionary".
///
/// Any number is a code; the constants name those a telephone line meets. The alternate form of `Display` adds what a
/// known code means.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ErrorCode(pub u32);

/// Declares each code once: its name, its number, what a client does about it and what it means.
macro_rules! codes {
    ($($name:ident = $number:literal, $verdict:expr, $meaning:literal;)+) => {
        impl ErrorCode {
            $(#[doc = concat!("`", $number, "`: ", $meaning, ".")]
            pub const $name: Self = Self($number);)+

            /// Every code that has a name, with the verdict on an answer that carries it and what it means.
            pub const KNOWN: &[(Self, Verdict, &str)] = &[$((Self::$name, $verdict, $meaning),)+];
        }
    };
}

/// Not done, and the same again would not be either.
const REFUSED: Verdict = Verdict::Refused(ErrorKind::Refused);

codes! {
    DIAL_NUMBER_INVALID = 13224, REFUSED, "the number dialled is invalid or not supported";
    DIAL_BLOCKED = 13225, REFUSED, "the number dialled is blocked";
    DIAL_NOT_PERMITTED = 13227, REFUSED, "the account may not dial to that region";
    INVALID_PARAMETER = 20001, REFUSED, "a parameter is invalid";
    AUTHENTICATION_FAILED = 20003, Verdict::Refused(ErrorKind::Authentication), "the credentials are wrong or may not do this";
    NOT_FOUND = 20404, Verdict::Refused(ErrorKind::NotFound), "there is no such resource";
    TOO_MANY_REQUESTS = 20429, Verdict::Wait(ErrorKind::RateLimited), "too many requests";
    INTERNAL = 20500, Verdict::Unclear(ErrorKind::Unavailable), "an internal error at twilio";
    NO_TO_NUMBER = 21201, REFUSED, "no number to call was given";
    INVALID_URL = 21205, REFUSED, "a url is invalid";
    FROM_NOT_VERIFIED = 21210, REFUSED, "the caller id is not a verified number of the account";
    INVALID_TO = 21211, REFUSED, "the number to call is invalid";
    INVALID_FROM = 21212, REFUSED, "the caller id is invalid";
    TO_NOT_REACHABLE = 21214, REFUSED, "the number to call cannot be reached";
    GEO_NOT_PERMITTED = 21215, REFUSED, "the account may not call that region";
    NUMBER_INVALID = 21217, REFUSED, "the number appears to be invalid";
    TRIAL_TO_NOT_VERIFIED = 21219, REFUSED, "a trial account calls verified numbers only";
    CALL_NOT_IN_PROGRESS = 21220, Verdict::Refused(ErrorKind::Gone), "the call is over or not yet answered";
    TRIAL_MESSAGE_TO_NOT_VERIFIED = 21608, REFUSED, "a trial account sends to verified numbers only";
    VERIFY_RATE_LIMITED = 25109, Verdict::Wait(ErrorKind::RateLimited), "too many requests to verify";
    VERIFY_INVALID_PARAMETER = 60200, REFUSED, "a parameter of the verification is invalid";
    VERIFY_MAX_CHECKS = 60202, REFUSED, "too many codes were tried for this verification";
    VERIFY_MAX_SENDS = 60203, REFUSED, "too many codes were sent to this number";
    VERIFY_LANDLINE = 60205, REFUSED, "a landline takes no text message";
    VERIFY_NUMBER_BUSY = 60212, REFUSED, "a code is being sent to this number already";
    VERIFY_BLOCKED = 60410, REFUSED, "codes to numbers like this one are blocked for a while";
    VERIFY_GEO_NOT_PERMITTED = 60605, REFUSED, "the account may not send codes to that country";
    TRIAL_RECIPIENT_NOT_VERIFIED = 573_005, REFUSED, "the recipient has not finished verifying with the trial account";
}

impl ErrorCode {
    /// What the code means, in our words, if it is one we know.
    pub fn meaning(self) -> Option<&'static str> {
        self.known().map(|(_, _, meaning)| *meaning)
    }

    /// The verdict on an answer that carries it, if it is one we know.
    pub(crate) fn verdict(self) -> Option<Verdict> {
        self.known().map(|(_, verdict, _)| *verdict)
    }

    fn known(self) -> Option<&'static (Self, Verdict, &'static str)> {
        Self::KNOWN.iter().find(|(code, _, _)| *code == self)
    }

    /// Whether a limit of Verify is reached. Twilio answers with 429, but a retry does not help: the limit is lifted
    /// after some minutes.
    pub fn is_verify_limit(self) -> bool {
        [Self::VERIFY_MAX_CHECKS, Self::VERIFY_MAX_SENDS, Self::VERIFY_NUMBER_BUSY].contains(&self)
    }

    /// Whether a trial account's limits are the cause: upgrade it, or verify the other number.
    pub fn is_trial_limit(self) -> bool {
        [Self::TRIAL_TO_NOT_VERIFIED, Self::TRIAL_MESSAGE_TO_NOT_VERIFIED, Self::TRIAL_RECIPIENT_NOT_VERIFIED]
            .contains(&self)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            Some(meaning) if f.alternate() => write!(f, "{} ({meaning})", self.0),
            _ => self.0.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_known_code_has_a_number_of_its_own_and_a_sentence_that_goes_on_after_a_colon() {
        let numbers: BTreeSet<_> = ErrorCode::KNOWN.iter().map(|(code, _, _)| *code).collect();

        assert_eq!(numbers.len(), ErrorCode::KNOWN.len());
        for (code, _, meaning) in ErrorCode::KNOWN {
            assert!(meaning.starts_with(|first: char| first.is_ascii_lowercase()), "{code}");
            assert!(meaning.len() > 10 && !meaning.ends_with('.'), "{code}");
        }
    }
}
