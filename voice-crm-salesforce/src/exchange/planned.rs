//! A write among many, while parts of its answers are there and others are not.

use voice_crm_core::crm::CrmError;

use crate::exchange::{
    Answers, Placed, lookups,
    operation::{Found, Operation, Source, Target},
    single::not_there,
};

/// A write on its way, with the answers that are there already.
pub(super) struct Planned {
    pub(super) place: usize,
    pub(super) operations: Vec<Operation>,
    /// For each operation.
    pub(super) known: Vec<Option<Result<Found, CrmError>>>,
}

impl Planned {
    pub(super) fn new((place, operations): Placed) -> Self {
        let known = operations.iter().map(|_| None).collect();
        Self { place, operations, known }
    }

    pub(super) fn is_looked_up(&self) -> bool {
        self.operations
            .iter()
            .zip(&self.known)
            .all(|(operation, known)| !lookups::takes(operation) || known.is_some())
    }

    pub(super) fn is_answered(&self) -> bool {
        self.known.iter().all(Option::is_some)
    }

    /// Puts what was looked up into the operations that point to it; what points to nothing has its answer.
    pub(super) fn resolve(&mut self) {
        for index in 0..self.operations.len() {
            let missing = match &mut self.operations[index] {
                Operation::Upsert { fields, link, .. } | Operation::Create { fields, link, .. } => match link
                {
                    Some(of) => match of.from {
                        Source::FirstRow(place) => match brought(&self.known, place) {
                            Some(id) => {
                                fields.insert(of.field.to_owned(), id.into());
                                *link = None;
                                false
                            }
                            None => true,
                        },
                        Source::Made(place) => self.known[place].is_some(),
                    },
                    None => false,
                },
                Operation::Read { target: Target::Made(place), .. }
                | Operation::Look { target: Target::Made(place), .. }
                | Operation::Update { target: Target::Made(place), .. } => self.known[*place].is_some(),
                _ => false,
            };
            if missing {
                self.known[index].get_or_insert_with(|| Err(not_there()));
            }
        }
    }

    pub(super) fn into_placed(self) -> Placed {
        (self.place, self.operations)
    }

    pub(super) fn into_answers(self) -> (usize, Answers) {
        (self.place, self.known.into_iter().map(|known| known.unwrap_or_else(|| Err(not_there()))).collect())
    }
}

/// The id that a look-up brought.
fn brought(known: &[Option<Result<Found, CrmError>>], place: usize) -> Option<String> {
    let found = known.get(place)?.as_ref()?.as_ref().ok()?;
    found.id().map(|id| id.as_str().to_owned())
}
