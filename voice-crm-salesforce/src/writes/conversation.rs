//! A write's conversation with the org: it asks for several things at once, waits, and matches each
//! answer to its question by a ticket.
//!
//! A write waits for nothing but its answers, so whoever runs it polls it once for each round (see `rounds`).

use std::{
    borrow::Cow,
    future::poll_fn,
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use salesforce_client::Soql;
use serde_json::Value;
use voice_crm_core::{
    crm::{CrmError, CrmErrorKind, JobKey, RecordRef, UniqueField},
    phone::PhoneNumber,
};

use crate::{
    exchange::{
        self,
        operation::{Found, Link, Operation, Source, Target},
    },
    reads::{Lookup, Row, caller_lookup::Party, text},
};

/// The org, as one write sees it.
pub(crate) struct Org<'a> {
    pub(crate) key_field: &'a str,
    pub(super) seat: Arc<Seat>,
}

/// Where a write and whoever runs it hand each other questions and answers.
#[derive(Default)]
pub(super) struct Seat {
    questions: Mutex<Option<Vec<Operation>>>,
    answers: Mutex<Option<exchange::Answers>>,
}

impl Seat {
    /// What the write asks.
    pub(super) fn take_questions(&self) -> Option<Vec<Operation>> {
        locked(&self.questions).take()
    }

    /// Gives the answers to what was asked.
    pub(super) fn answer(&self, answers: exchange::Answers) {
        *locked(&self.answers) = Some(answers);
    }
}

fn locked<T>(slot: &Mutex<T>) -> MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Org<'_> {
    /// A new round of questions.
    pub(crate) fn ask(&self) -> Ask {
        Ask { operations: Vec::new(), seat: self.seat.clone() }
    }

    /// Asks for one thing only.
    pub(crate) async fn ask_one<T: Answer>(
        &self,
        question: impl FnOnce(&mut Ask) -> Ticket<T>,
    ) -> Result<T, CrmError> {
        let mut ask = self.ask();
        let ticket = question(&mut ask);
        ask.send().await.take(ticket)
    }

    /// The record that an earlier attempt may have made under a key.
    pub(crate) async fn find(&self, object: &str, key: JobKey) -> Result<Option<Record>, CrmError> {
        match self.ask_one(|ask| ask.read(object, key, &["Id"])).await {
            Ok(record) => Ok(Some(record)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error.that_may_have_applied(true)),
        }
    }
}

/// A question that was asked, and what kind of answer it has.
#[must_use]
pub(crate) struct Ticket<T> {
    place: usize,
    answer: PhantomData<fn() -> T>,
}

impl Ticket<Rows> {
    /// Puts the id of the first row into a field of a record that is made in the same round.
    pub(crate) fn first_row(&self, field: &'static str) -> Link {
        Link { field, from: Source::FirstRow(self.place) }
    }
}

impl Ticket<Made> {
    /// Puts the id of the record into a field of another that is made in the same round.
    pub(crate) fn id(&self, field: &'static str) -> Link {
        Link { field, from: Source::Made(self.place) }
    }
}

impl From<JobKey> for Target {
    fn from(key: JobKey) -> Self {
        Self::Key(key)
    }
}

impl From<&RecordRef> for Target {
    fn from(id: &RecordRef) -> Self {
        Self::Id(id.clone())
    }
}

impl From<&UniqueField> for Target {
    fn from(unique: &UniqueField) -> Self {
        Self::Unique(unique.clone())
    }
}

impl From<&Ticket<Record>> for Target {
    fn from(read: &Ticket<Record>) -> Self {
        Self::Made(read.place)
    }
}

impl From<&Ticket<Made>> for Target {
    fn from(made: &Ticket<Made>) -> Self {
        Self::Made(made.place)
    }
}

/// The names of fields.
type Fields = &'static [&'static str];

/// What a write asks in one round; all of it travels together.
pub(crate) struct Ask {
    operations: Vec<Operation>,
    seat: Arc<Seat>,
}

impl Ask {
    /// Rows by a query.
    pub(crate) fn query(&mut self, soql: Soql) -> Ticket<Rows> {
        self.put(Operation::Query(soql))
    }

    /// The ids of the accounts with this number, two of them at most: a second one means that it is not unique.
    pub(crate) fn accounts(&mut self, number: &str) -> Ticket<Rows> {
        self.put(Operation::Accounts(number.to_owned()))
    }

    /// Those of one kind who may have a telephone number.
    pub(crate) fn people(&mut self, lookup: Lookup, party: Party, phone: &PhoneNumber) -> Ticket<Rows> {
        self.put(Operation::People { lookup, party, phone: phone.clone() })
    }

    /// A record under a key, made or brought up to date.
    pub(crate) fn upsert(
        &mut self,
        object: &str,
        key: JobKey,
        fields: Row,
        link: Option<Link>,
    ) -> Ticket<Made> {
        self.put(Operation::Upsert { object: object.to_owned(), key, fields, link })
    }

