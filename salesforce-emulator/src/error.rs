//! What goes wrong: the org's own error codes on the wire, and [`OrgError`] for whoever runs the org.

use std::{fmt, io};

use serde_json::{Value, json};

use crate::faults::Refusal;

mod code;

pub(crate) use self::code::Code;

/// Why the emulated org could not be started or seeded.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum OrgError {
    /// The address could not be bound.
    #[error("the address cannot be listened on")]
    Bind(#[source] io::Error),
    /// A custom object or field does not fit the schema; the text says which.
    #[error("the schema is wrong: {0}")]
    Schema(String),
    /// The TOML file of an org is wrong; the text says where.
    #[error("the org file is wrong: {0}")]
    File(String),
    /// The public key for assertions is no RSA public key in PEM form.
    #[error("the public key cannot be read: it must be an RSA public key in PEM form")]
    Key,
    /// A fault cannot be held for what does not exist.
    #[error("the fault is for no record id, no object or no user of the org")]
    Scope,
    /// The org refused a seeded record, as it would refuse an API call.
    #[error("the org refused the record: {code}")]
    Refused {
        /// The org's error code, such as `REQUIRED_FIELD_MISSING`.
        code: String,
        /// The org's message. It can repeat field values, so it is left out of `Display` and `Debug`.
        message: String,
    },
}

impl fmt::Debug for OrgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind(source) => f.debug_tuple("Bind").field(source).finish(),
            Self::File(sentence) => f.debug_tuple("File").field(sentence).finish(),
            Self::Key => f.write_str("Key"),
            Self::Scope => f.write_str("Scope"),
            Self::Schema(sentence) => f.debug_tuple("Schema").field(sentence).finish(),
            Self::Refused { code, .. } => {
                f.debug_struct("Refused").field("code", code).finish_non_exhaustive()
            }
        }
    }
}

impl From<&Refusal> for ApiError {
    fn from(refusal: &Refusal) -> Self {
        Self::new(Code::Asked(Box::new(refusal.clone())), refusal.message.clone())
    }
}

impl From<ApiError> for OrgError {
    fn from(error: ApiError) -> Self {
        Self::Refused { code: error.code.as_str().to_owned(), message: error.message }
    }
}

/// One error answer of the REST API.
#[derive(Clone)]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    pub(crate) message: String,
    /// Present on errors about a record's fields, even when it names none.
    pub(crate) fields: Option<Vec<String>>,
    /// The `duplicateResult` of an error that a duplicate rule made.
    pub(crate) duplicates: Option<Box<Value>>,
}

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fields: None, duplicates: None }
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

    /// The error as it stands in the result of one record among several.
    pub(crate) fn item(&self) -> Value {
        let fields = self.fields.as_deref().unwrap_or_default();
        let mut item = json!({ "statusCode": self.code.as_str(), "message": self.message, "fields": fields });
        if let Some(duplicates) = &self.duplicates {
            item["duplicateResult"] = Value::clone(duplicates);
        }
        item
    }

    /// The answer's body: an array of one entry.
    pub(crate) fn body(&self) -> Value {
        let mut entry = json!({ "message": self.message, "errorCode": self.code.as_str() });
        if let Some(fields) = &self.fields {
            entry["fields"] = json!(fields);
        }
        if let Some(duplicates) = &self.duplicates {
            entry["duplicateResult"] = Value::clone(duplicates);
        }
        json!([entry])
    }
}

/// Without the message, which can repeat field values.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("code", &self.code)
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiError, Code, OrgError};

    #[test]
    fn neither_form_of_an_error_repeats_a_value() {
        let error = ApiError::on_field(Code::StringTooLong, "data value too large: +14155550142", "Phone");
        let shown = format!("{error:?} {0} {0:?}", OrgError::from(error.clone()));
        assert!(shown.contains("STRING_TOO_LONG") && !shown.contains("5550142"));
    }
}
