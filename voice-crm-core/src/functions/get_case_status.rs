//! `get_case_status`: where a case of the caller's stands.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    function::{Answer, CallContext, Function, FunctionError, Spec},
    functions::at_most,
    phrase,
};

/// Tells where a case stands, if it is the caller's.
#[derive(Clone, Copy, Debug, Default)]
pub struct GetCaseStatus;

/// The arguments of [`GetCaseStatus`].
#[derive(Clone, Deserialize, JsonSchema)]
pub struct GetCaseStatusArgs {
    /// The case number, with its leading zeros if the caller knows them.
    #[serde(alias = "caseNumber")]
    pub case_number: String,
}

impl std::fmt::Debug for GetCaseStatusArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GetCaseStatusArgs").finish_non_exhaustive()
    }
}

impl Function for GetCaseStatus {
    const NAME: &'static str = "get_case_status";
    type Args = GetCaseStatusArgs;

    fn spec(&self) -> Spec {
        Spec::read("Tells where one of the caller's support cases stands, by its case number.")
    }

    async fn call(&self, cx: &CallContext, args: GetCaseStatusArgs) -> Result<Answer, FunctionError> {
        let number = digits(&args.case_number);
        if number.is_empty() {
            return Err(FunctionError::invalid_argument("case_number", "give the digits of the case number"));
        }
        at_most("case_number", &number, 30)?;
        let Some(case) = cx.find_case(&number).await? else { return Ok(Answer::say(phrase::CASE_UNKNOWN)) };
        Ok(Answer::say(phrase::CASE_STATUS.with([
            phrase::spelled(&case.number),
            phrase::quoted(&case.subject, 120),
            case.status,
        ])))
    }
}

/// The digits of a spoken number, filled up with zeros to the eight that an org shows.
fn digits(spoken: &str) -> String {
    let digits: String = spoken.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() { digits } else { format!("{digits:0>8}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spoken_case_number_gets_its_zeros_back() {
        assert_eq!(digits("1 0 0 2"), "00001002");
        assert_eq!(digits("00001002"), "00001002");
        assert_eq!(digits("case number 123456789"), "123456789");
        assert_eq!(digits("none"), "");
    }
}
