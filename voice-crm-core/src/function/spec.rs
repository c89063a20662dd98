//! What a function does and demands; held by the dispatcher, not hinted.

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use super::{Need, Served};
use crate::{call::Call, caller::Assurance, phrase::Phrase};

/// What a function does to the CRM.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// It only reads. Reads of one webhook run side by side, and are dropped at the deadline.
    Read,
    /// It writes. Writes of one webhook run in their order, and go on behind the deadline.
    Write,
    /// It writes what cannot be taken back, so it always has to be confirmed. Otherwise like [`Effect::Write`].
    Destructive,
}

impl Effect {
    /// Whether anything is written.
    pub fn writes(self) -> bool {
        self != Self::Read
    }

    /// One word for a log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
        }
    }
}

/// Which calls a function is open to: all, unless it is said.
#[derive(Clone, Default)]
pub(crate) struct Openness(Option<Arc<Allows>>);

type Allows = dyn Fn(&Call) -> bool + Send + Sync;

impl Openness {
    pub(crate) fn includes(&self, call: &Call) -> bool {
        self.0.as_ref().is_none_or(|allows| allows(call))
    }
}

impl fmt::Debug for Openness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some calls" } else { "All calls" })
    }
}

/// What a function does and demands.
#[derive(Clone)]
pub struct Spec {
    description: Cow<'static, str>,
    effect: Effect,
    deadline: Option<Duration>,
    assurance: Assurance,
    confirm: bool,
    counts_once: bool,
    filler: Option<Phrase>,
    at_most: Option<usize>,
    open_to: Openness,
    needs: Vec<Need>,
    argument_needs: Vec<(&'static str, Option<Need>)>,
}

impl Spec {
    /// A function that only reads; the description tells the model when to call it.
    pub fn read(description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            description: description.into(),
            effect: Effect::Read,
            deadline: None,
            assurance: Assurance::Unknown,
            confirm: false,
            counts_once: false,
            filler: None,
            at_most: None,
            open_to: Openness::default(),
            needs: Vec::new(),
            argument_needs: Vec::new(),
        }
    }

    /// A function that writes; the description tells the model when to call it.
    pub fn write(description: impl Into<Cow<'static, str>>) -> Self {
        Self { effect: Effect::Write, ..Self::read(description) }
    }

    /// A function that writes what cannot be taken back. Every call of it has to be confirmed.
    pub fn destructive(description: impl Into<Cow<'static, str>>) -> Self {
        Self { effect: Effect::Destructive, confirm: true, ..Self::read(description) }
    }

    /// With a time limit of its own, shorter than the platform's.
    #[must_use]
    pub fn deadline(mut self, span: Duration) -> Self {
        self.deadline = Some(span);
        self
    }

    /// Only for callers of at least this assurance.
    #[must_use]
    pub fn assurance(mut self, least: Assurance) -> Self {
        self.assurance = least;
        self
    }

    /// Without the argument `occurrence`, by which a model asks for one more of exactly the same: for a function of which
    /// that means nothing, such as a proof.
    #[must_use]
    pub fn without_occurrence(mut self) -> Self {
        self.counts_once = true;
        self
    }

    /// Only after the caller has agreed to what [`Function::read_back`](super::Function::read_back) says.
    ///
    /// The first call is answered with that sentence and a token; only a second call, with the same arguments
    /// and the token, acts, and however often it comes, it acts once.
    #[must_use]
    pub fn confirm(mut self) -> Self {
        self.confirm = true;
        self
    }

    /// With something for the platform to say while the function runs.
    #[must_use]
    pub fn filler(mut self, phrase: Phrase) -> Self {
        self.filler = Some(phrase);
        self
    }

    /// At most so many at a time in this process; more are refused at once, with a sentence.
    #[must_use]
    pub fn at_most(mut self, calls: usize) -> Self {
        self.at_most = Some(calls);
        self
    }

    /// Only on calls of which this says yes; on others the caller hears that it is not possible.
    #[must_use]
    pub fn open_to(mut self, allows: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Self {
        self.open_to = Openness(Some(Arc::new(allows)));
        self
    }

    /// Only where this look-up or change is served; may be said several times.
    ///
    /// Where the CRM does not serve it, the function is left out, and no model hears of it.
    #[must_use]
    pub fn needs(mut self, need: impl Into<Need>) -> Self {
        self.needs.push(need.into());
        self
    }

    /// With an optional argument that is offered only where this look-up or change is served.
    #[must_use]
    pub fn argument_needs(mut self, argument: &'static str, need: impl Into<Need>) -> Self {
        self.argument_needs.push((argument, Some(need.into())));
        self
    }

    /// Without an optional argument, which the settings make useless.
    #[must_use]
    pub fn without_argument(mut self, argument: &'static str) -> Self {
        self.argument_needs.push((argument, None));
        self
    }

    /// What the model reads about it.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What it does to the CRM.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Its own time limit.
    pub fn time_limit(&self) -> Option<Duration> {
        self.deadline
    }

    /// The assurance that it asks for.
    pub fn least_assurance(&self) -> Assurance {
        self.assurance
    }

    /// Whether it may have to be confirmed.
    pub fn asks_for_confirmation(&self) -> bool {
        self.confirm
    }

    /// What is said while it runs.
    pub fn filler_phrase(&self) -> Option<Phrase> {
        self.filler
    }

    /// How many may run at a time.
    pub fn cap(&self) -> Option<usize> {
        self.at_most
    }

    /// What it cannot do without.
    pub fn all_needs(&self) -> &[Need] {
        &self.needs
    }

    /// Whether a model can ask it for one more of exactly the same: not where the caller agrees to each one anyway.
    pub(crate) fn takes_occurrence(&self) -> bool {
        self.effect.writes() && !self.confirm && !self.counts_once
    }

    /// The arguments that are not offered everywhere.
    pub(crate) fn conditional_arguments(&self) -> impl Iterator<Item = &'static str> {
        self.argument_needs.iter().map(|(argument, _)| *argument)
    }

    /// The arguments to leave out, given what is served (`None`: everything).
    ///
    /// Each comes with its unmet need, or `None` where the settings make it useless.
    pub(crate) fn arguments_left_out(
        &self,
        served: Option<&Served>,
    ) -> impl Iterator<Item = (&'static str, Option<Need>)> {
        let is_met = move |need: Need| served.is_none_or(|served| served.has(need));
        self.argument_needs.iter().copied().filter(move |(_, need)| !need.is_some_and(is_met))
    }

    /// Whether it may be called on this call.
    pub fn is_open_to(&self, call: &Call) -> bool {
        self.open_to.includes(call)
    }

    pub(crate) fn openness(&self) -> Openness {
        self.open_to.clone()
    }
}

impl fmt::Debug for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spec")
            .field("effect", &self.effect)
            .field("assurance", &self.assurance)
            .field("confirm", &self.confirm)
            .finish_non_exhaustive()
    }
}
