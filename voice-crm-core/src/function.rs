//! What a voice agent may call: the trait, and what surrounds it.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::phrase::Speech;

mod act;
mod context;
mod dtmf;
mod kept_name;
mod manifest;
mod needs;
mod outcome;
pub(crate) mod request;
mod spec;

pub use act::{Act, Destination, Transfer};
pub use context::{CallContext, ProofAttempt};
pub(crate) use context::{Confirmation, Confirmed, Services, lane, uncounted};
pub use dtmf::{Dtmf, InvalidDtmf};
pub(crate) use kept_name::kept;
pub use manifest::{Dialect, Manifest, ManifestEntry};
pub use needs::Need;
pub(crate) use needs::Served;
pub use outcome::{Answer, FunctionError, FunctionErrorKind, Outcome};
pub(crate) use spec::Openness;
pub use spec::{Effect, Spec};

/// A function that a voice agent may call.
///
/// It is an ordinary typed async method: the dispatcher decodes the arguments, holds the policy of
/// [`Function::spec`] and the deadline, and turns whatever happens into one answer.
///
/// A function reads through its [`CallContext`] and writes only through [`CallContext::write`]; it has no
/// other way to the CRM, so no write can go round the journal.
///
/// It runs on the runtime that serves the webhooks, so it must not block its thread: while it does, its own deadline
/// cannot be held, and those of others only by other threads. What blocks, such as a driver of a database or a long
/// calculation, goes to a thread of its own by `tokio::task::spawn_blocking`. At the deadline the caller then gets an
/// answer, whatever the thread does:
///
/// ```
/// use voice_crm_core::{function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec}, phrase};
///
/// struct Stock;
///
/// impl Function for Stock {
///     const NAME: &'static str = "stock";
///     type Args = ();
///
///     fn spec(&self) -> Spec {
///         Spec::read("Tells how many are in stock.")
///     }
///
///     async fn call(&self, _: &CallContext, (): ()) -> Result<Answer, FunctionError> {
///         let counted = tokio::task::spawn_blocking(|| 42).await;
///         let counted = counted.map_err(|error| {
///             FunctionError::new(FunctionErrorKind::Unavailable, phrase::RECORDS_UNREACHABLE).with_source(error)
///         })?;
///         Ok(Answer::say(format!("There are {counted}.")))
///     }
/// }
/// ```
pub trait Function: Send + Sync + 'static {
    /// The name by which the model calls it: letters, digits, `_` and `-`, at most 64.
    const NAME: &'static str;
    /// Its arguments; the model is shown their JSON Schema. `()` where there are none; a struct with named fields; or an
    /// enum whose variants are such, told apart by a tag, which a model is shown as one object.
    type Args: DeserializeOwned + JsonSchema + Send;

    /// The name, where it comes from configuration: one type may then be several functions. [`Function::NAME`] unless
    /// said.
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::NAME)
    }

    /// What it does and what it demands.
    fn spec(&self) -> Spec;

    /// What is read back to the caller before it is done, for a function whose [`Spec`] asks for confirmation.
    ///
    /// `None` when these arguments need none; a destructive function is confirmed all the same.
    fn read_back(&self, _cx: &CallContext, _args: &Self::Args) -> Option<Speech> {
        None
    }

    /// The names of what these arguments change, for a function whose [`Spec`] asks for confirmation. `None`, as
    /// unless said, stands for the names of the arguments that are given.
    ///
    /// A confirmation is spent once a later one has changed any of the same: it does nothing any more, and the caller
    /// hears so.
    fn changes(&self, _cx: &CallContext, _args: &Self::Args) -> Option<Vec<&'static str>> {
        None
    }

    /// Does it.
    ///
    /// # Errors
    /// [`FunctionError`] with the sentence that the caller may hear.
    fn call(
        &self,
        cx: &CallContext,
        args: Self::Args,
    ) -> impl Future<Output = Result<Answer, FunctionError>> + Send;
}
