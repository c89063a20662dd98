//! The settings of the support desk: how it files, whom it believes, when it calls back, whom it connects to.

use std::{fmt, sync::Arc};

use jiff::{
    civil::{Time, Weekday},
    tz::TimeZone,
};

use super::{
    AddCaseComment, CreateCase, EndCall, FindCustomer, GetCaseStatus, ListOpenCases, ScheduleCallback,
    SendCaseSms, TakeMessage, TransferToHuman, UpdateContact, VerifyCaller,
};
use crate::{
    caller::Assurance, code_sender::CodeSender, crm::RecordRef, dispatch::DispatcherBuilder,
    function::Destination, messenger::Messenger,
};
pub(super) use callback_hours::{CallbackHours, NotThen};
pub(super) use case_types::CaseTypes;
pub(super) use priorities::Priorities;
pub use priorities::{CaseFacts, Priority};

mod callback_hours;
mod case_types;
mod priorities;

/// The settings of the support desk. What is not set works as a small office would expect.
///
/// ```
/// use jiff::{civil::{Weekday, time}, tz::{TimeZone, offset}};
/// use voice_crm_core::{caller::Assurance, functions::{Desk, Priority}};
///
/// let desk = Desk::new()
///     .case_type("router", "Electronic")
///     .other_case_type("Other")
///     .urgent_words(["fire", "smoke"])
///     .callback_hours(
///         TimeZone::fixed(offset(1)),
///         [Weekday::Monday, Weekday::Tuesday],
///         time(9, 0, 0, 0)..time(17, 0, 0, 0),
///     )
///     .change_contacts_from(Assurance::Verified);
/// # let _ = (desk, Priority::High);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Desk {
    pub(super) case_types: CaseTypes,
    pub(super) priorities: Priorities,
    pub(super) link_accounts_from: Option<Assurance>,
    pub(super) tell_cases_from: Assurance,
    pub(super) change_contacts_from: Assurance,
    pub(super) callback_hours: CallbackHours,
    pub(super) task_owner: Option<RecordRef>,
    pub(super) humans: Vec<(String, Destination)>,
    pub(crate) messenger: Option<Arc<dyn Messenger>>,
    pub(super) code_sender: Option<Arc<dyn CodeSender>>,
}

impl Desk {
    /// A desk with nothing said: words are filed as they are, cases are linked to the caller's own account alone, callers
    /// hear of the cases of their number and change nothing of their details before they are verified, callbacks are booked
    /// at any hour.
    pub fn new() -> Self {
        Self {
            case_types: CaseTypes::default(),
            priorities: Priorities::default(),
            link_accounts_from: None,
            tell_cases_from: Assurance::Unknown,
            change_contacts_from: Assurance::Verified,
            callback_hours: CallbackHours::default(),
            task_owner: None,
            humans: Vec::new(),
            messenger: None,
            code_sender: None,
        }
    }

    /// Files a case under `picklist_value` when its kind of trouble is said as `words`.
    ///
    /// Once one is set, a kind that none of them fits is not filed as a type but noted in the description, so
    /// that a restricted picklist never refuses a case.
    pub fn case_type(mut self, words: impl Into<String>, picklist_value: impl Into<String>) -> Self {
        self.case_types.add(&words.into(), picklist_value.into());
        self
    }

    /// The type of cases of any other kind.
    pub fn other_case_type(mut self, picklist_value: impl Into<String>) -> Self {
        self.case_types.other(picklist_value.into());
        self
    }

    /// The org's word for a priority. `Low`, `Medium` and `High` unless said.
    pub fn priority_value(mut self, priority: Priority, picklist_value: impl Into<String>) -> Self {
        self.priorities.value(priority, picklist_value.into());
        self
    }

