//! The parts of a bridge, and how they are given.

use std::{
    any::{Any, TypeId},
    borrow::Cow,
    collections::HashMap,
    fmt,
    sync::Arc,
    time::Duration,
};

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use crate::{
    audit::Audit,
    caller::ProofLimits,
    channel::Channel,
    clock::{Clock, SystemClock},
    crm::Crm,
    dispatch::{Dispatcher, DispatcherBuilder},
    function::{Answer, CallContext, Function, FunctionError, Spec},
    functions::Desk,
    journal::Journal,
    live::LiveBounds,
    messenger::Messenger,
    outbox::SinkPolicy,
    phone::Region,
    phrase::{Language, Phrasebook},
    recording::RecordingSource,
    routing::Rules,
    write_limits::WriteLimits,
};

/// How long the same request on the same call is the same write: a model repeats itself within a turn or two.
const REPEAT_WINDOW: Duration = Duration::from_secs(300);

/// The parts of a bridge.
pub struct BridgeBuilder {
    pub(super) organisation: String,
    pub(super) channels: Vec<(String, Arc<dyn Channel>)>,
    pub(super) crm: Option<Arc<dyn Crm>>,
    pub(super) journal: Option<Arc<dyn Journal>>,
    pub(super) proof_limits: ProofLimits,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) dispatcher: DispatcherBuilder,
    pub(super) messenger: Option<Arc<dyn Messenger>>,
    pub(super) recordings: Option<Arc<dyn RecordingSource>>,
    pub(super) home: Region,
    pub(super) phrasebook: Phrasebook,
    pub(super) language: Language,
    pub(super) tool_deadline: Duration,
    pub(super) event_deadline: Duration,
    pub(super) arrival_deadline: Duration,
    pub(super) read_timeout: Option<Duration>,
    pub(super) rules: Rules,
    pub(super) body_limit: usize,
    pub(super) live: Option<LiveBounds>,
    pub(super) delivery: SinkPolicy,
    pub(super) write_limits: WriteLimits,
    pub(super) repeat_window: Duration,
    pub(super) retention: Option<Duration>,
    pub(super) states: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

impl Default for BridgeBuilder {
    fn default() -> Self {
        Self {
            organisation: "default".to_owned(),
            channels: Vec::new(),
            crm: None,
            journal: None,
            proof_limits: ProofLimits::new(),
            clock: Arc::new(SystemClock),
            dispatcher: Dispatcher::builder(),
            messenger: None,
            recordings: None,
            home: Region::US,
            phrasebook: Phrasebook::standard(),
            language: Language::ENGLISH,
            tool_deadline: Duration::from_secs(8),
            event_deadline: Duration::from_secs(15),
            arrival_deadline: Duration::from_secs(3),
            read_timeout: None,
            rules: Rules::agent_only(),
            body_limit: 8 * 1024 * 1024,
            live: None,
            delivery: SinkPolicy::default(),
            write_limits: WriteLimits::default(),
            repeat_window: REPEAT_WINDOW,
            retention: None,
            states: HashMap::new(),
        }
    }
}

impl BridgeBuilder {
    /// Takes the webhooks of a platform at a path such as `/webhook/vapi`, with or without a slash at its end.
    #[must_use]
    pub fn channel(mut self, path: impl Into<String>, channel: impl Channel) -> Self {
        self.channels.push((path.into(), Arc::new(channel)));
        self
    }

    /// The CRM to read from and to write to; an `Arc<dyn Crm>` or a `Box<dyn Crm>` is one too.
    ///
    /// Functions that need what it does not serve are left out when the bridge starts; see [`Spec::needs`].
    #[must_use]
    pub fn crm(mut self, crm: impl Crm) -> Self {
        self.crm = Some(Arc::new(crm));
        self
    }

    /// The journal that keeps writes until they are in the CRM, and counts failed proofs and what callers had written.
    #[must_use]
    pub fn journal(self, journal: impl Journal) -> Self {
        self.shared_journal(Arc::new(journal))
    }

    /// The journal, where it was chosen while the program runs.
    ///
    /// Replicas share one: a journal that each process has by itself lets callers guess anew at each of them.
    #[must_use]
    pub fn shared_journal(mut self, journal: Arc<dyn Journal>) -> Self {
        self.journal = Some(journal);
        self
    }

    /// How often callers may fail to prove who they are. [`ProofLimits::new`] unless said.
    #[must_use]
    pub fn proof_limits(mut self, limits: ProofLimits) -> Self {
        self.proof_limits = limits;
        self
    }

    /// Adds a function that the voice agent may call.
    #[must_use]
    pub fn function(mut self, function: impl Function) -> Self {
        self.dispatcher = self.dispatcher.function(function);
        self
    }

