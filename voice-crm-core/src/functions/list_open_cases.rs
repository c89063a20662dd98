//! `list_open_cases`: what is open for the caller.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    crm::ReadKind,
    function::{Answer, CallContext, Function, FunctionError, Spec},
    functions::{Desk, case_number::described},
    phrase,
};

/// More than that nobody keeps in mind.
const SPOKEN: usize = 5;

/// Lists the caller's open cases.
#[derive(Clone, Debug, Default)]
pub struct ListOpenCases(Arc<Desk>);

/// [`ListOpenCases`] takes no arguments: whose cases they are comes from the call.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
pub struct ListOpenCasesArgs {}

impl ListOpenCases {
    /// With the settings of a desk.
    pub fn of(desk: Arc<Desk>) -> Self {
        Self(desk)
    }
}

impl Function for ListOpenCases {
    const NAME: &'static str = "list_open_cases";
    type Args = ListOpenCasesArgs;

    fn spec(&self) -> Spec {
        Spec::read("Lists the caller's open support cases, the newest first.")
            .needs(ReadKind::Cases)
            .assurance(self.0.tell_cases_from)
            .filler(phrase::LOOKING)
    }

    async fn call(&self, cx: &CallContext, _: ListOpenCasesArgs) -> Result<Answer, FunctionError> {
        let cases = cx.open_cases().await?;
        if cases.is_empty() {
            return Ok(Answer::say(phrase::OPEN_CASES_NONE));
        }
        let count = match cases.len() {
            1 => phrase::OPEN_CASES_ONE.into(),
            several if several > SPOKEN => {
                phrase::OPEN_CASES_SOME.with([several.to_string(), SPOKEN.to_string()])
            }
            several => phrase::OPEN_CASES.with([several.to_string()]),
        };
        Ok(Answer::say(cases.iter().take(SPOKEN).fold(count, |speech, case| speech.and(described(case)))))
    }
}
