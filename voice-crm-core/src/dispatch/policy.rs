//! What stands between a function call and its function: who may call it, how often at a time, and whether the
//! caller has agreed.

use std::{
    error::Error as _,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use bytes::Bytes;

use super::{
    Dispatcher, Registered,
    confirmation::{Confirmations, Request, Token, take_token},
    erased::{Ask, Came},
};
use crate::{
    call::{Call, CallerTurns},
    caller::Assurance,
    function::{
        Answer, CallContext, Confirmation, Confirmed, Effect, FunctionError, FunctionErrorKind, Outcome,
        Services, request::digest,
    },
    phrase::{self, Instruction, Speech},
};

impl Dispatcher {
    /// The confirmation that a function call came with, and its arguments less that.
    ///
    /// A confirmation that does not hold counts for nothing: the caller is asked again. So does one that the model gave
    /// before the caller could say a word, where the platform tells who has spoken.
    pub(super) fn confirmed(
        &self,
        registered: &Registered,
        channel: &'static str,
        call: &Call,
        arguments: Bytes,
        services: &Services,
    ) -> (Confirmation, Bytes) {
        if !registered.spec.asks_for_confirmation() {
            return (Confirmation::None, arguments);
        }
        let Some((token, arguments)) = take_token(&arguments) else { return (Confirmation::None, arguments) };
        let digest = digest(registered.name, &arguments);
        let request =
            Request { channel, call: call.id(), function: registered.name, digest: digest.as_bytes() };
        let confirmation = match self.confirmations.read(&token, &request, services.clock.now()) {
            None => Confirmation::None,
            Some(Token { heard, .. }) if !has_spoken(call, heard) => Confirmation::Unheard,
            Some(Token { serial, .. }) => {
                Confirmation::Given(Confirmed { token: token.trim().to_owned(), serial })
            }
        };
        (confirmation, arguments.into())
    }
}

/// Runs one function call to its outcome, whatever happens in it, and for as long as it takes.
pub(super) async fn run(
    registered: &Registered,
    cx: &Arc<CallContext>,
    confirmations: &Confirmations,
) -> Outcome {
    let mut call = pin!(allowed_call(registered, cx));
    let came = poll_fn(|task| match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(task))) {
        Ok(polled) => polled.map(Some),
        Err(_panic) => Poll::Ready(None),
    });
    match came.await {
        Some(Ok(Came::Answer(answer))) => {
            Outcome::Answered(cx.told_again(answer, registered.spec.takes_occurrence()))
        }
        Some(Ok(Came::ToConfirm(read_back))) => {
            // On the heap, because few calls come to it.
            Box::pin(ask(cx, read_back, confirmations)).await.map_or_else(Outcome::Failed, Outcome::Asked)
        }
        Some(Err(error)) => {
            if let Some(beneath) = beneath(&error) {
                let (function, kind) = (registered.name, error.kind().as_str());
                tracing::warn!(function, kind, error = beneath, "a function failed");
            }
            Outcome::Failed(error)
        }
        None => {
            tracing::error!(function = registered.name, "a function panicked");
            Outcome::Failed(FunctionError::new(FunctionErrorKind::Broken, phrase::BROKEN))
        }
    }
}

/// What lies beneath a failure, down to its ground.
fn beneath(error: &FunctionError) -> Option<String> {
    let mut beneath = error.source();
    let mut told = Vec::new();
    while let Some(error) = beneath {
        told.push(error.to_string());
        beneath = error.source();
    }
    (!told.is_empty()).then(|| told.join(": "))
}

pub(super) fn too_late() -> Outcome {
    Outcome::Failed(FunctionError::new(FunctionErrorKind::TooLate, phrase::TOO_LATE))
}

async fn allowed_call(registered: &Registered, cx: &Arc<CallContext>) -> Result<Came, FunctionError> {
    let spec = &registered.spec;
    let _permit = match &registered.cap {
        Some(cap) => {
            Some(cap.try_acquire().map_err(|_| FunctionError::new(FunctionErrorKind::Busy, phrase::BUSY))?)
        }
        None => None,
    };
    if !spec.is_open_to(cx.call()) {
        return Err(FunctionError::new(FunctionErrorKind::NotAllowed, phrase::NOT_POSSIBLE));
    }
    let least = spec.least_assurance();
    if least > Assurance::Unknown {
        // On the heap, because it is far larger than all the rest, and most functions ask for none.
        Box::pin(sure_enough(cx, least)).await?;
    }
    let ask = match spec.effect() {
        _ if !spec.asks_for_confirmation() || matches!(cx.confirmation, Confirmation::Given(_)) => Ask::No,
        Effect::Destructive => Ask::Always,
        Effect::Read | Effect::Write => Ask::IfTheFunctionSaysSo,
    };
    registered.function.call(cx, &registered.shape, ask).await
}

async fn sure_enough(cx: &CallContext, least: Assurance) -> Result<(), FunctionError> {
    // What was allowed once stays allowed when the same call is delivered again.
    if cx.assurance().await? < least && cx.earlier().await?.is_none() {
        return Err(not_sure_enough(least));
    }
    Ok(())
}

/// Whether too many proofs have failed is told where one is tried: a code may still be a way.
fn not_sure_enough(least: Assurance) -> FunctionError {
    match least {
        Assurance::Unknown | Assurance::NumberMatches => {
            FunctionError::new(FunctionErrorKind::NotAllowed, phrase::NOT_ALLOWED)
        }
        Assurance::NumberAttested | Assurance::Verified => {
            FunctionError::new(FunctionErrorKind::NotVerified, phrase::NOT_VERIFIED)
        }
    }
}

/// What the model says to the caller, and what it is to do then.
async fn ask(
    cx: &CallContext,
    read_back: Option<Speech>,
    confirmations: &Confirmations,
) -> Result<Answer, FunctionError> {
    let digest = cx.digest();
    let request = Request {
        channel: cx.channel,
        call: cx.call().id(),
        function: cx.function,
        digest: digest.as_bytes(),
    };
    let serial = cx.next_serial().await?;
    let heard = turns(cx.call());
    let token = confirmations.token(&request, serial, heard, cx.services.clock.now());
    let what = read_back.unwrap_or_else(|| phrase::CANNOT_BE_UNDONE.into());
    // Behind the words for the caller, words for the model alone.
    let state = match cx.confirmation {
        Confirmation::Unheard => {
            "Refused, and nothing was done: the caller has said nothing since they were asked. Say this to the caller and \
             wait for the answer."
        }
        Confirmation::None | Confirmation::Given(_) => "Nothing was done yet.",
    };
    let instruction = format!(
        "{state} If the caller agrees, call {} again with the same arguments and the confirmation {token}.",
        cx.function
    );
    Ok(Answer::say(what.and(phrase::IS_THAT_RIGHT)).instruct(Instruction::new(instruction)))
}

/// How many turns of the caller the platform has told of.
fn turns(call: &Call) -> Option<u32> {
    call.caller_turns.as_ref().and_then(CallerTurns::count)
}

/// Whether the caller has spoken since so many turns; yes where the platform did not tell then, or does not now.
fn has_spoken(call: &Call, heard: Option<u32>) -> bool {
    heard.is_none_or(|heard| turns(call).is_none_or(|turns| turns > heard))
}
