//! `get_case_status`: where a case of the caller's stands.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    crm::{ChangeKind, ReadKind, Receipt, Reference},
    function::{Answer, CallContext, Function, FunctionError, Spec},
    functions::{Desk, case_number},
    outbox::JobStatus,
    phrase::{self, Speech},
};

/// Tells where a case stands, if it is the caller's.
#[derive(Clone, Debug, Default)]
pub struct GetCaseStatus(Arc<Desk>);

/// The arguments of [`GetCaseStatus`].
#[derive(Clone, Deserialize, JsonSchema)]
pub struct GetCaseStatusArgs {
    /// The case number, or the reference of nine digits that the caller was given.
    #[serde(alias = "caseNumber")]
    pub case_number: String,
}

impl std::fmt::Debug for GetCaseStatusArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GetCaseStatusArgs").finish_non_exhaustive()
    }
}

impl GetCaseStatus {
    /// With the settings of a desk.
    pub fn of(desk: Arc<Desk>) -> Self {
        Self(desk)
    }
}

impl Function for GetCaseStatus {
    const NAME: &'static str = "get_case_status";
    type Args = GetCaseStatusArgs;

    fn spec(&self) -> Spec {
        Spec::read(
            "Tells where one of the caller's support cases stands, by its case number or by a reference.",
        )
        .needs(ReadKind::Cases)
        .assurance(self.0.tell_cases_from)
        .filler(phrase::LOOKING)
    }

    async fn call(&self, cx: &CallContext, args: GetCaseStatusArgs) -> Result<Answer, FunctionError> {
        let said = args.case_number.trim();
        if said.is_empty() {
            let allowed = "give the case number, or the reference of nine digits";
            return Err(FunctionError::invalid_argument("case_number", allowed));
        }
        let Ok(reference) = said.parse::<Reference>() else {
            return Ok(Answer::say(match case_number::meant(cx, Some(said)).await? {
                Ok(case) => case_number::described(&case),
                Err(sentence) => sentence,
            }));
        };
        // Nine digits are a reference first: the journal is at hand, and the CRM, which may be away, is not asked in vain.
        let promised = cx.promised(&reference).await?;
        Ok(Answer::say(match promised {
            Some((_, JobStatus::Pending)) => phrase::STILL_BEING_SAVED.into(),
            Some((_, JobStatus::Done(receipt))) => done(cx, Receipt::from_text(&receipt)).await?,
            // It was the messenger that refused, and neither our system nor a record.
            Some((kind, JobStatus::Dead(_))) if kind == ChangeKind::SendText.as_str() => {
                phrase::TEXT_REFUSED.into()
            }
            Some((_, JobStatus::Dead(_))) => phrase::REFUSED.into(),
            None => match case_number::meant(cx, Some(said)).await? {
                Ok(case) => case_number::described(&case),
                Err(_) => phrase::REFERENCE_UNKNOWN.into(),
            },
        }))
    }
}

/// What became of a promise. A case is described only if it is the caller's; of anything else the caller hears only that
/// it is done.
async fn done(cx: &CallContext, receipt: Receipt) -> Result<Speech, FunctionError> {
    if let Some(number) = receipt.number
        && let Some(case) = cx.find_case(number.as_stored()).await?
    {
        return Ok(case_number::described(&case));
    }
    Ok(phrase::REFERENCE_DONE.into())
}
