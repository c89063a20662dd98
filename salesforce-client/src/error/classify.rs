//! Which answer means what. Pure.

mod table;

use std::borrow::Cow;

use bytes::Bytes;
use http::StatusCode;

use self::table::{RETIRED, ROWS, Row};
use super::{ApiError, Error, ErrorKind, Limit, Retry, document};

/// What one entry, or a bare status, means.
#[derive(Clone, Copy)]
struct Class {
    kind: ErrorKind,
    retry: Retry,
    limit: Option<Limit>,
    /// Whether it shows that the org cannot answer, and not only that one request failed.
    is_down: bool,
    hint: &'static str,
}

const fn class(kind: ErrorKind, retry: Retry, hint: &'static str) -> Class {
    Class { kind, retry, limit: None, is_down: false, hint }
}

/// The error of an answer that is not a success.
pub(crate) fn answer(status: StatusCode, body: &Bytes) -> Error {
    let entries = document::entries(body);
    if entries.is_empty() {
        return without_entries(status, body).with_excerpt(body);
    }
    refusal(status, entries)
}

/// The error of an answer by an endpoint that the org's own code serves, which may answer as it likes.
pub(crate) fn answer_of_code(status: StatusCode, body: &Bytes) -> Error {
    let known = matches!(status.as_u16(), 300..=399 | 401 | 407 | 410 | 429);
    if known || matches!(form(body), Form::Nothing | Form::Page) || !document::entries(body).is_empty() {
        return answer(status, body);
    }
    let hint = format!(
        "the org's own endpoint answered with status {}: read its answer in `Error::body_excerpt`",
        status.as_u16()
    );
    Error::described(ErrorKind::Rejected, hint).with_status(status).with_excerpt(body)
}

/// The error of a record or part that was refused with these entries.
pub(crate) fn refusal(status: StatusCode, entries: Vec<ApiError>) -> Error {
    // One array can mix classes; the strictest decides.
    let mut strictest: Option<(usize, Class)> = None;
    for (index, entry) in entries.iter().enumerate() {
        let class = by_code(entry).unwrap_or_else(|| by_status(status));
        if strictest.is_none_or(|(_, strict)| class.retry > strict.retry) {
            strictest = Some((index, class));
        }
    }
    let (leading, class) = strictest.unwrap_or_else(|| (0, by_status(status)));
    of_class(&class, class.hint, status).with_entries(entries, leading)
}

fn of_class(class: &Class, hint: impl Into<Cow<'static, str>>, status: StatusCode) -> Error {
    Error::described(class.kind, hint)
        .with_retry(class.retry)
        .with_limit(class.limit)
        .with_status(status)
        .of_an_org_down(class.is_down)
}

fn by_code(entry: &ApiError) -> Option<Class> {
    let message = entry.message().to_lowercase();
    ROWS.iter().find(|row| row.is_for(entry.code.as_str(), &message)).map(|row| row.class)
}

impl Row {
    fn is_for(&self, code: &str, message: &str) -> bool {
        let same = match self.code.strip_suffix('*') {
            Some(beginning) => code.starts_with(beginning),
            None => code == self.code,
        };
        same && message.contains(self.text)
    }
}

/// What a code that is not in the table means.
fn by_status(status: StatusCode) -> Class {
    use ErrorKind::{Authentication, Configuration, Rejected, Unavailable};
    let later = "the org could not answer: send it again later";
    match status.as_u16() {
        300 => class(Rejected, Retry::Never, MANY),
        301..=399 => class(Configuration, Retry::Never, REDIRECTED),
        401 => class(Authentication, Retry::Never, STRANGE_LOGIN),
        403 => class(Rejected, Retry::Never, "the org forbids the request: see the error's entries"),
        404 => class(Rejected, Retry::Never, "no such record or resource: see the error's entries"),
        // The org itself speaks, so that it is up; not so where the status says the opposite.
        408 | 500 | 501 => class(Unavailable, Retry::IfIdempotent, later),
        502..=599 => Class { is_down: true, ..class(Unavailable, Retry::IfIdempotent, later) },
        410 => class(Configuration, Retry::Never, RETIRED),
        429 => Class { limit: Some(Limit::Rate), ..class(ErrorKind::Limit, Retry::Safe, SLOWER) },
        _ => class(Rejected, Retry::Never, "the org refused the request: see the error's entries"),
    }
}

const MANY: &str = "several records have this external id: make the field unique";
const REDIRECTED: &str = "the host redirects: use the org's My Domain host, not a page's";
const STRANGE_LOGIN: &str =
    "the answer asks for a login this client does not know: check the host and what stands before it";
