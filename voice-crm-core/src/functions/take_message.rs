//! `take_message`: a message for a colleague.

use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    crm::{Change, ChangeKind, NewTask},
    function::{Answer, CallContext, Function, FunctionError, Spec},
    functions::{Desk, answer_for::answer_for, at_most},
    phone::PhoneNumber,
    phrase,
};

/// Takes a message for a person or a queue.
#[derive(Clone, Debug, Default)]
pub struct TakeMessage(Arc<Desk>);

/// The arguments of [`TakeMessage`].
#[derive(Clone, Deserialize, JsonSchema)]
pub struct TakeMessageArgs {
    /// The message, in the caller's words.
    pub message: String,
    /// Whom it is for, if the caller said so.
    #[serde(default, alias = "forWhom")]
    pub for_whom: Option<String>,
    /// The caller's name, if it was given.
    #[serde(default, alias = "callerName")]
    pub caller_name: Option<String>,
    /// Whether it cannot wait.
    #[serde(default)]
    pub urgent: bool,
}

impl fmt::Debug for TakeMessageArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeMessageArgs").field("urgent", &self.urgent).finish_non_exhaustive()
    }
}

impl TakeMessage {
    /// With the settings of a desk.
    pub fn of(desk: Arc<Desk>) -> Self {
        Self(desk)
    }
}

impl Function for TakeMessage {
    const NAME: &'static str = "take_message";
    type Args = TakeMessageArgs;

    fn spec(&self) -> Spec {
        Spec::write(
            "Takes a message for a colleague when nobody can be reached or the caller wants to leave one.",
        )
        .needs(ChangeKind::CreateTask)
        .filler(phrase::NOTING)
    }

    async fn call(&self, cx: &CallContext, args: TakeMessageArgs) -> Result<Answer, FunctionError> {
        if args.message.trim().is_empty() {
            return Err(FunctionError::invalid_argument("message", "say what the message is"));
        }
        at_most("message", &args.message, 31_000)?;
        let (for_whom, name) = (args.for_whom.unwrap_or_default(), args.caller_name.unwrap_or_default());
        at_most("for_whom", &for_whom, 120)?;
        at_most("caller_name", &name, 120)?;
        // Only what is known already: a message is taken whoever it is from.
        let caller = cx.known_caller().await;
        let mut lines = Vec::new();
        lines.extend((!for_whom.trim().is_empty()).then(|| format!("For: {for_whom}")));
        lines.extend((!name.trim().is_empty()).then(|| format!("Name given: {name}")));
        lines.extend(
            cx.call().caller.number().map(|number| format!("Called from: {}", PhoneNumber::as_e164(number))),
        );
        lines.push(args.message);
        let task = NewTask {
            subject: "Message by telephone".to_owned(),
            description: lines.join("\n"),
            urgent: args.urgent,
            owner: self.0.task_owner.clone(),
            contact: caller.one().and_then(|caller| caller.person().cloned()),
            ..NewTask::default()
        };
        let written = cx.write(Change::CreateTask(Box::new(task))).await?;
        answer_for(&written, |_| phrase::MESSAGE_TAKEN.into(), phrase::MESSAGE_BEING_SAVED)
    }
}
