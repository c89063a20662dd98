//! What goes wrong: the org's own error codes on the wire, and [`OrgError`] for whoever runs the org.

use std::io;

use serde_json::{Value, json};

/// Why the emulated org could not be started or seeded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OrgError {
    /// The address could not be bound.
    #[error("the address cannot be listened on")]
    Bind(#[source] io::Error),
    /// A custom object or field does not fit the schema; the text says which.
    #[error("the schema is wrong: {0}")]
    Schema(String),
    /// The org refused a seeded record, as it would refuse an API call.
    #[error("the org refused the record: {code}")]
    Refused {
        /// The org's error code, such as `REQUIRED_FIELD_MISSING`.
        code: String,
        /// The org's message. It can repeat field values, so it is left out of `Display`.
        message: String,
    },
}

impl From<ApiError> for OrgError {
    fn from(error: ApiError) -> Self {
        Self::Refused { code: error.code.as_str().to_owned(), message: error.message }
    }
}

/// One error answer of the REST API.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    pub(crate) message: String,
    /// Present on errors about a record's fields, even when it names none.
    pub(crate) fields: Option<Vec<String>>,
}

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fields: None }
    }

    pub(crate) fn on_fields<T: Into<String>>(mut self, fields: impl IntoIterator<Item = T>) -> Self {
        self.fields = Some(fields.into_iter().map(Into::into).collect());
        self
    }

    pub(crate) fn on_field(code: Code, message: impl Into<String>, field: &str) -> Self {
        Self::new(code, message).on_fields([field])
    }

    pub(crate) fn missing_resource() -> Self {
        Self::new(Code::NotFound, "The requested resource does not exist")
    }

    pub(crate) fn status(&self) -> u16 {
        self.code.status()
    }

    /// The answer's body: an array of one entry.
    pub(crate) fn body(&self) -> Value {
        let mut entry = json!({ "message": self.message, "errorCode": self.code.as_str() });
        if let Some(fields) = &self.fields {
            entry["fields"] = json!(fields);
        }
        json!([entry])
    }
}

macro_rules! codes {
    ($($name:ident $text:literal $status:literal),+ $(,)?) => {
        /// The error codes this org can answer with.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(crate) enum Code { $($name),+ }

        impl Code {
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The HTTP status that comes with the code.
            pub(crate) fn status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }
        }
    };
}

// A macro, so that a code, its text and its status stand on one line and cannot drift apart.
codes! {
    DuplicateExternalId "DUPLICATE_EXTERNAL_ID" 400,
    DuplicateValue "DUPLICATE_VALUE" 400,
    EntityIsDeleted "ENTITY_IS_DELETED" 404,
    ReferenceIsDeleted "ENTITY_IS_DELETED" 400,
    FieldCustomValidation "FIELD_CUSTOM_VALIDATION_EXCEPTION" 400,
    InsufficientAccess "INSUFFICIENT_ACCESS_OR_READONLY" 403,
    InvalidCrossReference "INVALID_CROSS_REFERENCE_KEY" 400,
    InvalidEmail "INVALID_EMAIL_ADDRESS" 400,
    InvalidField "INVALID_FIELD" 400,
    InvalidFieldForWrite "INVALID_FIELD_FOR_INSERT_UPDATE" 400,
    InvalidInput "INVALID_INPUT" 400,
    InvalidPicklist "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" 400,
    InvalidQueryFilter "INVALID_QUERY_FILTER_OPERATOR" 400,
    InvalidQueryLocator "INVALID_QUERY_LOCATOR" 400,
    InvalidSession "INVALID_SESSION_ID" 401,
    InvalidType "INVALID_TYPE" 400,
    JsonParser "JSON_PARSER_ERROR" 400,
    LimitExceeded "LIMIT_EXCEEDED" 400,
    MalformedId "MALFORMED_ID" 400,
    MalformedQuery "MALFORMED_QUERY" 400,
    MethodNotAllowed "METHOD_NOT_ALLOWED" 405,
    NotFound "NOT_FOUND" 404,
    NumberOutsideRange "NUMBER_OUTSIDE_VALID_RANGE" 400,
    ProcessingHalted "PROCESSING_HALTED" 400,
    RequestLimitExceeded "REQUEST_LIMIT_EXCEEDED" 403,
    RequestTooLarge "REQUEST_ENTITY_TOO_LARGE" 413,
    HeadersTooLarge "REQUEST_HEADER_FIELDS_TOO_LARGE" 431,
    RequiredFieldMissing "REQUIRED_FIELD_MISSING" 400,
    ServerUnavailable "SERVER_UNAVAILABLE" 503,
    StringTooLong "STRING_TOO_LONG" 400,
    UnableToLockRow "UNABLE_TO_LOCK_ROW" 400,
    UnsupportedApiVersion "UNSUPPORTED_API_VERSION" 410,
    UnsupportedMediaType "UNSUPPORTED_MEDIA_TYPE" 415,
}