    /// Words in a description that make a case urgent, whatever the model says.
    pub fn urgent_words<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.priorities.urgent_words(words.into_iter().map(Into::into));
        self
    }

    /// A rule that has the last word on a case's priority; `None` leaves it.
    pub fn priority_rule(
        mut self,
        rule: impl Fn(&CaseFacts<'_>) -> Option<Priority> + Send + Sync + 'static,
    ) -> Self {
        self.priorities.rule(Arc::new(rule));
        self
    }

    /// From which assurance on a case is filed under whatever account number the caller says. From none, unless said.
    ///
    /// A number that is not that of the caller's own account is then noted in the description, for a colleague to decide.
    /// Whoever has it linked puts their own words before the customer whose number it is: the case is read to them, and to
    /// the model that they talk to.
    pub fn link_accounts_from(mut self, least: Assurance) -> Self {
        self.link_accounts_from = Some(least);
        self
    }

    /// From which assurance on a caller hears about their cases. At any, unless said: then the number that calls
    /// is enough.
    pub fn tell_cases_from(mut self, least: Assurance) -> Self {
        self.tell_cases_from = least;
        self
    }

    /// From which assurance on a caller may change their details. Only once verified, unless said.
    ///
    /// `verify_caller` goes by the postal code and the telephone on file. Where a number, which can be forged, is
    /// enough to change them, it is enough to be verified by what was changed.
    pub fn change_contacts_from(mut self, least: Assurance) -> Self {
        self.change_contacts_from = least;
        self
    }

    /// When callbacks are made. At any hour by UTC, unless said; times without an offset belong to the zone.
    pub fn callback_hours(
        mut self,
        zone: TimeZone,
        days: impl IntoIterator<Item = Weekday>,
        hours: std::ops::Range<Time>,
    ) -> Self {
        self.callback_hours = CallbackHours::new(zone, days.into_iter().collect(), hours);
        self
    }

    /// The person or queue that gets messages and callbacks. The CRM decides unless said.
    pub fn task_owner(mut self, owner: RecordRef) -> Self {
        self.task_owner = Some(owner);
        self
    }

    /// Somebody to connect callers to, by the name that the model may use, such as `billing`; the first one that the
    /// platform of a call can reach is for whoever just wants a person.
    pub fn human(mut self, name: impl Into<String>, destination: Destination) -> Self {
        self.humans.push((name.into(), destination));
        self
    }

    /// Sends text messages, and adds the function `send_case_sms`.
    pub fn messenger(mut self, messenger: impl Messenger) -> Self {
        self.messenger = Some(Arc::new(messenger));
        self
    }

    /// Sends codes by text message, which `verify_caller` then offers beside its questions.
    pub fn code_sender(mut self, sender: impl CodeSender) -> Self {
        self.code_sender = Some(Arc::new(sender));
        self
    }

    /// Adds the functions that these settings make possible to a registry, which leaves out those that its CRM does not
    /// serve.
    ///
    /// [`BridgeBuilder::support_desk_with`](crate::bridge::BridgeBuilder::support_desk_with) does it for a bridge;
    /// this is for a registry of which only the manifest is wanted, with
    /// [`DispatcherBuilder::for_crm`] where the CRM is not one that serves everything.
    pub fn register(self, registry: DispatcherBuilder) -> DispatcherBuilder {
        let desk = Arc::new(self);
        let registry = registry
            .function(FindCustomer)
            .function(VerifyCaller::of(desk.clone()))
            .function(CreateCase::of(desk.clone()))
            .function(GetCaseStatus::of(desk.clone()))
            .function(ListOpenCases::of(desk.clone()))
            .function(AddCaseComment::of(desk.clone()))
            .function(UpdateContact::of(desk.clone()))
            .function(ScheduleCallback::of(desk.clone()))
            .function(TakeMessage::of(desk.clone()));
        let registry = if desk.messenger.is_some() {
            registry.function(SendCaseSms::of(desk.clone()))
        } else {
            registry
        };
        let registry =
            if desk.humans.is_empty() { registry } else { registry.function(TransferToHuman::of(desk)) };
        registry.function(EndCall)
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("humans", &self.humans.len())
            .field("messenger", &self.messenger.is_some())
            .field("code_sender", &self.code_sender.is_some())
            .finish_non_exhaustive()
    }
}
