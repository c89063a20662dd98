//! What Twilio says when it refuses: the forms of its error documents, read into one.

use std::fmt;

use serde_json::{Map, Value};

use super::ErrorCode;

/// What an error document says. `Debug` shows the code alone: the rest often quotes telephone numbers.
#[derive(Clone, Default, PartialEq)]
pub struct Refusal {
    code: Option<ErrorCode>,
    message: Option<String>,
    more_info: Option<String>,
    details: Option<Value>,
}

impl Refusal {
    /// Twilio's code for what is wrong.
    pub fn code(&self) -> Option<ErrorCode> {
        self.code
    }

    /// Twilio's own sentence. It often quotes telephone numbers: do not log it.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The page that Twilio names for this error.
    pub fn more_info(&self) -> Option<&str> {
        self.more_info.as_deref()
    }

    /// Which parameters Twilio complains about, in whatever form it says so. It may quote their values.
    pub fn details(&self) -> Option<&Value> {
        self.details.as_ref()
    }

    /// Reads any of the forms; none if the body is neither.
    ///
    /// The one of 2010 has `message`, `more_info` and `details`; its successor `params` and `userError`; the
    /// problem document of RFC 9457 `title`, `detail`, `type` and `errors`. The addresses of sounds answer in XML.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let refusal = match serde_json::from_slice(body) {
            Ok(fields) => Self::of_json(&fields),
            Err(_) => Self::of_xml(std::str::from_utf8(body).ok()?)?,
        };
        (refusal.code.is_some() || refusal.message.is_some()).then_some(refusal)
    }

    fn of_json(fields: &Map<String, Value>) -> Self {
        let text =
            |names: &[&str]| names.iter().find_map(|name| fields.get(*name)?.as_str()).map(str::to_owned);
        Self {
            code: fields.get("code").and_then(code),
            message: text(&["message", "detail", "title"]),
            more_info: text(&["more_info", "type"]),
            details: ["details", "params", "errors"].iter().find_map(|name| fields.get(*name)).cloned(),
        }
    }

    fn of_xml(xml: &str) -> Option<Self> {
        let (_, exception) = xml.split_once("<RestException>")?;
        let text = |name: &str| {
            let (_, rest) = exception.split_once(&format!("<{name}>"))?;
            rest.split_once(&format!("</{name}>")).map(|(text, _)| unescaped(text.trim()))
        };
        Some(Self {
            code: text("Code").and_then(|code| code.parse().ok()).map(ErrorCode),
            message: text("Message"),
            more_info: text("MoreInfo"),
            details: text("Detail").map(Value::String),
        })
    }
}

/// The text that stands in XML for another; the ampersand comes last, so that nothing is read twice.
fn unescaped(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (written, meant)| text.replace(written, meant))
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("code", &self.code).finish_non_exhaustive()
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

    fn parse(value: &Value) -> Option<Refusal> {
        Refusal::parse(value.to_string().as_bytes())
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
    fn the_xml_of_the_addresses_of_sounds_is_read() {
        let xml = "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException><Code>20404</Code>\
            <Detail/><Message>a &amp;lt; b &quot;gone&quot;</Message><MoreInfo>https://t/20404</MoreInfo>\
            <Status>404</Status></RestException></TwilioResponse>";

        let refusal = Refusal::parse(xml.as_bytes()).unwrap();
        assert_eq!(
            (refusal.code(), refusal.message()),
            (Some(ErrorCode::NOT_FOUND), Some("a &lt; b \"gone\""))
        );
        assert_eq!((refusal.more_info(), refusal.details()), (Some("https://t/20404"), None));
    }

    #[test]
    fn what_is_none_of_them_is_no_document() {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"status":500}"#,
            r#"{"code":-1}"#,
            r#"{"code":4294967296}"#,
            "<RestException>",
            "<RestException><Code>20404",
            "<RestException><Code>x</Code></RestException>",
        ] {
            assert_eq!(Refusal::parse(body.as_bytes()), None, "{body}");
        }
    }
}
