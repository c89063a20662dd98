//! Maps the function calls of a webhook to functions, and settles each of them exactly once.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::AtomicU32},
};

use futures_util::{FutureExt as _, future::join_all};
use tokio::time::timeout_at;

use crate::{
    call::Call,
    caller::Assurance,
    channel::{ToolBatch, ToolCall},
    deadline::Deadline,
    function::{
        Answer, CallContext, Effect, Function, FunctionError, FunctionErrorKind, Manifest, ManifestEntry,
        Outcome, Services, Spec,
    },
    phrase, telemetry,
};
use erased::{ErasedFunction, erase};
use in_flight::InFlight;

mod arguments;
mod erased;
mod in_flight;

/// The registry of functions.
///
/// It is checked when it is built, and never changes afterwards.
pub struct Dispatcher {
    functions: HashMap<String, Arc<Registered>>,
    manifest: Manifest,
    in_flight: InFlight,
}

struct Registered {
    name: &'static str,
    spec: Spec,
    function: Box<dyn ErasedFunction>,
}

/// Collects functions for a [`Dispatcher`].
#[derive(Default)]
pub struct DispatcherBuilder {
    functions: Vec<(Registered, ManifestEntry)>,
    aliases: BTreeMap<String, &'static str>,
}

/// The registry cannot be built.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DispatcherError {
    /// Two functions, or a function and an alias, have one name.
    #[error("two functions answer to the name {0}; rename one of them")]
    Duplicate(String),
    /// A name is not one that a platform accepts.
    #[error("{0} cannot be the name of a function: use letters, digits, _ and -, at most 64 of them")]
    Name(String),
    /// An alias points to a function that is not there.
    #[error("the alias {alias} points to the function {target}, which is not registered")]
    Alias {
        /// The alias.
        alias: String,
        /// The function it points to.
        target: String,
    },
    /// The arguments are not an object.
    #[error("the arguments of {0} must be a struct with named fields")]
    Schema(&'static str),
}

impl DispatcherBuilder {
    /// Adds a function.
    #[must_use]
    pub fn function<F: Function>(mut self, function: F) -> Self {
        let spec = function.spec();
        let parameters = schemars::schema_for!(F::Args).to_value();
        let entry = ManifestEntry { name: F::NAME, description: spec.description(), parameters };
        self.functions.push((Registered { name: F::NAME, spec, function: erase(function) }, entry));
        self
    }

    /// Lets a function answer to one more name.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<String>, target: &'static str) -> Self {
        self.aliases.insert(alias.into(), target);
        self
    }

    /// Checks everything and freezes it.
    ///
    /// # Errors
    /// [`DispatcherError`] names what cannot be.
    pub fn build(self) -> Result<Dispatcher, DispatcherError> {
        let mut functions: HashMap<String, Arc<Registered>> = HashMap::new();
        let mut entries = Vec::with_capacity(self.functions.len());
        for (registered, mut entry) in self.functions {
            check_name(registered.name)?;
            if entry.parameters.get("type").and_then(|kind| kind.as_str()) != Some("object") {
                return Err(DispatcherError::Schema(registered.name));
            }
            if let Some(schema) = entry.parameters.as_object_mut() {
                // Noise to a model.
                schema.retain(|key, _| key != "$schema" && key != "title");
            }
            if functions.insert(registered.name.to_owned(), Arc::new(registered)).is_some() {
                return Err(DispatcherError::Duplicate(entry.name.to_owned()));
            }
            entries.push(entry);
        }
        for (alias, target) in self.aliases {
            check_name(&alias)?;
            let Some(registered) = functions.get(target).cloned() else {
                return Err(DispatcherError::Alias { alias, target: target.to_owned() });
            };
            if functions.contains_key(&alias) {
                return Err(DispatcherError::Duplicate(alias));
            }
            functions.insert(alias, registered);
        }
        Ok(Dispatcher { functions, manifest: Manifest::new(entries), in_flight: InFlight::default() })
    }
}

fn check_name(name: &str) -> Result<(), DispatcherError> {
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if fits { Ok(()) } else { Err(DispatcherError::Name(name.to_owned())) }
}

impl Dispatcher {
    /// A registry to fill.
    pub fn builder() -> DispatcherBuilder {
        DispatcherBuilder::default()
    }

