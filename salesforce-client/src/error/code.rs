//! `ErrorCode`: the org's own word for a failure, open to words not known yet.

use std::borrow::Cow;
use std::fmt;

/// The `errorCode` of an answer.
///
/// Codes this crate does not know are kept as they came. See \[Salesforce/Core data types: `StatusCode`\].
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ErrorCode(Cow<'static, str>);

impl ErrorCode {
    /// The bulk request was rolled back because another record failed.
    pub const ALL_OR_NONE_OPERATION_ROLLED_BACK: Self = Self::known("ALL_OR_NONE_OPERATION_ROLLED_BACK");
    /// The org's edition, or the user, has no API access.
    pub const API_DISABLED_FOR_ORG: Self = Self::known("API_DISABLED_FOR_ORG");
    /// A duplicate rule found similar records.
    pub const DUPLICATES_DETECTED: Self = Self::known("DUPLICATES_DETECTED");
    /// A unique field already has this value.
    pub const DUPLICATE_VALUE: Self = Self::known("DUPLICATE_VALUE");
    /// The record is in the recycle bin.
    pub const ENTITY_IS_DELETED: Self = Self::known("ENTITY_IS_DELETED");
    /// A validation rule or trigger of the org refused the record.
    pub const FIELD_CUSTOM_VALIDATION_EXCEPTION: Self = Self::known("FIELD_CUSTOM_VALIDATION_EXCEPTION");
    /// The user may not use a record that this one points to.
    pub const INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: Self =
        Self::known("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY");
    /// The user may not do this to the record.
    pub const INSUFFICIENT_ACCESS_OR_READONLY: Self = Self::known("INSUFFICIENT_ACCESS_OR_READONLY");
    /// The Authorization header was not understood.
    pub const INVALID_AUTH_HEADER: Self = Self::known("INVALID_AUTH_HEADER");
    /// A record that this one points to does not exist.
    pub const INVALID_CROSS_REFERENCE_KEY: Self = Self::known("INVALID_CROSS_REFERENCE_KEY");
    /// Not an e-mail address.
    pub const INVALID_EMAIL_ADDRESS: Self = Self::known("INVALID_EMAIL_ADDRESS");
    /// No such field, or the user does not see it.
    pub const INVALID_FIELD: Self = Self::known("INVALID_FIELD");
    /// The field cannot be written by this operation.
    pub const INVALID_FIELD_FOR_INSERT_UPDATE: Self = Self::known("INVALID_FIELD_FOR_INSERT_UPDATE");
    /// The value is not in the restricted picklist.
    pub const INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: Self =
        Self::known("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
    /// The page of a query has expired.
    pub const INVALID_QUERY_LOCATOR: Self = Self::known("INVALID_QUERY_LOCATOR");
    /// The session has ended or was never valid here.
    pub const INVALID_SESSION_ID: Self = Self::known("INVALID_SESSION_ID");
    /// No such object in a query.
    pub const INVALID_TYPE: Self = Self::known("INVALID_TYPE");
    /// The body is not the JSON the org expects.
    pub const JSON_PARSER_ERROR: Self = Self::known("JSON_PARSER_ERROR");
    /// The user logged in too often within the hour.
    pub const LOGIN_RATE_EXCEEDED: Self = Self::known("LOGIN_RATE_EXCEEDED");
    /// Not a record id.
    pub const MALFORMED_ID: Self = Self::known("MALFORMED_ID");
    /// The query cannot be parsed.
    pub const MALFORMED_QUERY: Self = Self::known("MALFORMED_QUERY");
    /// No such record or resource.
    pub const NOT_FOUND: Self = Self::known("NOT_FOUND");
    /// The number does not fit the field.
    pub const NUMBER_OUTSIDE_VALID_RANGE: Self = Self::known("NUMBER_OUTSIDE_VALID_RANGE");
    /// Another part of the composite request failed first.
    pub const PROCESSING_HALTED: Self = Self::known("PROCESSING_HALTED");
    /// The query ran too long.
    pub const QUERY_TIMEOUT: Self = Self::known("QUERY_TIMEOUT");
    /// The org's API budget or concurrency limit is used up.
    pub const REQUEST_LIMIT_EXCEEDED: Self = Self::known("REQUEST_LIMIT_EXCEEDED");
    /// A required field has no value.
    pub const REQUIRED_FIELD_MISSING: Self = Self::known("REQUIRED_FIELD_MISSING");
    /// The org is down or overloaded.
    pub const SERVER_UNAVAILABLE: Self = Self::known("SERVER_UNAVAILABLE");
    /// The text is longer than the field.
    pub const STRING_TOO_LONG: Self = Self::known("STRING_TOO_LONG");
    /// Another transaction holds the record.
    pub const UNABLE_TO_LOCK_ROW: Self = Self::known("UNABLE_TO_LOCK_ROW");
    /// The org failed inside.
    pub const UNKNOWN_EXCEPTION: Self = Self::known("UNKNOWN_EXCEPTION");
    /// The API version is retired.
    pub const UNSUPPORTED_API_VERSION: Self = Self::known("UNSUPPORTED_API_VERSION");

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
