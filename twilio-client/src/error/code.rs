//! Twilio's error codes, open at the end.

use std::fmt;

use super::document::Document;

/// A code of Twilio's "Error and Warning Dictionary".
///
/// Any number is a code; the constants name those a telephone line meets.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ErrorCode(pub u32);

/// Declares each code once: its name, its number and what it means.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $meaning:literal;)+) => {
        impl ErrorCode {
            $(#[doc = concat!("`", $number, "`: ", $meaning, ".")]
            pub const $name: Self = Self($number);)+

            /// What the code means, in our words, if it is one we know.
            pub fn meaning(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($meaning),)+
                    _ => None,
                }
            }
        }
    };
}

codes! {
    DIAL_NUMBER_INVALID = 13224, "the number dialled is invalid or not supported";
    DIAL_BLOCKED = 13225, "the number dialled is blocked";
    DIAL_NOT_PERMITTED = 13227, "the account may not dial to that region";
    AUTHENTICATION_FAILED = 20003, "the credentials are wrong or may not do this";
    NOT_FOUND = 20404, "there is no such resource";
    TOO_MANY_REQUESTS = 20429, "too many requests";
    INTERNAL = 20500, "an internal error at twilio";
    NO_TO_NUMBER = 21201, "no number to call was given";
    INVALID_URL = 21205, "a url is invalid";
    FROM_NOT_VERIFIED = 21210, "the caller id is not a verified number of the account";
    INVALID_TO = 21211, "the number to call is invalid";
    INVALID_FROM = 21212, "the caller id is invalid";
    TO_NOT_REACHABLE = 21214, "the number to call cannot be reached";
    GEO_NOT_PERMITTED = 21215, "the account may not call that region";
    NUMBER_INVALID = 21217, "the number appears to be invalid";
    TRIAL_TO_NOT_VERIFIED = 21219, "a trial account calls verified numbers only";
    CALL_NOT_IN_PROGRESS = 21220, "the call is over or not yet answered";
    TRIAL_MESSAGE_TO_NOT_VERIFIED = 21608, "a trial account sends to verified numbers only";
    VERIFY_MAX_CHECKS = 60202, "too many codes were tried for this verification";
    VERIFY_MAX_SENDS = 60203, "too many codes were sent to this number";
    TRIAL_RECIPIENT_NOT_VERIFIED = 573_005, "the recipient has not finished verifying with the trial account";
}

impl ErrorCode {
    /// The code in an answer that is one of Twilio's error documents.
    pub(crate) fn of_document(body: &[u8]) -> Option<Self> {
        Document::parse(body)?.code
    }

    /// Whether a limit of Verify is reached. Twilio answers with 429, but a retry does not help: the limit is lifted
    /// after some minutes.
    pub fn is_verify_limit(self) -> bool {
        [Self::VERIFY_MAX_CHECKS, Self::VERIFY_MAX_SENDS].contains(&self)
    }

    /// Whether a trial account's limits are the cause: upgrade it, or verify the other number.
    pub fn is_trial_limit(self) -> bool {
        [Self::TRIAL_TO_NOT_VERIFIED, Self::TRIAL_MESSAGE_TO_NOT_VERIFIED, Self::TRIAL_RECIPIENT_NOT_VERIFIED]
            .contains(&self)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
