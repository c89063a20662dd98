//! `end-of-call-report`: the record of a finished call.
//!
//! In 2024 transcript, summary and recordings stood beside the message's other fields; since then they are
//! in `artifact` and `analysis`. Both are read into the same places.

use std::time::Duration;

use jiff::Timestamp;
use serde::ser::SerializeMap;

use super::{Context, derefs_to_context};
use crate::{
    analysis::Analysis,
    artifact::Artifact,
    compliance::Compliance,
    cost::{Cost, CostBreakdown},
    destination::Destination,
    ended_reason::EndedReason,
    wire::{Extra, Field, Fields, Object, Value, Written, wire_object},
};

/// The record of a finished call.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct EndOfCallReport {
    /// Why the call ended; empty if the report does not say.
    pub ended_reason: EndedReason,
    /// Transcript, messages, recordings.
    pub artifact: Artifact,
    /// Summary, extracted data, verdict.
    pub analysis: Analysis,
    /// When the talk began; from the call where the report does not say.
    pub started_at: Option<Timestamp>,
    /// When the call ended; from the call where the report does not say.
    pub ended_at: Option<Timestamp>,
    /// Length of the call in seconds, as reported or else from start to end.
    pub duration_seconds: Option<f64>,
    /// Cost in US dollars.
    pub cost: Option<f64>,
    /// The bill line by line.
    pub costs: Vec<Cost>,
    /// The bill by part, in the older form.
    pub cost_breakdown: Option<CostBreakdown>,
    /// Where the call was transferred to.
    pub destination: Option<Destination>,
    /// What the caller agreed to.
    pub compliance: Option<Compliance>,
    /// The call and everything else that comes with each message.
    pub context: Context,
}

derefs_to_context!(EndOfCallReport);
wire_object!(@traits EndOfCallReport {
    ended_reason shown, artifact shown, analysis shown, started_at shown, ended_at shown,
    duration_seconds shown, cost shown, costs shown, cost_breakdown shown, destination shown, compliance shown,
} context);

impl EndOfCallReport {
    /// Length of the call.
    pub fn duration(&self) -> Option<Duration> {
        Duration::try_from_secs_f64(self.duration_seconds?).ok()
    }

    fn measured_duration(&self) -> Option<f64> {
        Some(self.ended_at?.duration_since(self.started_at?).as_secs_f64()).filter(|seconds| *seconds >= 0.0)
    }

    /// True if the length is among the fields without a name, as it was reported.
    fn carries_duration(&self) -> bool {
        DURATIONS.iter().any(|(key, _)| self.context.extra.get(key).is_some())
    }

    /// Writes an object the schema requires, also where it is empty.
    fn put_required<T, M>(&self, value: &T, key: &'static str, map: &mut M) -> Result<(), M::Error>
    where
        T: Object + Default + PartialEq + Field,
        M: SerializeMap,
    {
        let is_among_extra = self.context.extra.get(key).is_some();
        if *value == T::default() && !is_among_extra {
            return map.serialize_entry(key, &Written(value));
        }
        value.put(key, map)
    }
}

impl Object for EndOfCallReport {
    fn from_fields(fields: &mut Fields<'_, '_>) -> Self {
        let artifact = take_and_fill(fields, "artifact", fill_artifact);
        let analysis = take_and_fill(fields, "analysis", |analysis: &mut Analysis, fields| {
            fill(&mut analysis.summary, &analysis.extra, fields, "summary");
        });
        let duration_seconds = reported_duration(fields);

        let mut report = Self {
            ended_reason: Option::take_from(fields, "endedReason").unwrap_or_default(),
            artifact,
            analysis,
            started_at: Field::take_from(fields, "startedAt"),
            ended_at: Field::take_from(fields, "endedAt"),
            duration_seconds,
            cost: Field::take_from(fields, "cost"),
            costs: Field::take_from(fields, "costs"),
            cost_breakdown: Field::take_from(fields, "costBreakdown"),
            destination: Field::take_from(fields, "destination"),
            compliance: Field::take_from(fields, "compliance"),
            context: Context::from_fields(fields),
        };
        report.started_at = report.started_at.or(report.context.call.started_at);
        report.ended_at = report.ended_at.or(report.context.call.ended_at);
        report.duration_seconds = report.duration_seconds.or_else(|| report.measured_duration());
        report
    }

    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        if !self.ended_reason.as_str().is_empty() {
            map.serialize_entry("endedReason", &self.ended_reason)?;
        }
        self.put_required(&self.artifact, "artifact", map)?;
        self.put_required(&self.analysis, "analysis", map)?;
        self.started_at.put("startedAt", map)?;
        self.ended_at.put("endedAt", map)?;
        if self.duration_seconds != self.measured_duration() && !self.carries_duration() {
            self.duration_seconds.put(DURATIONS[0].0, map)?;
        }
        self.cost.put("cost", map)?;
        self.costs.put("costs", map)?;
        self.cost_breakdown.put("costBreakdown", map)?;
        self.destination.put("destination", map)?;
        self.compliance.put("compliance", map)?;
        self.context.write_fields(map)
    }
}

/// Takes an object of today, and fills it from the message, where a report of 2024 carried it.
///
/// What stands in the object's place and is none stays as it came, and would be written beside one that was filled.
fn take_and_fill<T: Object + Default + PartialEq>(
    fields: &mut Fields<'_, '_>,
    key: &'static str,
    fill: impl FnOnce(&mut T, &mut Fields<'_, '_>),
) -> T {
    let is_another_kind = fields.peek(key).is_some_and(|value| !value.get().starts_with('{'));
    let mut value = T::take_from(fields, key);
    if !is_another_kind {
        fill(&mut value, fields);
        // An empty object was left among the unnamed fields, to be written back if it stays empty.
        if value != T::default() {
            fields.mark_taken(key);
        }
    }
    value
}

/// Takes from the message what a report of 2024 carried there, where the artifact lacks it.
fn fill_artifact(artifact: &mut Artifact, fields: &mut Fields<'_, '_>) {
    let Artifact { extra, .. } = artifact;
    fill(&mut artifact.transcript, extra, fields, "transcript");
    fill(&mut artifact.recording_url, extra, fields, "recordingUrl");
    fill(&mut artifact.stereo_recording_url, extra, fields, "stereoRecordingUrl");
    fill(&mut artifact.video_recording_url, extra, fields, "videoRecordingUrl");
    if artifact.messages.is_empty() && extra.get("messages").is_none() {
        artifact.messages = Field::take_from(fields, "messages");
    }
}

/// A field of another kind than expected is among the unnamed ones, and would be written beside what fills its place.
fn fill<T: Value>(place: &mut Option<T>, unnamed: &Extra, fields: &mut Fields<'_, '_>, key: &'static str) {
    if place.is_none() && unnamed.get(key).is_none() {
        *place = Field::take_from(fields, key);
    }
}

/// The length some reports carry, left where it is.
fn reported_duration(fields: &Fields<'_, '_>) -> Option<f64> {
    let seconds = |(key, unit): &(&str, f64)| Some(f64::read(fields.peek(key)?, fields.trail())? * unit);
    DURATIONS.iter().find_map(seconds)
}

/// Under which names reports carry their length, none of them documented, and the unit in seconds.
const DURATIONS: [(&str, f64); 3] =
    [("durationSeconds", 1.0), ("durationMs", 1e-3), ("durationMinutes", 60.0)];
