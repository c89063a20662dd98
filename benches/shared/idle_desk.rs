//! A bridge that does as good as nothing, so that what is measured is the bridge.

use std::hint::black_box;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Deserialize;
use voice_crm_core::{
    crm::{
        Attempt, AttemptAnswer, CallerMatch, ChangeKind, Crm, CrmError, FindCallers, ReadOptions, Receipt,
        Urgency,
    },
    deadline::Deadline,
    function::{Answer, CallContext, Function, FunctionError, Spec},
    phone::PhoneNumber,
};

/// A CRM that knows nothing, since nobody asks it.
pub(crate) struct Empty;

#[async_trait]
impl FindCallers for Empty {
    async fn find_caller(&self, _: &PhoneNumber, _: ReadOptions) -> Result<CallerMatch, CrmError> {
        Ok(CallerMatch::Nobody)
    }
}

#[async_trait]
impl Crm for Empty {
    fn takes(&self, _: ChangeKind) -> bool {
        true
    }

    async fn apply(&self, writes: Vec<(Attempt, AttemptAnswer)>, _: Urgency, _: Deadline) {
        for (_, answer) in writes {
            answer.give(Ok(Receipt::default()));
        }
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
