//! `ErrorCode`: the org's own word for a failure, open to words not known yet.

use std::borrow::Cow;
use std::fmt;

/// The `errorCode` of an answer.
///
/// Codes this crate does not know are kept as they came. See \[Salesforce/Core data types: `StatusCode`\].
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ErrorCode(Cow<'static, str>);

/// The codes that this crate has a name for.
macro_rules! codes {
    ($($(#[$meaning:meta])+ $name:ident,)+) => {
        impl ErrorCode {
            $($(#[$meaning])+ pub const $name: Self = Self::known(stringify!($name));)+

            #[cfg(test)]
            pub(crate) const KNOWN: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

codes! {
    /// The bulk request was rolled back because another record failed.
    ALL_OR_NONE_OPERATION_ROLLED_BACK,
    /// The org's edition, or the user, has no API access.
    API_DISABLED_FOR_ORG,
    /// A duplicate rule found similar records.
    DUPLICATES_DETECTED,
    /// A unique field already has this value.
    DUPLICATE_VALUE,
    /// The record is in the recycle bin.
    ENTITY_IS_DELETED,
    /// A validation rule or trigger of the org refused the record.
    FIELD_CUSTOM_VALIDATION_EXCEPTION,
    /// The user may not use a record that this one points to.
    INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY,
    /// The user may not do this to the record.
    INSUFFICIENT_ACCESS_OR_READONLY,
    /// The Authorization header was not understood.
    INVALID_AUTH_HEADER,
    /// A record that this one points to does not exist.
    INVALID_CROSS_REFERENCE_KEY,
    /// Not an e-mail address.
    INVALID_EMAIL_ADDRESS,
    /// No such field, or the user does not see it.
    INVALID_FIELD,
    /// The field cannot be written by this operation.
    INVALID_FIELD_FOR_INSERT_UPDATE,
    /// The value is not in the restricted picklist.
    INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST,
    /// The page of a query has expired.
    INVALID_QUERY_LOCATOR,
    /// The session has ended or was never valid here.
    INVALID_SESSION_ID,
    /// No such object in a query.
    INVALID_TYPE,
    /// The body is not the JSON the org expects.
    JSON_PARSER_ERROR,
    /// The user logged in too often within the hour.
    LOGIN_RATE_EXCEEDED,
    /// Not a record id.
    MALFORMED_ID,
    /// The query cannot be parsed.
    MALFORMED_QUERY,
    /// No such record or resource.
    NOT_FOUND,
    /// The number does not fit the field.
    NUMBER_OUTSIDE_VALID_RANGE,
    /// Another part of the composite request failed first.
    PROCESSING_HALTED,
    /// The query ran too long.
    QUERY_TIMEOUT,
    /// The org's API budget or concurrency limit is used up.
    REQUEST_LIMIT_EXCEEDED,
    /// A required field has no value.
    REQUIRED_FIELD_MISSING,
    /// The org is down or overloaded.
    SERVER_UNAVAILABLE,
    /// The text is longer than the field.
    STRING_TOO_LONG,
    /// Another transaction holds the record.
    UNABLE_TO_LOCK_ROW,
    /// The org failed inside.
    UNKNOWN_EXCEPTION,
    /// The API version is retired.
    UNSUPPORTED_API_VERSION,
}

impl ErrorCode {
    const fn known(word: &'static str) -> Self {
        Self(Cow::Borrowed(word))
    }

    /// The code as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for ErrorCode {
    fn from(word: String) -> Self {
        Self(Cow::Owned(word))
    }
}

impl From<&str> for ErrorCode {
    fn from(word: &str) -> Self {
        Self(Cow::Owned(word.to_owned()))
    }
}

impl fmt::Display for ErrorCode {
    /// Writes the code when it looks like one: an answer of a stranger may hold anything here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let looks_like_one = self.0.len() <= 80 && !self.0.is_empty() && self.0.bytes().all(plain);
        f.write_str(if looks_like_one && self.0.as_bytes()[0].is_ascii_uppercase() {
            &self.0
        } else {
            "an unrecognised code"
        })
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_codes_are_kept_but_only_plain_ones_are_shown() {
        let odd = ErrorCode::from("+14155550142");

        assert_eq!(odd.as_str(), "+14155550142");
        assert_eq!(odd.to_string(), "an unrecognised code");
        assert_eq!(ErrorCode::from("BRAND_NEW_CODE").to_string(), "BRAND_NEW_CODE");
    }
}
