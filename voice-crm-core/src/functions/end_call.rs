//! `end_call`: goodbye.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    function::{Act, Answer, CallContext, Function, FunctionError, Spec},
    phrase,
};

/// Ends the call once goodbye was said.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndCall;

/// [`EndCall`] takes no arguments.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
pub struct EndCallArgs {}

impl Function for EndCall {
    const NAME: &'static str = "end_call";
    type Args = EndCallArgs;

    fn spec(&self) -> Spec {
        Spec::read("Ends the call. Call it when everything is done and the caller has said goodbye.")
    }

    async fn call(&self, _: &CallContext, _: EndCallArgs) -> Result<Answer, FunctionError> {
        Ok(Answer::say(phrase::GOODBYE).then(Act::EndCall))
    }
}
