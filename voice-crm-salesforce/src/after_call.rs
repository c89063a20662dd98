//! What an org keeps of a call that is over: rules, and no I/O.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use voice_crm_core::call::{CallFacts, FaultCategory};

/// What an org keeps of a call beside its task.
///
/// The task is always there: its type, subject, direction, disposition, duration, and who and what it is about.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AfterCall {
    /// An object of the org's own for calls.
    pub call_object: Option<CallObject>,
    /// The summary becomes a comment of the case that was opened on the call.
    pub comment_on_case: bool,
    /// A fault of these kinds raises a task for a person to call back.
    pub follow_up: BTreeSet<FaultCategory>,
    /// What becomes of a caller whom nobody knows.
    pub unknown_caller: UnknownCaller,
    /// What becomes of a message that a caller has left.
    pub message: LeftMessage,
    /// The type of the task, for an org whose list has one for calls.
    pub task_type: Option<String>,
    /// Fields of the task for what was found out of a call: the field by the name of the output.
    pub task_outputs: BTreeMap<String, String>,
}

/// What becomes of a caller whom nobody knows. Whatever it is, it happens once for a number.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum UnknownCaller {
    /// Nothing.
    #[default]
    Nothing,
    /// A contact with the number.
    CreateContact,
    /// A lead with the number.
    CreateLead,
}

/// What becomes of a message that a caller has left, beside its link in the task of the call. It happens once for a
/// call.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum LeftMessage {
    /// Nothing.
    #[default]
    Nothing,
    /// A task for a person to call back.
    CreateTask,
    /// A case.
    CreateCase,
}

impl AfterCall {
    /// The task alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a record of the org's own object for each call.
    #[must_use]
    pub fn call_object(mut self, object: CallObject) -> Self {
        self.call_object = Some(object);
        self
    }

    /// Comments the summary on the case that was opened on the call.
    #[must_use]
    pub fn comment_on_case(mut self) -> Self {
        self.comment_on_case = true;
        self
    }

    /// Raises a task for a person when something of these kinds went wrong.
    #[must_use]
    pub fn follow_up_on(mut self, faults: impl IntoIterator<Item = FaultCategory>) -> Self {
        self.follow_up.extend(faults);
        self
    }

    /// Says what becomes of a caller whom nobody knows.
    #[must_use]
    pub fn unknown_caller(mut self, policy: UnknownCaller) -> Self {
        self.unknown_caller = policy;
        self
    }

    /// Says what becomes of a message that a caller has left.
    #[must_use]
    pub fn message(mut self, policy: LeftMessage) -> Self {
        self.message = policy;
        self
    }

    /// Gives the task a type.
    #[must_use]
    pub fn task_type(mut self, word: impl Into<String>) -> Self {
        self.task_type = Some(word.into());
        self
    }

    /// Puts what was found out of a call under this name into a field of the task. The name is the one that the channel
    /// gives it, such as by `voice_crm_core::channel::vapi::OutputUse::Named`; the field must take its kind of value.
    #[must_use]
    pub fn task_output(mut self, name: impl Into<String>, field: impl Into<String>) -> Self {
        self.task_outputs.insert(name.into(), field.into());
        self
    }
}

/// An object of an org's own for calls, and which of its fields takes what.
#[derive(Clone, Debug)]
pub struct CallObject {
    pub(crate) object: String,
    pub(crate) fields: BTreeMap<CallField, String>,
    outputs: BTreeMap<String, String>,
}

/// What a record of a call may hold.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum CallField {
    /// The platform's id of the call.
    CallId,
    /// `Inbound` or `Outbound`.
    Direction,
    /// When it began.
    StartedAt,
    /// When it was over.
    EndedAt,
    /// Its length in seconds.
    Seconds,
    /// Why it ended.
    Outcome,
    /// Who answered.
    AnsweredBy,
    /// The number at the far end.
    Phone,
    /// The summary.
    Summary,
    /// The caller's mood.
    Sentiment,
    /// Where the recording lies that is best to listen to.
    RecordingUrl,
    /// What failed.
    Fault,
    /// How often it was transferred.
    Transfers,
    /// What it cost, in US dollars.
    Cost,
    /// Whether it reached its aim, in the platform's word.
    Success,
    /// The contact.
    Contact,
    /// The case that was opened on it.
    Case,
}

