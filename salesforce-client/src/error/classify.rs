//! The retry table: which code or status means what. Pure.

use bytes::Bytes;
use http::StatusCode;

use super::{ApiError, Error, ErrorKind, Limit, Retry, document};

/// What one entry, or a bare status, means.
struct Class {
    kind: ErrorKind,
    retry: Retry,
    limit: Option<Limit>,
    hint: &'static str,
}

const fn class(kind: ErrorKind, retry: Retry, hint: &'static str) -> Class {
    Class { kind, retry, limit: None, hint }
}

const fn limit(limit: Limit, hint: &'static str) -> Class {
    Class { kind: ErrorKind::Limit, retry: Retry::Safe, limit: Some(limit), hint }
}

/// The error of an answer that is not a success.
pub(crate) fn answer(status: StatusCode, body: &Bytes) -> Error {
    let entries = document::entries(body);
    if entries.is_empty() {
        let class = by_status(status);
        return of_class(&class, status).with_excerpt(body);
    }
    refusal(status, entries)
}

/// The error of a record or part that was refused with these entries.
pub(crate) fn refusal(status: StatusCode, entries: Vec<ApiError>) -> Error {
    // One array can mix classes; the strictest decides.
    let mut strictest = (0, by_status(status));
    for (index, entry) in entries.iter().enumerate() {
        let class = by_code(entry).unwrap_or_else(|| by_status(status));
        if index == 0 || class.retry > strictest.1.retry {
            strictest = (index, class);
        }
    }
    let (leading, class) = strictest;
    of_class(&class, status).with_entries(entries, leading)
}

fn of_class(class: &Class, status: StatusCode) -> Error {
    Error::new(class.kind, class.hint).with_retry(class.retry).with_limit(class.limit).with_status(status)
}

fn by_code(entry: &ApiError) -> Option<Class> {
    use ErrorKind::{Authentication, Configuration, Rejected, Unavailable};
    Some(match entry.code.as_str() {
        "INVALID_SESSION_ID" | "INVALID_AUTH_HEADER" => session(entry.message()),
        "REQUEST_LIMIT_EXCEEDED" => request_limit(entry.message()),
        "LOGIN_RATE_EXCEEDED" => {
            limit(Limit::Login, "the user logged in too often this hour, wait for the next one")
        }
        "UNABLE_TO_LOCK_ROW" => {
            class(Unavailable, Retry::Safe, "another transaction holds the record, send it again later")
        }
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" if entry.message().contains("UNABLE_TO_LOCK_ROW") => {
            class(Rejected, Retry::Safe, "automation of the org met a locked record, send it again later")
        }
        "PROCESSING_HALTED" | "ALL_OR_NONE_OPERATION_ROLLED_BACK" => class(
            Rejected,
            Retry::Safe,
            "nothing was applied because another part of the request failed first",
        ),
        // A 503 can come after the write was done, so the code is no proof that it was not.
        "SERVER_UNAVAILABLE" | "UNKNOWN_EXCEPTION" | "QUERY_TIMEOUT" => class(
            Unavailable,
            Retry::IfIdempotent,
            "the org could not finish the request, send it again later",
        ),
        "REQUIRED_FIELD_MISSING" => rejected("fill in the required fields and send the record again"),
        "STRING_TOO_LONG" => rejected("shorten the text and send the record again"),
        "INVALID_FIELD" | "INVALID_FIELD_FOR_INSERT_UPDATE" => rejected(
            "a field does not exist, is not visible to the user, or cannot be written: check its name and access",
        ),
        "FIELD_CUSTOM_VALIDATION_EXCEPTION" => rejected("a validation rule of the org refused the record"),
        "DUPLICATES_DETECTED" => rejected("a duplicate rule of the org found similar records"),
        "DUPLICATE_VALUE" => rejected("another record already has this unique value"),
        "ENTITY_IS_DELETED" => rejected("the record was deleted"),
        "NOT_FOUND" => rejected("no such record, object or field: check the name and the user's access"),
        "MALFORMED_QUERY" => rejected("the query cannot be parsed: check its text"),
        "INVALID_QUERY_LOCATOR" => {
            class(ErrorKind::PageExpired, Retry::Never, "the next page has expired, run the query again")
        }
        "UNSUPPORTED_API_VERSION" => class(Configuration, Retry::Never, RETIRED),
        "API_DISABLED_FOR_ORG" | "API_CURRENTLY_DISABLED" => class(
            Authentication,
            Retry::Never,
            "the org or the user has no API access: enable it for the user",
        ),
        code if code.starts_with("INSUFFICIENT_ACCESS") => {
            rejected("the integration user lacks access to the record or object: extend its permissions")
        }
        _ => return None,
    })
}

const RETIRED: &str = "the org does not serve this API version any more: set a newer one with `api_version`";

const fn rejected(hint: &'static str) -> Class {
    class(ErrorKind::Rejected, Retry::Never, hint)
}

