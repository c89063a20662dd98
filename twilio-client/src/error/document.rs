//! The three forms of error document that Twilio's APIs answer with, read into one.

use serde_json::{Map, Value};

use super::ErrorCode;

/// What an error document says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Document {
    pub(super) code: Option<ErrorCode>,
    pub(super) message: Option<String>,
    pub(super) more_info: Option<String>,
    pub(super) details: Option<Value>,
}

impl Document {
    /// Reads any of the forms; none if the body is neither.
    ///
    /// The one of 2010 has `message`, `more_info` and `details`; its successor `params` and `userError`; the
    /// problem document of RFC 9457 `title`, `detail`, `type` and `errors`.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
        let text =
            |names: &[&str]| names.iter().find_map(|name| fields.get(*name)?.as_str()).map(str::to_owned);
        let document = Self {
            code: fields.get("code").and_then(code),
            message: text(&["message", "detail", "title"]),
            more_info: text(&["more_info", "type"]),
            details: ["details", "params", "errors"].iter().find_map(|name| fields.get(*name)).cloned(),
        };
        (document.code.is_some() || document.message.is_some()).then_some(document)
    }
}

/// A number, or a number written as text.
fn code(value: &Value) -> Option<ErrorCode> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    number.try_into().ok().map(ErrorCode)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(value: &Value) -> Option<Document> {
        Document::parse(value.to_string().as_bytes())
    }

    #[test]
    fn the_document_of_2010_is_read() {
        let document = parse(&json!({
            "code": 21211, "message": "m", "more_info": "https://www.twilio.com/docs/errors/21211", "status": 400
        }));

        let document = document.unwrap();
        assert_eq!(document.code, Some(ErrorCode::INVALID_TO));
        assert_eq!(document.message.as_deref(), Some("m"));
        assert_eq!(document.more_info.as_deref(), Some("https://www.twilio.com/docs/errors/21211"));
    }

    #[test]
    fn the_document_with_params_is_read() {
        let document = parse(&json!({
            "code": "20404", "message": "m", "httpStatusCode": 404, "userError": true, "params": {"sid": "x"}
        }));

        let document = document.unwrap();
        assert_eq!(document.code, Some(ErrorCode::NOT_FOUND));
        assert_eq!(document.details, Some(json!({"sid": "x"})));
    }

    #[test]
    fn the_problem_document_of_rfc_9457_is_read() {
        let document = parse(&json!({
            "type": "https://www.twilio.com/docs/errors/20429", "title": "Too many", "status": 429, "code": 20429,
            "detail": "slow down", "instance": "/x", "errors": [{"detail": "d", "pointer": "/To"}]
        }));

        let document = document.unwrap();
        assert_eq!(document.code, Some(ErrorCode::TOO_MANY_REQUESTS));
        assert_eq!(document.message.as_deref(), Some("slow down"));
        assert!(document.more_info.is_some() && document.details.is_some());
    }

    #[test]
    fn what_is_none_of_them_is_no_document() {
        for body in
            ["", "<html>", "[]", "{}", r#"{"status":500}"#, r#"{"code":-1}"#, r#"{"code":4294967296}"#]
        {
            assert_eq!(Document::parse(body.as_bytes()), None, "{body}");
        }
    }
}
