//! The answer for a write that was made.

use crate::{
    crm::{Receipt, Written},
    function::{Answer, FunctionError, FunctionErrorKind},
    phrase::{self, Phrase, Speech, Value},
};

/// The answer to a write: what it came to, or that it is noted under a reference.
pub(super) fn answer_for(
    written: &Written,
    saved: impl FnOnce(&Receipt) -> Speech,
    noted: Phrase<1>,
) -> Result<Answer, FunctionError> {
    match written {
        Written::Saved(receipt) => Ok(Answer::say(saved(receipt))),
        Written::BeingSaved(pending) => {
            Ok(Answer::say(noted.with([Value::number(pending.reference().as_str())])))
        }
        Written::Refused(_) => Err(FunctionError::new(FunctionErrorKind::Refused, phrase::REFUSED)),
    }
}