/// A session error is worth a new login, unless the sentence says that no login will help.
fn session(message: &str) -> Class {
    let hopeless = ["not attached to agent", "not valid for use with the rest api"];
    let message = message.to_lowercase();
    if hopeless.iter().any(|text| message.contains(text)) {
        return class(
            ErrorKind::Authentication,
            Retry::Never,
            "the app's sessions may not use this API: change the app's settings in the org",
        );
    }
    class(
        ErrorKind::Authentication,
        Retry::Safe,
        "the org does not accept the session: check the login and that the host is the org's My Domain",
    )
}

/// Both kinds share one code; only the sentence tells them apart.
fn request_limit(message: &str) -> Class {
    if message.to_lowercase().contains("concurrent") {
        limit(Limit::Concurrent, "too many long requests run in the org, send it again in a moment")
    } else {
        limit(Limit::Daily, "the org's API budget is used up, wait until the 24-hour window frees some")
    }
}

fn by_status(status: StatusCode) -> Class {
    use ErrorKind::{Authentication, Configuration, Rejected, Unavailable};
    match status.as_u16() {
        300 => class(Rejected, Retry::Never, "several records have this external id: make the field unique"),
        301..=399 => class(
            Configuration,
            Retry::Never,
            "the host redirects: use the org's My Domain host, not a page's",
        ),
        401 => class(Authentication, Retry::Never, "the answer asks for a login this client does not know"),
        403 => class(Rejected, Retry::Never, "the org or a proxy before it forbids the request"),
        404 => class(Rejected, Retry::Never, "no such record or resource"),
        408 | 500..=599 => class(
            Unavailable,
            Retry::IfIdempotent,
            "the org or a proxy before it could not answer, send it again later",
        ),
        410 => class(Configuration, Retry::Never, RETIRED),
        429 => limit(Limit::Rate, "the org asks for fewer requests, wait and send it again"),
        _ => class(Rejected, Retry::Never, "the org refused the request, see the error's entries"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn entry(status: u16, body: &'static str) -> Error {
        answer(StatusCode::from_u16(status).unwrap(), &Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn the_two_request_limits_are_told_apart_by_their_text() {
        let now = entry(
            403,
            r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentRequests (Concurrent API Requests) Limit exceeded."}]"#,
        );
        let day = entry(
            403,
            r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#,
        );

        assert_eq!(now.limit(), Some(Limit::Concurrent));
        assert_eq!(day.limit(), Some(Limit::Daily));
    }

    #[test]
    fn the_strictest_of_several_entries_decides() {
        let error = entry(
            400,
            r#"[{"errorCode":"UNABLE_TO_LOCK_ROW","message":""},{"errorCode":"REQUIRED_FIELD_MISSING","message":"","fields":["Subject"]}]"#,
        );

        assert_eq!(error.retry(), Retry::Never);
        assert_eq!(error.code(), Some(&ErrorCode::REQUIRED_FIELD_MISSING));
        assert_eq!(error.entries().len(), 2);
    }

    #[test]
    fn verdict_table_of_codes_and_statuses() {
        let cases = [
            (401, "INVALID_SESSION_ID", ErrorKind::Authentication, Retry::Safe),
            (400, "UNABLE_TO_LOCK_ROW", ErrorKind::Unavailable, Retry::Safe),
            (503, "SERVER_UNAVAILABLE", ErrorKind::Unavailable, Retry::IfIdempotent),
            (500, "UNKNOWN_EXCEPTION", ErrorKind::Unavailable, Retry::IfIdempotent),
            (400, "QUERY_TIMEOUT", ErrorKind::Unavailable, Retry::IfIdempotent),
            (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", ErrorKind::Rejected, Retry::Never),
            (403, "INSUFFICIENT_ACCESS_OR_READONLY", ErrorKind::Rejected, Retry::Never),
            (400, "NEVER_HEARD_OF", ErrorKind::Rejected, Retry::Never),
            (500, "NEVER_HEARD_OF", ErrorKind::Unavailable, Retry::IfIdempotent),
            (410, "GONE", ErrorKind::Configuration, Retry::Never),
            (429, "SLOW_DOWN", ErrorKind::Limit, Retry::Safe),
        ];
        for (status, code, kind, retry) in cases {
            let body = Bytes::from(format!(r#"[{{"errorCode":"{code}","message":"m"}}]"#));
            let error = answer(StatusCode::from_u16(status).unwrap(), &body);
            assert_eq!((error.kind(), error.retry()), (kind, retry), "{status} {code}");
        }
    }

    #[test]
    fn automation_that_met_a_lock_may_be_sent_again_and_any_other_failure_of_it_may_not() {
        let failed = |cause: &str| {
            let body = format!(
                r#"[{{"errorCode":"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY","message":"T: execution of BeforeInsert caused by: {cause}"}}]"#
            );
            answer(StatusCode::BAD_REQUEST, &Bytes::from(body)).retry()
        };
        assert_eq!(failed("System.DmlException: UNABLE_TO_LOCK_ROW, unable to obtain access"), Retry::Safe);
        assert_eq!(failed("System.NullPointerException"), Retry::Never);
    }

    #[test]
    fn a_session_that_no_login_can_mend_is_not_tried_again() {
        let error = entry(
            401,
            r#"[{"errorCode":"INVALID_SESSION_ID","message":"This session is not valid for use with the REST API"}]"#,
        );
        assert_eq!(error.retry(), Retry::Never);
    }
}
