//! The codes of error answers; a code, its text and its status stand on one line.

use crate::faults::Refusal;

/// The error codes this org can answer with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Code {
    ApiError,
    DuplicateExternalId,
    DuplicateDeveloperName,
    DuplicatesDetected,
    DuplicateValue,
    EntityIsDeleted,
    ExceededIdLimit,
    ReferenceIsDeleted,
    FieldCustomValidation,
    FunctionalityNotEnabled,
    InsufficientAccess,
    InvalidCrossReference,
    InvalidEmail,
    InvalidField,
    InvalidFieldForWrite,
    InvalidEntity,
    InvalidFullName,
    InvalidInput,
    InvalidJob,
    InvalidJobState,
    InvalidMultipart,
    InvalidOperation,
    InvalidPicklist,
    InvalidQueryFilter,
    InvalidQueryLocator,
    InvalidQueryScope,
    InvalidReplicationDate,
    InvalidSearch,
    InvalidSession,
    InvalidType,
    InvalidTypeOnField,
    JsonParser,
    LimitExceeded,
    MalformedId,
    MalformedQuery,
    MalformedSearch,
    MethodNotAllowed,
    MissingArgument,
    NotFound,
    NumberOutsideRange,
    PreconditionFailed,
    ProcessingHalted,
    RequestLimitExceeded,
    RequestTooLarge,
    RequiredFieldMissing,
    RolledBack,
    ServerUnavailable,
    StringTooLong,
    UnableToLockRow,
    UnsupportedApiVersion,
    UnsupportedMediaType,
    /// The code of a fault that was asked for.
    Asked(Box<Refusal>),
}

impl Code {
    pub(crate) fn as_str(&self) -> &str {
        self.text_and_status().0
    }

    /// The HTTP status that comes with the code.
    pub(crate) fn status(&self) -> u16 {
        self.text_and_status().1
    }

    fn text_and_status(&self) -> (&str, u16) {
        match self {
            Self::Asked(refusal) => (&refusal.code, refusal.status),
            Self::ApiError => ("API_ERROR", 400),
            Self::DuplicateExternalId => ("DUPLICATE_EXTERNAL_ID", 400),
            Self::DuplicateDeveloperName => ("DUPLICATE_DEVELOPER_NAME", 400),
            Self::DuplicatesDetected => ("DUPLICATES_DETECTED", 400),
            Self::DuplicateValue => ("DUPLICATE_VALUE", 400),
            Self::EntityIsDeleted => ("ENTITY_IS_DELETED", 404),
            Self::ExceededIdLimit => ("EXCEEDED_ID_LIMIT", 400),
            Self::ReferenceIsDeleted => ("ENTITY_IS_DELETED", 400),
            Self::FieldCustomValidation => ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 400),
            Self::FunctionalityNotEnabled => ("FUNCTIONALITY_NOT_ENABLED", 400),
            Self::InsufficientAccess => ("INSUFFICIENT_ACCESS_OR_READONLY", 403),
            Self::InvalidCrossReference => ("INVALID_CROSS_REFERENCE_KEY", 400),
            Self::InvalidEmail => ("INVALID_EMAIL_ADDRESS", 400),
            Self::InvalidField => ("INVALID_FIELD", 400),
            Self::InvalidFieldForWrite => ("INVALID_FIELD_FOR_INSERT_UPDATE", 400),
            Self::InvalidEntity => ("INVALIDENTITY", 400),
            Self::InvalidFullName => ("INVALID_FULL_NAME", 400),
            Self::InvalidInput => ("INVALID_INPUT", 400),
            Self::InvalidJob => ("INVALIDJOB", 400),
            Self::InvalidJobState => ("INVALIDJOBSTATE", 400),
            Self::InvalidMultipart => ("INVALID_MULTIPART_REQUEST", 400),
            Self::InvalidOperation => ("INVALID_OPERATION", 400),
            Self::InvalidPicklist => ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", 400),
            Self::InvalidQueryFilter => ("INVALID_QUERY_FILTER_OPERATOR", 400),
            Self::InvalidQueryLocator => ("INVALID_QUERY_LOCATOR", 400),
            Self::InvalidQueryScope => ("INVALID_QUERY_SCOPE", 400),
            Self::InvalidReplicationDate => ("INVALID_REPLICATION_DATE", 400),
            Self::InvalidSearch => ("INVALID_SEARCH", 400),
            Self::InvalidSession => ("INVALID_SESSION_ID", 401),
            Self::InvalidType => ("INVALID_TYPE", 400),
            Self::InvalidTypeOnField => ("INVALID_TYPE_ON_FIELD_IN_RECORD", 400),
            Self::JsonParser => ("JSON_PARSER_ERROR", 400),
            Self::LimitExceeded => ("LIMIT_EXCEEDED", 400),
            Self::MalformedId => ("MALFORMED_ID", 400),
            Self::MalformedQuery => ("MALFORMED_QUERY", 400),
            Self::MalformedSearch => ("MALFORMED_SEARCH", 400),
            Self::MethodNotAllowed => ("METHOD_NOT_ALLOWED", 405),
            Self::MissingArgument => ("MISSING_ARGUMENT", 400),
            Self::NotFound => ("NOT_FOUND", 404),
            Self::NumberOutsideRange => ("NUMBER_OUTSIDE_VALID_RANGE", 400),
            Self::PreconditionFailed => ("PRECONDITION_FAILED", 412),
            Self::ProcessingHalted => ("PROCESSING_HALTED", 400),
            Self::RequestLimitExceeded => ("REQUEST_LIMIT_EXCEEDED", 403),
            Self::RequestTooLarge => ("REQUEST_ENTITY_TOO_LARGE", 413),
            Self::RequiredFieldMissing => ("REQUIRED_FIELD_MISSING", 400),
            Self::RolledBack => ("ALL_OR_NONE_OPERATION_ROLLED_BACK", 400),
            Self::ServerUnavailable => ("SERVER_UNAVAILABLE", 503),
            Self::StringTooLong => ("STRING_TOO_LONG", 400),
            Self::UnableToLockRow => ("UNABLE_TO_LOCK_ROW", 400),
            Self::UnsupportedApiVersion => ("UNSUPPORTED_API_VERSION", 410),
            Self::UnsupportedMediaType => ("UNSUPPORTED_MEDIA_TYPE", 415),
        }
    }
}
