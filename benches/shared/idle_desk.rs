//! A bridge that does as good as nothing, so that what is measured is the bridge.

use std::hint::black_box;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Deserialize;
use voice_crm_core::{
    crm::{AccountRecord, Attempt, CallerMatch, CaseRecord, CaseScope, Crm, CrmError, Receipt, Urgency},
    deadline::Deadline,
    function::{Answer, CallContext, Function, FunctionError, Spec},
    phone::PhoneNumber,
};

/// A CRM that knows nothing, since nobody asks it.
pub(crate) struct Empty;

#[async_trait]
impl Crm for Empty {
    async fn find_caller(&self, _: &PhoneNumber, _: Deadline) -> Result<CallerMatch, CrmError> {
        Ok(CallerMatch::Nobody)
    }

    async fn find_account(&self, _: &str, _: Deadline) -> Result<Vec<AccountRecord>, CrmError> {
        Ok(Vec::new())
    }

    async fn find_case(&self, _: &str, _: &CaseScope, _: Deadline) -> Result<Option<CaseRecord>, CrmError> {
        Ok(None)
    }

    async fn apply(&self, attempts: &[Attempt], _: Urgency, _: Deadline) -> Vec<Result<Receipt, CrmError>> {
        attempts.iter().map(|_| Ok(Receipt::default())).collect()
    }
}

/// A function with the arguments of a support case, which answers at once.
pub(crate) struct Acknowledge;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    description: String,
    subject: Option<String>,
    account_number: Option<String>,
}

impl Function for Acknowledge {
    const NAME: &'static str = "acknowledge";
    type Args = Args;

    fn spec(&self) -> Spec {
        Spec::read("Acknowledges.")
    }

    async fn call(&self, _: &CallContext, args: Args) -> Result<Answer, FunctionError> {
        black_box((args.description, args.subject, args.account_number));
        Ok(Answer::say("It is acknowledged."))
    }
}