    /// Adds a closure that the voice agent may call as a function.
    ///
    /// It gets the context behind an `Arc`, to keep for as long as it runs.
    #[must_use]
    pub fn closure<A, C, Fut>(mut self, name: impl Into<Cow<'static, str>>, spec: Spec, closure: C) -> Self
    where
        A: DeserializeOwned + JsonSchema + Send + 'static,
        C: Fn(Arc<CallContext>, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, FunctionError>> + Send + 'static,
    {
        self.dispatcher = self.dispatcher.closure(name, spec, closure);
        self
    }

    /// Gives the functions something to share, one value of each type; see [`CallContext::state`].
    #[must_use]
    pub fn state<T: Send + Sync + 'static>(mut self, state: T) -> Self {
        self.states.insert(TypeId::of::<T>(), Box::new(state));
        self
    }

    /// Signs confirmations with a secret. Needed where several replicas take the webhooks of one call, or where a
    /// confirmation must survive a restart; one of this process unless said. A bridge with one of fewer than 16
    /// characters does not start.
    #[must_use]
    pub fn confirmation_secret(mut self, secret: SecretString) -> Self {
        self.dispatcher = self.dispatcher.confirmation_secret(secret);
        self
    }

    /// Writes a record of every function call there.
    #[must_use]
    pub fn audit(mut self, audit: impl Audit) -> Self {
        self.dispatcher = self.dispatcher.audit(audit);
        self
    }

    /// Adds the built-in support desk, as it is when nothing is said.
    #[must_use]
    pub fn support_desk(self) -> Self {
        self.support_desk_with(Desk::new())
    }

    /// Adds the built-in support desk with settings of one's own.
    #[must_use]
    pub fn support_desk_with(mut self, desk: Desk) -> Self {
        self.messenger = desk.messenger.clone().or(self.messenger);
        self.dispatcher = desk.register(self.dispatcher);
        self
    }

    /// Keeps recordings from this source as files of their calls' records, beside the links. Links alone unless said.
    ///
    /// A file counts towards what the org may store, and is read by whoever may read the record.
    #[must_use]
    pub fn recordings(mut self, source: impl RecordingSource) -> Self {
        self.recordings = Some(Arc::new(source));
        self
    }

    /// Lets a function answer to one more name.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<String>, target: impl Into<String>) -> Self {
        self.dispatcher = self.dispatcher.alias(alias, target);
        self
    }

    /// The name of the organisation; part of every write key, so it never changes once in use.
    #[must_use]
    pub fn organisation(mut self, name: impl Into<String>) -> Self {
        self.organisation = name.into();
        self
    }

    /// The country whose dialling habits numbers without a country code follow. The United States unless said.
    #[must_use]
    pub fn home(mut self, region: Region) -> Self {
        self.home = region;
        self
    }

    /// The language of calls of which the platform does not say. English unless said.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The book of all sentences that callers hear. [`Phrasebook::standard`] unless said.
    #[must_use]
    pub fn phrasebook(mut self, book: Phrasebook) -> Self {
        self.phrasebook = book;
        self
    }

    /// The time from a tool-call webhook to its answer. 8 s unless said; keep it below the platform's limit.
    #[must_use]
    pub fn tool_deadline(mut self, span: Duration) -> Self {
        self.tool_deadline = span;
        self
    }

    /// How many function calls that only read may wait at a time; see [`DispatcherBuilder::waiting_reads`].
    #[must_use]
    pub fn waiting_reads(mut self, most: usize) -> Self {
        self.dispatcher = self.dispatcher.waiting_reads(most);
        self
    }

    /// The time that one look-up for a function may take. 2.5 s unless said; then the caller hears that the records
    /// cannot be reached.
    #[must_use]
    pub fn read_timeout(mut self, span: Duration) -> Self {
        self.read_timeout = Some(span);
        self
    }

    /// The time that an incoming call may wait for the CRM to say who calls. 3 s unless said; then it goes where
    /// the rules send a caller of whom nothing is known.
    #[must_use]
    pub fn arrival_deadline(mut self, span: Duration) -> Self {
        self.arrival_deadline = span;
        self
    }

    /// Where calls go; all to the voice agent unless said.
    #[must_use]
    pub fn routing(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// The largest body that is read, in bytes. 8 MiB unless said: an end-of-call report carries the whole call.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Shows calls as they go on, within these bounds, in [`Bridge::live`](crate::Bridge::live). Off unless said; `None` is off.
    #[must_use]
    pub fn live(mut self, bounds: impl Into<Option<LiveBounds>>) -> Self {
        self.live = bounds.into();
        self
    }

    /// How patiently writes are brought into the CRM, and text messages and recordings to where they go.
    #[must_use]
    pub fn delivery(mut self, policy: SinkPolicy) -> Self {
        self.delivery = policy;
        self
    }

    /// How much functions may write on one call, and for one number. [`WriteLimits::new`] unless said; beyond it the
    /// caller hears that nothing more is saved.
    #[must_use]
    pub fn write_limits(mut self, limits: WriteLimits) -> Self {
        self.write_limits = limits;
        self
    }

    /// How long the same request on the same call is the same write, whatever id the model gives it. 5 min unless said; with
    /// zero every id is a request of its own. One more of the same is asked for by the argument `occurrence`.
    #[must_use]
    pub fn repeat_window(mut self, span: Duration) -> Self {
        self.repeat_window = span;
        self
    }

    /// How long a write that is done is remembered, so that a late repeat finds it. 14 days unless said.
    #[must_use]
    pub fn retention(mut self, span: Duration) -> Self {
        self.retention = Some(span);
        self
    }

    /// The clock; the machine's unless said.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}

impl fmt::Debug for BridgeBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BridgeBuilder")
            .field("channels", &self.channels.iter().map(|(path, _)| path).collect::<Vec<_>>())
            .field("dispatcher", &self.dispatcher)
            .finish_non_exhaustive()
    }
}
