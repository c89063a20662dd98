//! Cases by what callers call them.

use crate::{
    crm::CaseRecord,
    function::{CallContext, FunctionError},
    functions::at_most,
    phrase::{self, Speech},
};

/// A case as it is told.
pub(super) fn described(case: &CaseRecord) -> Speech {
    let subject = phrase::quoted(&case.subject, 120);
    phrase::CASE_STATUS.with([phrase::spelled(&case.number), subject, case.status.clone()])
}

/// The digits of a spoken number, filled up with zeros to the eight that an org shows.
pub(super) fn digits(spoken: &str) -> String {
    let digits: String = spoken.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() { digits } else { format!("{digits:0>8}") }
}

/// The caller's case that is meant: the one of this number, or the only one that is open.
///
/// The sentence says which to ask for when there is none, or more than one.
pub(super) async fn meant(
    cx: &CallContext,
    number: Option<&str>,
) -> Result<Result<CaseRecord, Speech>, FunctionError> {
    let Some(number) = number.map(str::trim).filter(|number| !number.is_empty()) else {
        let mut open = cx.open_cases().await?;
        return Ok(match (open.pop(), open.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(_), false) => Err(phrase::WHICH_CASE.into()),
            (None, _) => Err(phrase::OPEN_CASES_NONE.into()),
        });
    };
    at_most("case_number", number, 60)?;
    let digits = digits(number);
    if digits.is_empty() {
        return Err(FunctionError::invalid_argument("case_number", "give the digits of the case number"));
    }
    at_most("case_number", &digits, 30)?;
    Ok(cx.find_case(&digits).await?.ok_or_else(|| phrase::CASE_UNKNOWN.into()))
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
