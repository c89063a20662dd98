//! The org's error codes, one row each; the first that fits decides.
//!
//! See \[Salesforce/Core data types: `StatusCode`\] and \[Salesforce/Status Codes and Error Responses\].

use super::ErrorKind::{self, Authentication, Configuration, PageExpired, Rejected, Unavailable};
use super::Limit::{Concurrent, Daily, Login};
use super::Retry::{self, IfIdempotent, Never, Safe};
use super::{Class, Limit};

#[derive(Clone, Copy)]
pub(super) struct Row {
    /// The whole code, or its beginning before a `*`.
    pub(super) code: &'static str,
    /// What stands in the message, in lower case; empty for anything.
    pub(super) text: &'static str,
    pub(super) class: Class,
}

const fn row(code: &'static str, kind: ErrorKind, retry: Retry, hint: &'static str) -> Row {
    Row { code, text: "", class: Class { kind, retry, limit: None, is_down: false, hint } }
}

const fn saying(text: &'static str, row: Row) -> Row {
    Row { text, ..row }
}

const fn limit(code: &'static str, limit: Limit, hint: &'static str) -> Row {
    let class = Class { kind: ErrorKind::Limit, retry: Safe, limit: Some(limit), is_down: false, hint };
    Row { code, text: "", class }
}

const fn down(row: Row) -> Row {
    Row { class: Class { is_down: true, ..row.class }, ..row }
}

const LOCKED: &str = "automation of the org met a locked record: send it again later";
const SESSION: &str =
    "the org does not accept the session: check the login and that the host is the org's My Domain";
const NO_API: &str = "the app's sessions may not use this API: change the app's settings in the org";
const DISABLED: &str = "the org or the user has no API access: enable it for the user";
const ACCESS: &str = "the integration user lacks access to the record or object: extend its permissions";
const UNFINISHED: &str = "the org could not finish the request: send it again later";
const FIELD: &str =
    "a field does not exist, is not visible to the user, or cannot be written: check its name and access";
const NO_RECORD: &str = "no such record, object or field: check the name and the user's access";
const REFERENCE: &str =
    "a record that this one points to does not exist, or is of another object: check the reference";
const QUERY: &str = "the query cannot be parsed: check its text";
const FLOW: &str = "a flow or trigger of the org failed: read the org's message in the error's entries, and mend the automation";
const CODE: &str =
    "Apex code of the org failed: read the org's message in the error's entries, and mend the code";
const BODY: &str = "the org cannot read the request's body: check its fields and their types";
const TOO_LARGE: &str = "the request is larger than the org takes: send fewer records or fields at once";
const STORAGE: &str = "the org's storage is full: free some, or buy more";
const FEATURE: &str = "the org does not have this feature, or not for the user: switch it on in the setup";
pub(super) const RETIRED: &str =
    "the org does not serve this API version any more: set a newer one with `api_version`";

