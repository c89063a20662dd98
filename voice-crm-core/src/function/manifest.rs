//! The list of functions as a voice platform wants to be told of it.

use serde_json::Value;

use super::{Effect, Spec};
use crate::phrase::Phrase;

/// The functions that a model may call, in the order in which they were registered.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    entries: Vec<ManifestEntry>,
}

/// One function.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ManifestEntry {
    /// Its name.
    pub name: &'static str,
    /// When to call it.
    pub description: &'static str,
    /// The JSON Schema of its arguments, an object.
    pub parameters: Value,
    /// What it does to the CRM.
    pub effect: Effect,
    /// What is said while it runs.
    pub filler: Option<Phrase>,
}

impl ManifestEntry {
    pub(crate) fn new(name: &'static str, spec: &Spec, parameters: Value) -> Self {
        let (effect, filler) = (spec.effect(), spec.filler_phrase());
        Self { name, description: spec.description(), parameters, effect, filler }
    }
}

impl Manifest {
    pub(crate) fn new(entries: Vec<ManifestEntry>) -> Self {
        Self { entries }
    }

    /// The functions.
    pub fn entries(&self) -> &[ManifestEntry] {
        &self.entries
    }
}