const SLOWER: &str = "the org asks for fewer requests: wait and send it again";

/// What an answer means that lacks the org's error array: as a rule something before the org gave it, a
/// proxy or the edge of Salesforce's network, so it is no refusal by the org.
fn without_entries(status: StatusCode, body: &Bytes) -> Error {
    use ErrorKind::{Authentication, Configuration, Rejected, Unavailable};
    let passing = |hint| Class { is_down: true, ..class(Unavailable, Retry::IfIdempotent, hint) };
    let class = match status.as_u16() {
        300 => class(Rejected, Retry::Never, MANY),
        301..=399 => class(Configuration, Retry::Never, REDIRECTED),
        401 => class(Authentication, Retry::Never, STRANGE_LOGIN),
        403 => {
            passing("something before the org forbids the request: look at the firewall and proxy on the way")
        }
        404 => passing(
            "something before the org does not know the address: check the host and the proxy on the way",
        ),
        406 => passing("the edge before the org does not serve the request just now: send it again later"),
        407 => {
            class(Configuration, Retry::Never, "a proxy asks for a login: put one into the proxy's address")
        }
        408 | 500..=599 => passing("the org or a proxy before it could not answer: send it again later"),
        410 => class(Configuration, Retry::Never, RETIRED),
        413 | 414 | 431 => class(
            Rejected,
            Retry::Never,
            "the request is longer than what stands before the org takes: send less at once",
        ),
        420 => passing(
            "the org is down for maintenance, or is gone as an old sandbox or scratch org is: send it again later, \
             and look whether the org still exists",
        ),
        429 => Class { limit: Some(Limit::Rate), ..class(ErrorKind::Limit, Retry::Safe, SLOWER) },
        _ => passing(
            "something before the org answered in its place: look at the proxy on the way, and send it again later",
        ),
    };
    let what = match form(body) {
        Form::Nothing => "an empty body",
        Form::Page => "a page",
        Form::Other => "no error of the org",
    };
    of_class(&class, format!("{} (status {}, {what})", class.hint, status.as_u16()), status)
}

/// An answer that says "good" and holds a page, or nothing although something was to be read: something
/// before the org gave it.
pub(crate) fn hollow(status: StatusCode, body: &Bytes, is_read: bool) -> Option<Error> {
    let what = match form(body) {
        Form::Nothing if is_read => "is not JSON but empty",
        Form::Page => "is not JSON but a page",
        Form::Nothing | Form::Other => return None,
    };
    Some(foreign(what, status, body))
}

/// The page that came where rows were asked for.
pub(crate) fn in_place_of_rows(status: StatusCode, body: &Bytes) -> Error {
    foreign("is a page and no rows", status, body)
}

fn foreign(what: &str, status: StatusCode, body: &Bytes) -> Error {
    let hint = format!("the answer {what}: look at the proxy on the way, and send it again later");
    let class = Class { is_down: true, ..class(ErrorKind::Unavailable, Retry::IfIdempotent, "") };
    of_class(&class, hint, status).with_excerpt(body)
}

enum Form {
    Nothing,
    Page,
    Other,
}

