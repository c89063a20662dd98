//! What a function does and demands; held by the dispatcher, not hinted.

use std::time::Duration;

use crate::caller::Assurance;

/// What a function does to the CRM.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// It only reads. Reads of one webhook run side by side, and are dropped at the deadline.
    Read,
    /// It writes. Writes of one webhook run in their order, and go on behind the deadline.
    Write,
}

/// What a function does and demands.
#[derive(Clone, Debug)]
pub struct Spec {
    description: &'static str,
    effect: Effect,
    deadline: Option<Duration>,
    assurance: Assurance,
}

impl Spec {
    /// A function that only reads; the description tells the model when to call it.
    pub fn read(description: &'static str) -> Self {
        Self { description, effect: Effect::Read, deadline: None, assurance: Assurance::Unknown }
    }

    /// A function that writes; the description tells the model when to call it.
    pub fn write(description: &'static str) -> Self {
        Self { effect: Effect::Write, ..Self::read(description) }
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

    /// What the model is told of it.
    pub fn description(&self) -> &'static str {
        self.description
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
}
