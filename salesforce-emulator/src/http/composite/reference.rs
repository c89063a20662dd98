//! `@{ref.field}` and `@{ref.records[0].Id}`: values of earlier answers in later subrequests.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::{
    error::{ApiError, Code},
    http::{Answer, Content, percent},
};

/// The bodies of the subrequests that succeeded, by reference id.
#[derive(Default)]
pub(super) struct Answers(HashMap<String, Value>);

impl Answers {
    pub(super) fn remember(&mut self, reference: &str, answer: &Answer) {
        if let (Content::Json(body), 200..400) = (&answer.content, answer.status) {
            self.0.insert(reference.to_owned(), body.clone());
        }
    }

    /// Fills in the references of a URL, each encoded so that it stays one piece of it.
    pub(super) fn fill_url(&self, url: &str) -> Result<String, ApiError> {
        self.fill(url, percent::encode)
    }

    /// Fills in the references of every text of a body; a text that is one reference takes its type.
    pub(super) fn fill_body(&self, body: &Value) -> Result<Value, ApiError> {
        match body {
            Value::String(text) => match whole_reference(text) {
                Some(path) => self.look_up(path).cloned(),
                None => self.fill(text, str::to_owned).map(Value::from),
            },
            Value::Array(items) => items.iter().map(|item| self.fill_body(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| Ok((name.clone(), self.fill_body(value)?)))
                .collect::<Result<Map<_, _>, _>>()
                .map(Value::Object),
            other => Ok(other.clone()),
        }
    }

    fn fill(&self, text: &str, form: impl Fn(&str) -> String) -> Result<String, ApiError> {
        let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, after)) = rest.split_once("@{") {
            let Some((path, after)) = after.split_once('}') else { break };
            filled.push_str(before);
            match self.look_up(path)? {
                Value::String(text) => filled.push_str(&form(text)),
                other => filled.push_str(&form(&other.to_string())),
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn look_up(&self, path: &str) -> Result<&Value, ApiError> {
        let (reference, rest) = path.split_once(['.', '[']).unwrap_or((path, ""));
        let body = self.0.get(reference);
        let rest = if path[reference.len()..].starts_with('[') { &path[reference.len()..] } else { rest };
        let value = body.and_then(|body| follow(body, rest)).filter(|value| !value.is_null());
        value.ok_or_else(|| {
            let message = format!("Invalid reference specified. No value for {path} found in {reference}.");
            ApiError::new(Code::ProcessingHalted, message)
        })
    }
}

/// Follows `records[0].Id`.
fn follow<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    path.split(['.', '[']).filter(|part| !part.is_empty()).try_fold(body, |value, part| {
        match part.strip_suffix(']') {
            Some(index) => value.get(index.parse::<usize>().ok()?),
            None => value.get(part),
        }
    })
}

fn whole_reference(text: &str) -> Option<&str> {
    text.strip_prefix("@{")?.strip_suffix('}').filter(|path| !path.contains(['@', '{', '}']))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Answer, Answers};

    fn answers() -> Answers {
        let mut answers = Answers::default();
        let found = json!({ "totalSize": 1, "records": [{ "Id": "001", "Name": "R&D 1/2" }] });
        answers.remember("find", &Answer::json(200, found));
        answers.remember("bad", &Answer::json(400, json!([{ "errorCode": "X" }])));
        answers
    }

    #[test]
    fn a_value_in_a_url_stays_one_piece_of_it() {
        let url = answers().fill_url("/x/@{find.records[0].Name}?fields=Id").unwrap();
        assert_eq!(url, "/x/R%26D%201%2F2?fields=Id");
    }

    #[test]
    fn a_text_that_is_one_reference_takes_the_type_of_the_value() {
        let body = json!({ "n": "@{find.totalSize}", "t": ["see @{find.records[0].Id}!"] });
        assert_eq!(answers().fill_body(&body).unwrap(), json!({ "n": 1, "t": ["see 001!"] }));
    }

    #[test]
    fn what_is_not_there_is_an_error_and_so_is_a_failed_subrequest() {
        for path in
            ["find.records[1].Id", "find.nothing", "other.id", "bad.errorCode", "bad[0].errorCode", "", "[0]"]
        {
            let error = answers().fill_url(&format!("/x/@{{{path}}}")).unwrap_err();
            assert_eq!((error.status(), error.code.as_str()), (400, "PROCESSING_HALTED"), "{path}");
        }
    }
}
