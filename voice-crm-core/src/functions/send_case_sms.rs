//! `send_case_sms`: the case number, to be read again after the call.

use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    caller::Caller,
    crm::{Change, NewText, ReadKind, Written},
    function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec},
    functions::{Desk, answer_for::answer_for, case_number},
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
            .needs(ReadKind::Cases)
            .assurance(self.0.tell_cases_from)
    }

    async fn call(&self, cx: &CallContext, args: SendCaseSmsArgs) -> Result<Answer, FunctionError> {
        // Delivered again, it is the same message, though another case may be the open one by now.
        if let Some(written) = cx.earlier().await? {
            return texted(&written);
        }
        let Some(to) = cx.call().caller.number().cloned() else {
            return Ok(Answer::say(match cx.call().caller {
                Caller::Unknown => phrase::TEXT_NO_NUMBER,
                _ => phrase::TEXT_NO_TELEPHONE,
            }));
        };
        let case = match case_number::meant(cx, args.case_number.as_deref()).await? {
            Ok(case) => case,
            Err(sentence) => return Ok(Answer::say(sentence)),
        };
        let body = cx.in_words(&phrase::TEXT_CASE.with([case.number.line(40)]));
        let text = NewText { to, body, asked_at: cx.now() };
        texted(&cx.write(Change::SendText(text)).await?)
    }
}

fn texted(written: &Written) -> Result<Answer, FunctionError> {
    match written {
        // It is the messenger that refused, and neither our system nor a record.
        Written::Refused(_) => Err(FunctionError::new(FunctionErrorKind::Refused, phrase::TEXT_REFUSED)),
        Written::Saved(_) | Written::BeingSaved(_) => {
            answer_for(written, |_| phrase::TEXT_SENT.into(), phrase::TEXT_BEING_SENT)
        }
    }
}
