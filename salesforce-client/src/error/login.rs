//! What a refused login means, and what to do about it: the table of the login service's errors. Pure.
//!
//! The word alone does not tell: `invalid_grant` stands for a token that has ended as well as for a
//! request that came a moment too early. Only a text that is known to end a grant ends it.

mod table;

use bytes::Bytes;
use http::StatusCode;

use self::table::{ROWS, Row, Verdict};
use super::{Error, ErrorKind, Limit, OAuthError, Retry, classify, document};

/// What the login asks with, where the same text means different things.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Grant {
    RefreshToken,
    Other,
}

const UNKNOWN: &str = "the login was refused for a reason that this client does not know: read it in \
                       `Error::oauth`, and look at the login history of the user in the org";

/// The error of a login that was refused. A login changes no data, so a repeat does no harm unless it
/// must fail the same way.
pub(crate) fn refused(status: StatusCode, body: &Bytes, grant: Grant) -> Error {
    let Some(oauth) = document::oauth(body) else {
        let error = classify::answer(status, body);
        if matches!(status.as_u16(), 404 | 405) {
            let hint = "this host takes no logins: use the org's My Domain, https://<name>.my.salesforce.com";
            return error.with_kind(ErrorKind::Configuration, hint).with_retry(Retry::Never);
        }
        let retry = if error.retry() == Retry::IfIdempotent { Retry::Safe } else { error.retry() };
        return error.with_retry(retry);
    };
    let text = oauth.description().unwrap_or_default().to_lowercase();
    let (verdict, hint) = match ROWS.iter().find(|row| row.is_for(oauth.error(), &text, grant)) {
        Some(row) => (row.verdict, row.hint),
        None if status.is_server_error() => (Verdict::Passes, UNKNOWN),
        None => (Verdict::Unknown, UNKNOWN),
    };
    of(verdict, hint).with_status(status).with_oauth(oauth)
}

/// The error of a consent that came back with this word and text.
pub(crate) fn not_allowed(word: &str, text: &str) -> Error {
    let known = ROWS.iter().find(|row| row.is_for(word, &text.to_lowercase(), Grant::Other));
    let (verdict, hint) = known.map_or((Verdict::Unknown, UNKNOWN), |row| (row.verdict, row.hint));
    of(verdict, hint).with_oauth(OAuthError::new(word, text))
}

impl Row {
    fn is_for(&self, word: &str, text: &str, grant: Grant) -> bool {
        let same = self.word.is_empty() || self.word.eq_ignore_ascii_case(word);
        same && text.contains(self.text) && self.grant.is_none_or(|only| only == grant)
    }
}

