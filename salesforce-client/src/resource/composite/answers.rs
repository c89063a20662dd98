//! The answers of a composite request, each of its own type.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;

use super::reference::Ref;
use crate::error::{Error, ErrorCode, ErrorKind, Result, classify};
use crate::response::{Parts, Response, Run};

/// The answers, one per part.
pub struct CompositeAnswers {
    serial: u64,
    origin: Arc<str>,
    /// Whether an earlier attempt of the whole may have been applied.
    repeated: bool,
    pub(crate) run: Run,
    parts: Vec<Answer>,
}

struct Answer {
    name: String,
    status: StatusCode,
    body: Bytes,
}

impl CompositeAnswers {
    pub(super) fn read(serial: u64, response: &Response) -> Result<Self> {
        Self::from_parts(serial, response, response.json::<Parts>()?)
    }

    pub(crate) fn from_parts(serial: u64, response: &Response, wire: Parts) -> Result<Self> {
        let parts = wire.composite_response.into_iter().map(|part| {
            let (status, body) = part.read()?;
            Ok(Answer { name: part.reference_id, status, body })
        });
        let parts = parts.collect::<Result<_>>()?;
        let (repeated, run) = (response.repeated, response.run);
        Ok(Self { serial, origin: Arc::clone(&response.origin), repeated, run, parts })
    }

    /// The answer to one part.
    ///
    /// # Errors
    /// What that part alone would have given, with every entry of its error array; when the whole was
    /// sent again after an attempt whose answer was lost, the part [may be
    /// applied](Error::may_be_applied). [`ErrorKind::InvalidRequest`] for a [`Ref`] of another composite request.
    pub fn get<T>(&self, part: &Ref<T>) -> Result<T> {
        if part.composite != self.serial {
            return Err(Error::invalid("the reference belongs to another composite request"));
        }
        let Some(answer) = self.parts.iter().find(|answer| answer.name == *part.name) else {
            let error = Error::new(ErrorKind::Decode, "the composite answer lacks one of the parts");
            return Err(self.run.blame(error));
        };
        let outcome = if let Some(error) = answer.failure(self.repeated) {
            Err(error)
        } else {
            let whole = Response::of(answer.status, answer.body.clone(), &self.origin);
            (part.decode)(&Response { repeated: self.repeated, run: self.run, ..whole })
        };
        outcome.map_err(|error| self.run.blame(error).with_request(&format!("composite part {}", part.name)))
    }

    /// The failure that decided: the first that is not merely the consequence of another.
    pub fn failure(&self) -> Option<Error> {
        let failure = |answer: &Answer| answer.failure(self.repeated);
        let failures = || self.parts.iter().filter_map(|answer| failure(answer).map(|error| (answer, error)));
        let (answer, error) = failures()
            .find(|(_, error)| error.code() != Some(&ErrorCode::PROCESSING_HALTED))
            .or_else(|| failures().next())?;
        Some(self.run.blame(error).with_request(&format!("composite part {}", answer.name)))
    }
}

impl Answer {
    fn failure(&self, repeated: bool) -> Option<Error> {
        let failed = !self.status.is_success();
        failed.then(|| classify::answer(self.status, &self.body).of_part().after_attempts(repeated))
    }
}

impl fmt::Debug for CompositeAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statuses = self.parts.iter().map(|answer| answer.status.as_u16());
        f.debug_list().entries(statuses).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::Composite;

    fn read(serial: u64, answer: &Value) -> CompositeAnswers {
        let body = Bytes::from(answer.to_string());
        CompositeAnswers::read(serial, &Response::of(StatusCode::OK, body, &"".into())).unwrap()
    }

    #[test]
    fn each_part_has_its_own_answer_or_error() {
        let mut composite = Composite::new();
        let case = composite.upsert("case", "Case", "K__c", "k", &json!({})).unwrap();
        let task = composite.create("task", "Task", &json!({})).unwrap();
        let answers = read(
            composite.serial(),
            &json!({"compositeResponse": [
                {"body": {"id": "500000000000001", "success": true, "created": true}, "httpHeaders": {},
                 "httpStatusCode": 201, "referenceId": "case"},
                {"body": [{"errorCode": "REQUIRED_FIELD_MISSING", "message": "m", "fields": ["Subject"]},
                          {"errorCode": "STRING_TOO_LONG", "message": "m", "fields": ["Description"]}],
                 "httpHeaders": {}, "httpStatusCode": 400, "referenceId": "task"},
            ]}),
        );

        assert!(answers.get(&case).unwrap().created);
        let error = answers.get(&task).unwrap_err();
        assert_eq!(error.entries().len(), 2);
        assert_eq!(error.request(), Some("composite part task"));
        let other = Composite::new().create("case", "Case", &json!({})).unwrap();
        assert_eq!(answers.get(&other).unwrap_err().kind(), ErrorKind::InvalidRequest);
    }

    #[test]
    fn the_deciding_failure_is_not_a_halted_part() {
        let answers = read(
            1,
            &json!({"compositeResponse": [
                {"body": [{"errorCode": "PROCESSING_HALTED", "message": "m"}], "httpStatusCode": 400, "referenceId": "a"},
                {"body": [{"errorCode": "INVALID_FIELD", "message": "m"}], "httpStatusCode": 400, "referenceId": "b"},
            ]}),
        );
        assert_eq!(answers.failure().unwrap().code(), Some(&ErrorCode::INVALID_FIELD));
    }
}