fn form(body: &[u8]) -> Form {
    match body.trim_ascii_start().first() {
        None => Form::Nothing,
        Some(b'<') => Form::Page,
        Some(_) => Form::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn entry(status: u16, body: &'static str) -> Error {
        answer(StatusCode::from_u16(status).unwrap(), &Bytes::from_static(body.as_bytes()))
    }

    fn coded(status: u16, code: &str, message: &str) -> Error {
        let body = serde_json::json!([{"errorCode": code, "message": message}]).to_string();
        answer(StatusCode::from_u16(status).unwrap(), &Bytes::from(body))
    }

    #[test]
    fn each_row_has_a_verdict_and_a_sentence_that_says_what_to_do() {
        for row in &ROWS {
            let code = row.code.trim_end_matches('*');
            let found = ROWS.iter().find(|other| other.is_for(code, row.text)).unwrap();
            assert!(std::ptr::eq(found, row), "{code} {} stands behind {}", row.text, found.text);
            let error = coded(400, code, row.text);
            assert_eq!((error.kind(), error.retry()), (row.class.kind, row.class.retry), "{code}");
            assert!(error.to_string().starts_with(row.class.hint), "{error}");
            let (what, to_do) = row.class.hint.split_once(": ").unwrap_or_default();
            assert!(!what.is_empty() && to_do.len() >= 12, "{code}: {}", row.class.hint);
        }
    }

    #[test]
    fn every_code_that_has_a_name_has_a_row() {
        for code in ErrorCode::KNOWN {
            assert!(ROWS.iter().any(|row| row.is_for(code.as_str(), row.text)), "{code}");
        }
    }

    #[test]
    fn an_answer_without_the_orgs_error_array_is_not_the_orgs_refusal() {
        for status in [400, 403, 404, 405, 406, 408, 409, 420, 500, 502, 503, 520] {
            for body in ["", "<html>no</html>", " \n<!DOCTYPE html>", "busy", r#"{"odd":1}"#] {
                let error = entry(status, body);
                let told = (error.kind(), error.retry());
                assert_eq!(told, (ErrorKind::Unavailable, Retry::IfIdempotent), "{status} {body}");
                assert!(!error.is_not_found(), "a page is no word about a record");
                let sentence = error.to_string();
                assert!(sentence.contains(&format!("status {status}")), "{sentence}");
                assert!(!sentence.contains("entries"), "there are none: {sentence}");
            }
        }
        assert!(entry(420, "").to_string().contains("whether the org still exists"));
        assert!(entry(406, "").to_string().contains("an empty body"));
        assert!(entry(403, "<html>").to_string().contains("a page"));
    }

    #[test]
    fn what_something_before_the_org_will_refuse_again_is_not_repeated() {
        for (status, kind, what_to_do) in [
            (302, ErrorKind::Configuration, "My Domain"),
            (407, ErrorKind::Configuration, "a proxy asks for a login"),
            (414, ErrorKind::Rejected, "send less"),
            (431, ErrorKind::Rejected, "send less"),
        ] {
            let error = entry(status, "<html>");
            assert_eq!((error.kind(), error.retry()), (kind, Retry::Never), "{status}");
            assert!(error.to_string().contains(what_to_do), "{error}");
        }
    }

    #[test]
    fn a_code_this_client_does_not_know_points_to_the_entries_that_are_there() {
        for status in [400, 403, 404] {
            let error = coded(status, "NEVER_HEARD_OF", "m");
            assert!(error.to_string().contains("see the error's entries") && !error.entries().is_empty());
        }
    }

    #[test]
    fn an_endpoint_of_the_orgs_own_code_answers_as_it_likes() {
        let of_code = |status: u16, body: &'static str| {
            answer_of_code(StatusCode::from_u16(status).unwrap(), &Bytes::from_static(body.as_bytes()))
        };
        for status in [400, 404, 409, 500, 503] {
            let error = of_code(status, r#"{"reason":"no stock"}"#);
            assert_eq!((error.kind(), error.retry()), (ErrorKind::Rejected, Retry::Never), "{status}");
            assert!(!error.is_org_down());
        }
        assert!(of_code(404, r#""no such order""#).is_not_found());
        for (status, body) in [(503, ""), (502, "<html>"), (429, "{}")] {
            assert_ne!(of_code(status, body).kind(), ErrorKind::Rejected, "{status}: not by the code");
        }
    }

    #[test]
    fn the_two_request_limits_are_told_apart_by_their_text() {
        let now = coded(
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
        );
        let day = coded(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");

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
            (500, "APEX_ERROR", ErrorKind::Rejected, Retry::Never),
            (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", ErrorKind::Rejected, Retry::Never),
            (403, "INSUFFICIENT_ACCESS_OR_READONLY", ErrorKind::Rejected, Retry::Never),
            (400, "NEVER_HEARD_OF", ErrorKind::Rejected, Retry::Never),
            (500, "NEVER_HEARD_OF", ErrorKind::Unavailable, Retry::IfIdempotent),
            (410, "GONE", ErrorKind::Configuration, Retry::Never),
            (429, "SLOW_DOWN", ErrorKind::Limit, Retry::Safe),
        ];
        for (status, code, kind, retry) in cases {
            let error = coded(status, code, "m");
            assert_eq!((error.kind(), error.retry()), (kind, retry), "{status} {code}");
        }
    }

    #[test]
    fn automation_that_met_a_lock_may_be_sent_again_and_any_other_failure_of_it_may_not() {
        for code in ["CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER", "APEX_ERROR"] {
            let failed = |cause: &str| coded(400, code, &format!("T: execution caused by: {cause}")).retry();
            assert_eq!(failed("System.DmlException: UNABLE_TO_LOCK_ROW, unable to obtain"), Retry::Safe);
            assert_eq!(failed("System.NullPointerException"), Retry::Never);
        }
    }

    #[test]
    fn a_session_that_no_login_can_mend_is_not_tried_again() {
        let error = coded(401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API");
        assert_eq!(error.retry(), Retry::Never);
    }
}