    /// The functions, for a platform to be told of.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Settles every function call of a batch, in its order, by the deadline.
    ///
    /// Reads run side by side, writes one after the other.
    pub(crate) async fn dispatch(
        &self,
        services: &Arc<Services>,
        channel: &'static str,
        batch: &ToolBatch,
        deadline: Deadline,
    ) -> Vec<Outcome> {
        let call = Arc::new(batch.call.clone());
        let run =
            |tool_call: &ToolCall| self.settle(services, channel, call.clone(), tool_call.clone(), deadline);
        if let [only] = batch.calls.as_slice() {
            return vec![run(only).await];
        }
        let (writes, reads): (Vec<_>, Vec<_>) = batch
            .calls
            .iter()
            .enumerate()
            .partition(|(_, tool_call)| self.effect(&tool_call.name) == Effect::Write);
        let reads =
            join_all(reads.into_iter().map(|(place, tool_call)| run(tool_call).map(move |end| (place, end))));
        let writes = async {
            let mut ends = Vec::with_capacity(writes.len());
            for (place, tool_call) in writes {
                ends.push((place, run(tool_call).await));
            }
            ends
        };
        let (reads, writes) = tokio::join!(reads, writes);
        let in_order: BTreeMap<usize, Outcome> = reads.into_iter().chain(writes).collect();
        in_order.into_values().collect()
    }

    fn effect(&self, name: &str) -> Effect {
        self.functions.get(name).map_or(Effect::Read, |registered| registered.spec.effect())
    }

    async fn settle(
        &self,
        services: &Arc<Services>,
        channel: &'static str,
        call: Arc<Call>,
        tool_call: ToolCall,
        deadline: Deadline,
    ) -> Outcome {
        let language = services.language_of(&call);
        let Some(registered) = self.functions.get(&tool_call.name).cloned() else {
            let outcome = Outcome::Failed(unknown(&self.manifest));
            telemetry::tool_call_ended("_unknown", &outcome);
            return outcome;
        };
        let own = registered.spec.time_limit().map(Deadline::after);
        let cx = CallContext {
            services: services.clone(),
            channel,
            call,
            tool_call: tool_call.id,
            function: registered.name,
            arguments: tool_call.arguments,
            deadline: own.map_or(deadline, |own| own.sooner(deadline)),
            writes: AtomicU32::new(0),
            durable: Arc::default(),
            effect: registered.spec.effect(),
        };
        let name = registered.name;
        let outcome = match registered.spec.effect() {
            Effect::Read => {
                timeout_at(cx.deadline.tokio(), run(&registered, &cx)).await.unwrap_or_else(|_| too_late())
            }
            Effect::Write => self.in_flight.join(cx, registered).await,
        };
        telemetry::tool_call_ended(name, &outcome);
        outcome.spoken(&services.phrasebook, language)
    }
}

/// Runs one function call to its outcome, whatever happens in it, and for as long as it takes.
async fn run(registered: &Registered, cx: &CallContext) -> Outcome {
    match AssertUnwindSafe(allowed_call(registered, cx)).catch_unwind().await {
        Ok(result) => result.into(),
        Err(_panic) => {
            tracing::error!(function = registered.name, "a function panicked");
            Outcome::Failed(FunctionError::new(FunctionErrorKind::Broken, phrase::BROKEN))
        }
    }
}

fn too_late() -> Outcome {
    Outcome::Failed(FunctionError::new(FunctionErrorKind::TooLate, phrase::TOO_LATE))
}

async fn allowed_call(registered: &Registered, cx: &CallContext) -> Result<Answer, FunctionError> {
    let least = registered.spec.least_assurance();
    // What was allowed once stays allowed when the same call is delivered again.
    if least > Assurance::Unknown && cx.assurance().await? < least && cx.earlier().await?.is_none() {
        return Err(FunctionError::new(FunctionErrorKind::NotAllowed, phrase::NOT_ALLOWED));
    }
    registered.function.call(cx).await
}

fn unknown(manifest: &Manifest) -> FunctionError {
    let names: Vec<_> = manifest.entries().iter().map(|entry| entry.name).collect();
    FunctionError::new(
        FunctionErrorKind::UnknownFunction,
        format!("There is no function of this name. Use one of: {}.", names.join(", ")),
    )
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("functions", &self.manifest.entries().len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DispatcherBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DispatcherBuilder").field("functions", &self.functions.len()).finish_non_exhaustive()
    }
}