pub(super) const ROWS: [Row; 75] = [
    // The session. A new login helps, unless the message says that none will.
    saying("not attached to agent", row("INVALID_SESSION_ID", Authentication, Never, NO_API)),
    saying("not valid for use with the rest api", row("INVALID_SESSION_ID", Authentication, Never, NO_API)),
    row("INVALID_SESSION_ID", Authentication, Safe, SESSION),
    row("INVALID_AUTH_HEADER", Authentication, Safe, SESSION),
    row("API_DISABLED_FOR_ORG", Authentication, Never, DISABLED),
    row("API_CURRENTLY_DISABLED", Authentication, Never, DISABLED),
    row(
        "INVALID_LOGIN",
        Authentication,
        Never,
        "the org does not accept the user: check the user name and the login history",
    ),
    row("ORG_LOCKED", Authentication, Never, "the org is locked: ask Salesforce"),
    row(
        "CLIENT_NOT_ACCESSIBLE_FOR_USER",
        Authentication,
        Never,
        "the user may not use this client: give the app to the user's profile or a permission set",
    ),
    // Limits. Two of them share a code, and only the message tells them apart.
    saying(
        "concurrent",
        limit(
            "REQUEST_LIMIT_EXCEEDED",
            Concurrent,
            "too many long requests run in the org: send it again in a moment",
        ),
    ),
    limit(
        "REQUEST_LIMIT_EXCEEDED",
        Daily,
        "the org's API budget is used up: wait until the 24-hour window frees some",
    ),
    limit("LOGIN_RATE_EXCEEDED", Login, "the user logged in too often this hour: wait for the next one"),
    row("STORAGE_LIMIT_EXCEEDED", Rejected, Never, STORAGE),
    row(
        "LIMIT_EXCEEDED",
        Rejected,
        Never,
        "the request goes beyond a limit of the org: read which one in the error's entries",
    ),
    // What another transaction, or a moment, is the reason for.
    row("UNABLE_TO_LOCK_ROW", Unavailable, Safe, "another transaction holds the record: send it again later"),
    saying("unable_to_lock_row", row("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Rejected, Safe, LOCKED)),
    saying("unable_to_lock_row", row("CANNOT_EXECUTE_FLOW_TRIGGER", Rejected, Safe, LOCKED)),
    saying("unable_to_lock_row", row("APEX_ERROR", Rejected, Safe, LOCKED)),
    row(
        "PROCESSING_HALTED",
        Rejected,
        Safe,
        "nothing was applied because another part of the request failed first: mend that part",
    ),
    row(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        Rejected,
        Safe,
        "nothing was applied because another part of the request failed first: mend that part",
    ),
    // A 503 can come after the write was done, so the code is no proof that it was not.
    down(row("SERVER_UNAVAILABLE", Unavailable, IfIdempotent, UNFINISHED)),
    row("UNKNOWN_EXCEPTION", Unavailable, IfIdempotent, UNFINISHED),
    row(
        "QUERY_TIMEOUT",
        Unavailable,
        IfIdempotent,
        "the query ran too long: send it again later, or ask for fewer rows by indexed fields",
    ),
    row(
        "REQUEST_RUNNING_TOO_LONG",
        Unavailable,
        IfIdempotent,
        "the request ran too long: send it again later, or ask for less",
    ),
    // The org's own code. It answers, so the org is up; and it will fail the same way again.
    row("APEX_ERROR", Rejected, Never, CODE),
    row("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Rejected, Never, FLOW),
    row("CANNOT_EXECUTE_FLOW_TRIGGER", Rejected, Never, FLOW),
    row("FLOW_EXCEPTION", Rejected, Never, FLOW),
    row(
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        Rejected,
        Never,
        "a validation rule of the org refused the record: read the rule's message in the error's entries",
    ),
    row(
        "DUPLICATES_DETECTED",
        Rejected,
        Never,
        "a duplicate rule of the org found similar records: use one of those, or save with `allow_duplicates`",
    ),
    // The record.
    row(
        "REQUIRED_FIELD_MISSING",
        Rejected,
        Never,
        "a required field has no value: fill in the required fields and send the record again",
    ),
    row(
        "STRING_TOO_LONG",
        Rejected,
        Never,
        "a text is longer than its field: shorten the text and send the record again",
    ),
    row(
        "NUMBER_OUTSIDE_VALID_RANGE",
        Rejected,
        Never,
        "a number does not fit its field: check its size and digits",
    ),
    row(
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        Rejected,
        Never,
        "a value is not in its picklist, or not for the record type: add it to the picklist, or send another",
    ),
    row(
        "INVALID_EMAIL_ADDRESS",
        Rejected,
        Never,
        "an address is no e-mail address: mend it, or leave it out",
    ),
    row(
        "FIELD_INTEGRITY_EXCEPTION",
        Rejected,
        Never,
        "a field's value does not go with the others: read which one in the error's entries",
    ),
    row(
        "FIELD_FILTER_VALIDATION_EXCEPTION",
        Rejected,
        Never,
        "a reference does not meet the field's lookup filter: choose another record",
    ),
    row("INACTIVE_OWNER_OR_USER", Rejected, Never, "the owner is an inactive user: choose an active one"),
    row("INVALID_FIELD", Rejected, Never, FIELD),
    row("INVALID_FIELD_FOR_INSERT_UPDATE", Rejected, Never, FIELD),
    row("INVALID_TYPE_ON_FIELD_IN_RECORD", Rejected, Never, BODY),
    row(
        "DUPLICATE_VALUE",
        Rejected,
        Never,
        "another record already has this unique value: change that record, or send another value",
    ),
    row(
        "DUPLICATE_EXTERNAL_ID",
        Rejected,
        Never,
        "several records have this external id: make the field unique, and merge the records",
    ),
    row(
        "ENTITY_IS_DELETED",
        Rejected,
        Never,
        "the record was deleted: restore it from the recycle bin, or create another",
    ),
    row(
        "ENTITY_IS_LOCKED",
        Rejected,
        Never,
        "an approval process locks the record: let it end, or give the user the right to edit it",
    ),
    row(
        "DELETE_FAILED",
        Rejected,
        Never,
        "the record cannot be deleted: read what depends on it in the error's entries",
    ),
    row(
        "DEPENDENCY_EXISTS",
        Rejected,
        Never,
        "the record cannot be deleted: remove what depends on it first",
    ),
    row("INVALID_CROSS_REFERENCE_KEY", Rejected, Never, REFERENCE),
    row("INVALID_CROSS_REFERENCE_TYPE_FIELD", Rejected, Never, REFERENCE),
    row(
        "MALFORMED_ID",
        Rejected,
        Never,
        "an id is no record id, or of another object: check where it comes from",
    ),
    row(
        "INVALID_ID_FIELD",
        Rejected,
        Never,
        "an id is no record id, or of another object: check where it comes from",
    ),
    row("MISSING_ARGUMENT", Rejected, Never, "the request lacks something: read what in the error's entries"),
    row("INVALID_ARGUMENT_TYPE", Rejected, Never, BODY),
    row(
        "ILLEGAL_QUERY_PARAMETER_VALUE",
        Rejected,
        Never,
        "a parameter of the address has no valid value: read which one in the error's entries",
    ),
    row("JSON_PARSER_ERROR", Rejected, Never, BODY),
    row("XML_PARSER_ERROR", Rejected, Never, BODY),
    row("INVALID_INPUT", Rejected, Never, "the org cannot use the input: read why in the error's entries"),
    row(
        "UNSUPPORTED_MEDIA_TYPE",
        Rejected,
        Never,
        "the org does not take this sort of body here: check the path and the content type",
    ),
    row(
        "METHOD_NOT_ALLOWED",
        Rejected,
        Never,
        "the org does not allow this method here: check the object, or what lies below the path",
    ),
    row("EXCEEDED_ID_LIMIT", Rejected, Never, TOO_LARGE),
    row("EXCEEDED_MAX_SIZE_REQUEST", Rejected, Never, TOO_LARGE),
    row(
        "OPERATION_TOO_LARGE",
        Rejected,
        Never,
        "the operation touches more than the org takes: filter by indexed fields, or do it in parts",
    ),
    // What is asked for.
    row("NOT_FOUND", Rejected, Never, NO_RECORD),
    row("INVALID_TYPE", Rejected, Never, NO_RECORD),
    row("MALFORMED_QUERY", Rejected, Never, QUERY),
    row("MALFORMED_SEARCH", Rejected, Never, "the search cannot be parsed: check its text"),
    row("INVALID_SEARCH", Rejected, Never, "the search cannot be parsed: check its text"),
    row(
        "INVALID_QUERY_FILTER_OPERATOR",
        Rejected,
        Never,
        "a field cannot be compared this way: check the operator and the value's type",
    ),
    row(
        "QUERY_TOO_COMPLICATED",
        Rejected,
        Never,
        "the query is too complicated for the org: ask for fewer formula fields or conditions",
    ),
    row("INVALID_QUERY_LOCATOR", PageExpired, Never, "the next page has expired: run the query again"),
    row("UNSUPPORTED_API_VERSION", Configuration, Never, RETIRED),
    row("FUNCTIONALITY_NOT_ENABLED", Rejected, Never, FEATURE),
    row("FORBIDDEN", Rejected, Never, ACCESS),
    row("INSUFFICIENT_ACCESS*", Rejected, Never, ACCESS),
    row("PRECONDITION_FAILED", Rejected, Never, "the record was changed meanwhile: read it again"),
];