impl CallField {
    const ALL: [(Self, &'static str); 17] = [
        (Self::CallId, "Call_Id__c"),
        (Self::Direction, "Direction__c"),
        (Self::StartedAt, "Started_At__c"),
        (Self::EndedAt, "Ended_At__c"),
        (Self::Seconds, "Duration_Seconds__c"),
        (Self::Outcome, "Outcome__c"),
        (Self::AnsweredBy, "Answered_By__c"),
        (Self::Phone, "Phone__c"),
        (Self::Summary, "Summary__c"),
        (Self::Sentiment, "Sentiment__c"),
        (Self::RecordingUrl, "Recording_Url__c"),
        (Self::Fault, "Fault__c"),
        (Self::Transfers, "Transfers__c"),
        (Self::Cost, "Cost__c"),
        (Self::Success, "Success__c"),
        (Self::Contact, "Contact__c"),
        (Self::Case, "Case__c"),
    ];
}

impl CallObject {
    /// An object with all fields by their usual names, such as `Voice_Call__c` with `Call_Id__c`,
    /// `Duration_Seconds__c`, `Recording_Url__c`. It needs the external-id field as well.
    pub fn standard(object: impl Into<String>) -> Self {
        let fields = CallField::ALL.iter().map(|(field, name)| (*field, (*name).to_owned())).collect();
        Self { object: object.into(), fields, outputs: BTreeMap::new() }
    }

    /// An object that has no field yet but the external id.
    pub fn bare(object: impl Into<String>) -> Self {
        Self { object: object.into(), fields: BTreeMap::new(), outputs: BTreeMap::new() }
    }

    /// Puts something into a field.
    #[must_use]
    pub fn field(mut self, holds: CallField, name: impl Into<String>) -> Self {
        self.fields.insert(holds, name.into());
        self
    }

    /// Puts what was found out of a call under this name into a field that takes its kind of value; see
    /// [`AfterCall::task_output`].
    #[must_use]
    pub fn output(mut self, name: impl Into<String>, field: impl Into<String>) -> Self {
        self.outputs.insert(name.into(), field.into());
        self
    }

    /// Keeps something out of the record.
    #[must_use]
    pub fn without(mut self, holds: CallField) -> Self {
        self.fields.remove(&holds);
        self
    }

    /// The fields that say whom and what the call was about.
    pub(crate) fn about(&self, contact: Option<&str>, case: Option<&str>) -> Map<String, Value> {
        let fields = [(CallField::Contact, contact), (CallField::Case, case)];
        let known =
            fields.into_iter().filter_map(|(field, id)| Some((self.fields.get(&field)?.clone(), id?.into())));
        known.collect()
    }

    /// The fields of the record that facts fill, as far as they are known.
    pub(crate) fn record(&self, facts: &CallFacts) -> Map<String, Value> {
        let known = |field: CallField| -> Option<Value> {
            Some(match field {
                CallField::CallId => facts.name().into(),
                CallField::Direction => direction(facts).into(),
                CallField::StartedAt => facts.started_at?.to_string().into(),
                CallField::EndedAt => facts.ended_at?.to_string().into(),
                CallField::Seconds => facts.seconds?.into(),
                CallField::Outcome => facts.outcome.as_ref()?.word.as_str().into(),
                CallField::AnsweredBy => facts.answered_by.as_str().into(),
                CallField::Phone => facts.phone.as_ref()?.as_e164().into(),
                CallField::Summary => facts.summary.as_ref()?.text()?.into(),
                CallField::Sentiment => facts.sentiment.as_ref()?.text()?.into(),
                CallField::RecordingUrl => facts.best_recording()?.into(),
                CallField::Fault => facts.faults.first()?.category.as_str().into(),
                CallField::Transfers => facts.transfers.len().into(),
                CallField::Cost => dollars(facts.cost?),
                CallField::Success => facts.success.as_ref()?.text()?.into(),
                CallField::Contact | CallField::Case => return None,
            })
        };
        let mut record: Map<String, Value> =
            self.fields.iter().filter_map(|(field, name)| Some((name.clone(), known(*field)?))).collect();
        record.extend(outputs(&self.outputs, facts));
        record
    }
}

/// Fields with what was found out of a call.
pub(crate) fn outputs<'a>(
    fields: &'a BTreeMap<String, String>,
    facts: &'a CallFacts,
) -> impl Iterator<Item = (String, Value)> + 'a {
    fields.iter().filter_map(|(name, field)| {
        let value = match serde_json::from_str(facts.outputs.get(name)?.text()?).ok()? {
            // No field of an org takes these but as a text.
            compound @ (Value::Object(_) | Value::Array(_)) => compound.to_string().into(),
            plain => plain,
        };
        Some((field.clone(), value))
    })
}

/// An amount that was counted in millionths.
fn dollars(millionths: u64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "what a call costs is far below 2^53 millionths")]
    let dollars = millionths as f64 / 1e6;
    dollars.into()
}

/// The direction as the CRM writes it.
pub(crate) fn direction(facts: &CallFacts) -> &'static str {
    if facts.outbound { "Outbound" } else { "Inbound" }
}