    /// A new record.
    pub(crate) fn create(&mut self, object: &'static str, fields: Row, link: Option<Link>) -> Ticket<Made> {
        self.put(Operation::Create { object, fields, link })
    }

    /// New records of several objects, all of them or none; the answer is the last of them.
    pub(crate) fn create_together(&mut self, records: Vec<(&'static str, Row)>) -> Ticket<Made> {
        self.put(Operation::CreateTogether(records))
    }

    /// A record with a value in a unique field, made or brought up to date.
    pub(crate) fn upsert_by(&mut self, object: &str, unique: &UniqueField, fields: Row) -> Ticket<Made> {
        self.put(Operation::UpsertBy { object: object.to_owned(), unique: unique.clone(), fields })
    }

    /// New values in a record: one with an id, or one that was looked up in the same round.
    pub(crate) fn update(
        &mut self,
        object: impl Into<Cow<'static, str>>,
        target: impl Into<Target>,
        fields: Row,
    ) -> Ticket<Made> {
        self.put(Operation::Update { object: object.into(), target: target.into(), fields })
    }

    /// The end of a record.
    pub(crate) fn delete(&mut self, object: &str, id: &RecordRef) -> Ticket<Made> {
        self.put(Operation::Delete { object: object.to_owned(), id: id.clone() })
    }

    /// Fields of one record that only the user knows.
    pub(crate) fn look(
        &mut self,
        object: &str,
        target: impl Into<Target>,
        fields: &[&str],
    ) -> Ticket<Record> {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        self.put(Operation::Look { object: object.to_owned(), target: target.into(), fields })
    }

    /// Fields of one record: under a key, with an id, or made in the same round.
    pub(crate) fn read(&mut self, object: &str, target: impl Into<Target>, fields: Fields) -> Ticket<Record> {
        self.put(Operation::Read { object: object.to_owned(), target: target.into(), fields })
    }

    fn put<T>(&mut self, operation: Operation) -> Ticket<T> {
        self.operations.push(operation);
        Ticket { place: self.operations.len() - 1, answer: PhantomData }
    }

    /// Sends the questions, and waits for the answers.
    pub(crate) async fn send(self) -> Answers {
        let Self { operations, seat } = self;
        if operations.is_empty() {
            return Answers(Vec::new());
        }
        *locked(&seat.questions) = Some(operations);
        let answers = poll_fn(|_| locked(&seat.answers).take().map_or(Poll::Pending, Poll::Ready)).await;
        Answers(answers.into_iter().map(Some).collect())
    }
}

/// The answers to the questions of one round.
pub(crate) struct Answers(Vec<Option<Result<Found, CrmError>>>);

impl Answers {
    /// The answer to a question.
    #[expect(clippy::needless_pass_by_value, reason = "a ticket is good for one answer")]
    pub(crate) fn take<T: Answer>(&mut self, ticket: Ticket<T>) -> Result<T, CrmError> {
        match self.0.get_mut(ticket.place).and_then(Option::take) {
            Some(found) => T::of(found?).ok_or_else(left_out),
            None => Err(left_out()),
        }
    }
}

/// A kind of answer.
pub(crate) trait Answer: Sized {
    /// The answer, when what was found is of this kind.
    fn of(found: Found) -> Option<Self>;
}

/// The rows that a query found.
pub(crate) struct Rows(pub(crate) Vec<Row>);

/// The record that was made or changed; an org does not always say which it is.
pub(crate) struct Made(pub(crate) Option<RecordRef>);

/// The fields of a record.
pub(crate) struct Record(pub(crate) Row);

impl Record {
    /// The text of a field.
    pub(crate) fn text(&self, field: &str) -> Option<String> {
        text(&self.0, field)
    }

    /// The id.
    pub(crate) fn id(&self) -> Option<RecordRef> {
        self.text("Id").map(RecordRef::new)
    }
}

impl Answer for Rows {
    fn of(found: Found) -> Option<Self> {
        if let Found::Rows(rows) = found { Some(Self(rows)) } else { None }
    }
}

impl Answer for Made {
    fn of(found: Found) -> Option<Self> {
        if let Found::Made(id) = found { Some(Self(id)) } else { None }
    }
}

impl Answer for Record {
    fn of(found: Found) -> Option<Self> {
        if let Found::Record(fields) = found { Some(Self(fields)) } else { None }
    }
}

/// Fields with values; those without one are left out.
pub(crate) fn filled<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Row {
    let named = fields.into_iter().filter(|(_, value)| !value.is_null());
    named.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Whether the failure says that there is no such record.
pub(crate) fn is_absent(error: &CrmError) -> bool {
    error.code() == Some("NOT_FOUND")
}

/// Whether another record has a value that must be unique.
pub(crate) fn is_duplicate(error: &CrmError) -> bool {
    error.code() == Some("DUPLICATE_VALUE")
}

pub(crate) fn left_out() -> CrmError {
    CrmError::new(CrmErrorKind::Unavailable, "the org left an answer out").that_may_have_applied(true)
}
