//! Cases by what callers call them.

use crate::{
    crm::CaseRecord,
    function::{CallContext, FunctionError},
    functions::at_most,
    phrase::{self, Speech},
};

/// A case as it is told.
pub(super) fn described(case: &CaseRecord) -> Speech {
    phrase::CASE_STATUS.with([case.number.case_number(), case.subject.quoted(120), case.status.status()])
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
    Ok(cx.find_case(number).await?.ok_or_else(|| phrase::CASE_UNKNOWN.into()))
}
