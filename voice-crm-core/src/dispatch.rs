//! Maps the function calls of a webhook to functions, and settles each of them exactly once.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU32},
    },
    task::Poll,
    time::Instant,
};

use futures_util::{FutureExt as _, future::join_all};
use tokio::{sync::Semaphore, time::timeout_at};
use tracing::Instrument as _;

use crate::{
    audit::Audit,
    call::Call,
    channel::{ToolBatch, ToolCall},
    deadline::Deadline,
    function::{CallContext, Effect, FunctionError, FunctionErrorKind, Manifest, Outcome, Services, Spec},
    telemetry::{self, ToolFigures},
};
use confirmation::Confirmations;
use erased::ErasedFunction;
use in_flight::InFlight;
use policy::{run, too_late};

mod arguments;
mod builder;
mod confirmation;
mod erased;
mod in_flight;
mod policy;

pub use builder::{DispatcherBuilder, DispatcherError};

/// The registry of functions.
///
/// It is checked when it is built, and never changes afterwards.
pub struct Dispatcher {
    functions: HashMap<String, Arc<Registered>>,
    manifest: Manifest,
    in_flight: InFlight,
    confirmations: Confirmations,
    audit: Option<Arc<dyn Audit>>,
    /// The figures of calls to functions that are not there.
    unknown: ToolFigures,
}

struct Registered {
    name: &'static str,
    spec: Spec,
    function: Box<dyn ErasedFunction>,
    /// As many permits as may run at a time.
    cap: Option<Arc<Semaphore>>,
    figures: ToolFigures,
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
        batch: ToolBatch,
        (began, deadline): (Instant, Deadline),
    ) -> Vec<Outcome> {
        let call = Arc::new(batch.call);
        let run =
            |tool_call: ToolCall| self.settle(services, channel, call.clone(), tool_call, (began, deadline));
        let mut calls = batch.calls;
        if calls.len() == 1
            && let Some(only) = calls.pop()
        {
            return vec![run(only).await];
        }
        let (writes, reads): (Vec<_>, Vec<_>) =
            calls.into_iter().enumerate().partition(|(_, tool_call)| self.writes(&tool_call.name));
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

    fn writes(&self, name: &str) -> bool {
        self.functions.get(name).is_some_and(|registered| registered.spec.effect().writes())
    }

    async fn settle(
        &self,
        services: &Arc<Services>,
        channel: &'static str,
        call: Arc<Call>,
        tool_call: ToolCall,
        (began, deadline): (Instant, Deadline),
    ) -> Outcome {
        let language = services.language_of(&call);
        let Some(registered) = self.functions.get(&tool_call.name) else {
            let outcome = Outcome::Failed(unknown(&self.manifest));
            self.unknown.ended(&outcome, began);
            return outcome;
        };
        let (origin, arguments) = self.origin(registered, channel, &call, &tool_call, services);
        let own = registered.spec.time_limit().map(Deadline::after);
        let cx = Arc::new(CallContext {
            services: services.clone(),
            channel,
            call,
            tool_call: tool_call.id,
            function: registered.name,
            arguments,
            origin,
            digest: OnceLock::new(),
            deadline: own.map_or(deadline, |own| own.sooner(deadline)),
            writes: AtomicU32::new(0),
            durable: AtomicBool::new(false),
            effect: registered.spec.effect(),
            written: std::sync::Mutex::default(),
        });
        let span = telemetry::tool_call_span(&cx);
        let outcome = async {
            match registered.spec.effect() {
                Effect::Read => by(cx.deadline, run(registered, &cx, &self.confirmations)).await,
                Effect::Write | Effect::Destructive => {
                    self.in_flight.join(&cx, registered, &self.confirmations).await
                }
            }
        };
        let outcome = outcome.instrument(span).await;
        registered.figures.ended(&outcome, began);
        if let Some(audit) = &self.audit {
            audit.record(&cx.audited(&outcome).await);
        }
        outcome.spoken(&services.phrasebook, language)
    }
}

/// The outcome of a read by the deadline. Most are there at once, and those cost no timer.
async fn by(deadline: Deadline, running: impl Future<Output = Outcome>) -> Outcome {
    let mut running = std::pin::pin!(running);
    let at_once = std::future::poll_fn(|cx| Poll::Ready(running.as_mut().poll(cx))).await;
    match at_once {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => timeout_at(deadline.tokio(), running).await.unwrap_or_else(|_| too_late()),
    }
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
