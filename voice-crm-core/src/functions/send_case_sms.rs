//! `send_case_sms`: the case number, to be read again after the call.

use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    crm::{Change, NewText},
    function::{Answer, CallContext, Function, FunctionError, Spec},
    functions::{Desk, case_number, told::told},
    phrase,
};

/// Sends the number of a case as a text message to the number that calls.
#[derive(Clone, Debug, Default)]
pub struct SendCaseSms(Arc<Desk>);

/// The arguments of [`SendCaseSms`].
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SendCaseSmsArgs {
    /// The case number. Leave it out when only one case is open.
    #[serde(alias = "caseNumber")]
    pub case_number: Option<String>,
}

impl fmt::Debug for SendCaseSmsArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendCaseSmsArgs").finish_non_exhaustive()
    }
}

impl SendCaseSms {
    /// With the settings of a desk; it needs a [`Desk::messenger`].
    pub fn of(desk: Arc<Desk>) -> Self {
        Self(desk)
    }
}

impl Function for SendCaseSms {
    const NAME: &'static str = "send_case_sms";
    type Args = SendCaseSmsArgs;

    fn spec(&self) -> Spec {
        Spec::write("Sends the number of a support case as a text message to the telephone that calls.")
            .assurance(self.0.tell_cases_from)
    }

    async fn call(&self, cx: &CallContext, args: SendCaseSmsArgs) -> Result<Answer, FunctionError> {
        let sent = |_: &_| phrase::TEXT_SENT.into();
        // Delivered again, it is the same message, though another case may be the open one by now.
        if let Some(written) = cx.earlier().await? {
            return told(&written, sent, phrase::TEXT_BEING_SENT);
        }
        let Some(to) = cx.call().caller.number().cloned() else {
            return Ok(Answer::say(phrase::TEXT_NO_NUMBER));
        };
        let case = match case_number::meant(cx, args.case_number.as_deref()).await? {
            Ok(case) => case,
            Err(sentence) => return Ok(Answer::say(sentence)),
        };
        let body = cx.in_words(&phrase::TEXT_CASE.with([case.number]));
        let text = NewText { to, body, asked_at: cx.now() };
        told(&cx.write(Change::SendText(text)).await?, sent, phrase::TEXT_BEING_SENT)
    }
}