fn of(verdict: Verdict, hint: &'static str) -> Error {
    let (kind, retry) = match verdict {
        Verdict::EndsGrant => (ErrorKind::Reauthorization, Retry::Never),
        Verdict::Passes => (ErrorKind::Unavailable, Retry::Safe),
        Verdict::Limited => (ErrorKind::Limit, Retry::Safe),
        Verdict::Unknown => (ErrorKind::Authentication, Retry::Safe),
        Verdict::ChangeOrg => (ErrorKind::Authentication, Retry::Never),
        Verdict::ChangeSettings => (ErrorKind::Configuration, Retry::Never),
    };
    let limit = (verdict == Verdict::Limited).then_some(Limit::Login);
    Error::new(kind, hint).with_retry(retry).with_limit(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(status: u16, word: &str, text: &str, grant: Grant) -> Error {
        let body = serde_json::json!({"error": word, "error_description": text}).to_string();
        refused(StatusCode::from_u16(status).unwrap(), &Bytes::from(body), grant)
    }

    #[test]
    fn each_row_has_a_verdict_and_a_sentence_that_says_what_to_do() {
        for row in &ROWS {
            let grant = row.grant.unwrap_or(Grant::Other);
            let found = ROWS.iter().find(|other| other.is_for(row.word, row.text, grant)).unwrap();
            assert!(std::ptr::eq(found, row), "{} {} stands behind {}", row.word, row.text, found.text);
            let error = login(400, row.word, row.text, grant);
            assert_eq!(of(row.verdict, row.hint).kind(), error.kind(), "{}", row.hint);
            assert!(error.to_string().starts_with(row.hint), "{error}");
            let (what, to_do) = row.hint.split_once(": ").unwrap_or_default();
            assert!(!what.is_empty() && to_do.len() >= 15, "{}", row.hint);
        }
    }

    #[test]
    fn the_services_errors_mean_what_they_say() {
        use ErrorKind::{Authentication, Configuration, Reauthorization, Unavailable};
        let cases = [
            ("invalid_grant", "expired access/refresh token", Reauthorization, "allow the app again"),
            ("invalid_grant", "token request is already being processed", Unavailable, "in a moment"),
            ("unknown_error", "retry your request", Unavailable, "try again"),
            ("invalid_grant", "user hasn't approved this consumer", Authentication, "pre-authorize"),
            (
                "invalid_app_access",
                "user is not admin approved to access this app",
                Authentication,
                "permission set",
            ),
            (
                "OAUTH_APP_ACCESS_DENIED",
                "user is not admin approved to access this app",
                Authentication,
                "permission set",
            ),
            ("OAUTH_APP_BLOCKED", "this app is blocked by admin", Authentication, "unblock"),
            ("invalid_client", "app must be installed into org", Authentication, "install"),
            ("invalid_grant", "no client credentials user enabled", Authentication, "run-as user"),
            ("invalid_grant", "request not supported on this domain", Configuration, "My Domain"),
            ("invalid_grant", "IP restricted or invalid login hours", Authentication, "login hours"),
            ("inactive_user", "user is inactive", Authentication, "activate"),
            ("invalid_grant", "inactive user", Authentication, "activate"),
            ("inactive_org", "organization is locked, closed, or suspended", Authentication, "Salesforce"),
            (
                "invalid_client",
                "invalid client credentials",
                Authentication,
                "check the client id, the secret",
            ),
            ("invalid_client_id", "client identifier invalid", Authentication, "client id"),
            ("invalid_grant", "authentication failure", Authentication, "user name"),
            ("invalid_grant", "invalid assertion", Authentication, "certificate"),
            ("invalid_grant", "audience is invalid", Configuration, "audience"),
            ("invalid_grant", "Audience validation failed", Configuration, "audience"),
            ("unsupported_grant_type", "grant type not supported", Configuration, "enable"),
            ("invalid_grant", "", Authentication, "Error::oauth"),
            ("a_new_word", "never heard of", Authentication, "Error::oauth"),
        ];
        for (word, text, kind, what_to_do) in cases {
            let error = login(400, word, text, Grant::Other);
            assert_eq!(error.kind(), kind, "{word} {text}");
            assert!(error.to_string().contains(what_to_do), "{word} {text}: {error}");
        }
        for (word, text) in [("invalid_grant", "login rate exceeded"), ("rate_limit_exceeded", "")] {
            assert_eq!(login(400, word, text, Grant::Other).limit(), Some(Limit::Login));
        }
    }

    #[test]
    fn only_texts_that_end_a_grant_end_it() {
        let ends = |text| login(400, "invalid_grant", text, Grant::RefreshToken).kind();
        for text in ["expired access/refresh token", "invalid refresh token", "token revoked"] {
            assert_eq!(ends(text), ErrorKind::Reauthorization, "{text}");
        }
        for text in [
            "",
            "token request is already being processed",
            "expired authorization code",
            "ip restricted or invalid login hours",
            "inactive user",
            "user hasn't approved this consumer",
            "login rate exceeded",
            "activation secret invalid",
            "never heard of",
        ] {
            assert_ne!(ends(text), ErrorKind::Reauthorization, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_safe_to_repeat_after_a_pause() {
        for (status, word) in
            [(400, "invalid_grant"), (400, "unknown_error"), (403, "novelty"), (500, "novelty")]
        {
            assert_eq!(login(status, word, "", Grant::Other).retry(), Retry::Safe, "{word}");
        }
    }

    #[test]
    fn a_code_that_has_ended_needs_a_new_consent_and_the_same_words_to_a_refresh_only_time() {
        let text = "expired authorization code";
        assert_eq!(login(400, "invalid_grant", text, Grant::Other).retry(), Retry::Never);
        assert_eq!(login(400, "invalid_grant", text, Grant::RefreshToken).retry(), Retry::Safe);
    }
}
