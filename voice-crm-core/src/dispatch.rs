//! Maps the function calls of a webhook to functions, and settles each of them exactly once.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU32},
    },
    task::Poll,
    time::Instant,
};

use foldhash::fast::FixedState;
use futures_util::{FutureExt as _, future::join_all};
use tokio::{
    sync::{OnceCell, Semaphore},
    time::timeout_at,
};
use tracing::Instrument as _;

use crate::{
    audit::Audit,
    call::Call,
    channel::{ToolBatch, ToolCall},
    deadline::Deadline,
    function::{CallContext, FunctionError, FunctionErrorKind, Manifest, Outcome, Services, Spec},
    live::LiveFeed,
    phrase::{self, Instruction, Language},
    telemetry::{self, ToolFigures},
};
use arguments::{Shape, mended};
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
    functions: Functions,
    manifest: Manifest,
    in_flight: InFlight,
    confirmations: Confirmations,
    audit: Option<Arc<dyn Audit>>,
    live: LiveFeed,
    /// As many permits as reads may wait.
    waiting: Semaphore,
    /// The figures of calls to functions that are not there.
    unknown: ToolFigures,
}

/// The functions by their names. The names are the operator's own, so nobody can choose them to collide.
type Functions = HashMap<String, Arc<Registered>, FixedState>;

struct Registered {
    name: &'static str,
    spec: Spec,
    /// What its arguments look like.
    shape: Shape,
    function: Box<dyn ErasedFunction>,
    /// As many permits as may run at a time.
    cap: Option<Arc<Semaphore>>,
    figures: ToolFigures,
}

/// A function call that is about to run.
struct Started<'a> {
    registered: &'a Arc<Registered>,
    cx: Arc<CallContext>,
}

impl Dispatcher {
    /// A registry to fill.
    pub fn builder() -> DispatcherBuilder {
        DispatcherBuilder::default()
    }

    /// The functions, for a platform to offer.
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
        let ToolBatch { call, mut calls } = batch;
        let language = services.language_of(&call);
        match calls.pop() {
            Some(only) if calls.is_empty() => {
                let started = self.start(services, channel, call, only, deadline);
                vec![self.settle(services, started, language, began).await]
            }
            Some(last) => {
                calls.push(last);
                // On the heap, so that the one call that most webhooks bring has less to carry about.
                Box::pin(self.settle_all(services, channel, &call, calls, (began, deadline))).await
            }
            None => Vec::new(),
        }
    }

    async fn settle_all(
        &self,
        services: &Arc<Services>,
        channel: &'static str,
        call: &Call,
        calls: Vec<ToolCall>,
        (began, deadline): (Instant, Deadline),
    ) -> Vec<Outcome> {
        let language = services.language_of(call);
        let run = |tool_call: ToolCall| {
            let started = self.start(services, channel, call.clone(), tool_call, deadline);
            self.settle(services, started, language, began)
        };
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
        started: Option<Started<'_>>,
        language: Language,
        began: Instant,
    ) -> Outcome {
        let Some(Started { registered, cx }) = started else {
            let outcome = Outcome::Failed(unknown(&self.manifest));
            self.unknown.ended(&outcome, began);
            return outcome;
        };
        let mut outcome = self.outcome(registered, &cx).await;
        registered.figures.ended(&outcome, began);
        if self.live.is_on() {
            Box::pin(self.live.settled(&cx, &outcome)).await;
        }
        if let Some(audit) = &self.audit {
            audit.record(&Box::pin(cx.audited(&outcome)).await);
        }
        outcome.speak(&services.phrasebook, language);
        outcome
    }

    /// What needs no waiting, so that little is left to carry about while something is waited for. None for a name
    /// that no function has.
    fn start(
        &self,
        services: &Arc<Services>,
        channel: &'static str,
        call: Call,
        tool_call: ToolCall,
        deadline: Deadline,
    ) -> Option<Started<'_>> {
        let registered = self.functions.get(&tool_call.name)?;
        // What is written is known again by what was asked for, in whatever form that came.
        let mended =
            registered.spec.effect().writes().then(|| mended(&tool_call.arguments, &registered.shape));
        let arguments = mended.flatten().map_or(tool_call.arguments, Into::into);
        let (confirmation, arguments) = self.confirmed(registered, channel, &call, arguments, services);
        let own = registered.spec.time_limit().map(Deadline::after);
        let cx = Arc::new(CallContext {
            services: services.clone(),
            channel,
            call,
            tool_call: tool_call.id,
            function: registered.name,
            arguments,
            confirmation,
            digest: OnceLock::new(),
            first: OnceCell::new(),
            was_known: AtomicBool::new(false),
            deadline: own.map_or(deadline, |own| own.sooner(deadline)),
            writes: AtomicU32::new(0),
            durable: AtomicBool::new(false),
            effect: registered.spec.effect(),
            written: std::sync::Mutex::default(),
        });
        Some(Started { registered, cx })
    }

    async fn outcome(&self, registered: &Arc<Registered>, cx: &Arc<CallContext>) -> Outcome {
        let span = telemetry::tool_call_span(cx);
        if registered.spec.effect().writes() {
            let joined = self.in_flight.join(cx, registered, &self.confirmations);
            return Box::pin(joined.instrument(span)).await;
        }
        let mut reading = pin!(run(registered, cx, &self.confirmations));
        let mut reading = poll_fn(|task| span.in_scope(|| reading.as_mut().poll(task)));
        // Most reads are there at once, and those cost no timer.
        match poll_fn(|task| Poll::Ready(reading.poll_unpin(task))).await {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => {
                let Ok(_place) = self.waiting.try_acquire() else {
                    return Outcome::Failed(FunctionError::new(FunctionErrorKind::Busy, phrase::BUSY));
                };
                let by_then = Box::pin(timeout_at(cx.deadline.instant().into(), reading));
                by_then.await.unwrap_or_else(|_| too_late())
            }
        }
    }
}

fn unknown(manifest: &Manifest) -> FunctionError {
    let names: Vec<_> = manifest.entries().iter().map(|entry| entry.name).collect();
    let sentence = format!("There is no function of this name. Use one of: {}.", names.join(", "));
    FunctionError::for_model_alone(FunctionErrorKind::UnknownFunction, Instruction::new(sentence))
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("functions", &self.manifest.entries().len())
            .finish_non_exhaustive()
    }
}
