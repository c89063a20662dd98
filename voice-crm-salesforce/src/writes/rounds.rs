//! Writes in lock step: each runs until it asks the org or ends, and what all of them ask travels together.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use voice_crm_core::crm::{CrmError, Receipt};

use super::conversation::{Org, Seat};
use crate::exchange::{self, operation::Operation};

type Write<'a> = Pin<Box<dyn Future<Output = Result<Receipt, CrmError>> + Send + 'a>>;

/// The writes that have not ended.
pub(crate) struct Rounds<'a>(Vec<Running<'a>>);

struct Running<'a> {
    place: usize,
    write: Write<'a>,
    seat: Arc<Seat>,
}

impl<'a> Rounds<'a> {
    /// The writes at their beginning.
    pub(crate) fn of<T, F>(items: &'a [T], key_field: &'a str, begin: impl Fn(Org<'a>, &'a T) -> F) -> Self
    where
        F: Future<Output = Result<Receipt, CrmError>> + Send + 'a,
    {
        let running = items.iter().enumerate().map(|(place, item)| {
            let seat = Arc::<Seat>::default();
            let write = Box::pin(begin(Org { key_field, seat: seat.clone() }, item));
            Running { place, write, seat }
        });
        Self(running.collect())
    }

    /// Runs every write until it asks or ends. Gives what those ask that go on, and calls `ended` with the place and
    /// the result of each that ends.
    pub(crate) fn advance(
        &mut self,
        ended: &mut impl FnMut(usize, Result<Receipt, CrmError>),
    ) -> Vec<Vec<Operation>> {
        let mut questions = Vec::new();
        // A write waits for its answers only, so nobody has to wake it.
        let mut context = Context::from_waker(Waker::noop());
        self.0.retain_mut(|running| match running.write.as_mut().poll(&mut context) {
            Poll::Ready(result) => {
                ended(running.place, result);
                false
            }
            Poll::Pending => {
                questions.push(running.seat.take_questions().unwrap_or_default());
                true
            }
        });
        questions
    }

    /// Hands out the answers to what the last [`Rounds::advance`] gave, in the same order.
    pub(crate) fn answer(&mut self, answers: Vec<exchange::Answers>) {
        for (running, answers) in self.0.iter().zip(answers) {
            running.seat.answer(answers);
        }
    }

    /// Ends all writes that have not ended.
    pub(crate) fn stop(
        self,
        error: impl Fn() -> CrmError,
        ended: &mut impl FnMut(usize, Result<Receipt, CrmError>),
    ) {
        self.0.into_iter().for_each(|running| ended(running.place, Err(error())));
    }
}

#[cfg(test)]
mod tests {
    use voice_crm_core::crm::{CrmErrorKind, JobKey};

    use super::*;
    use crate::exchange::operation::Found;

    /// A write that asks for one thing so many times.
    async fn asking(org: Org<'_>, times: &usize) -> Result<Receipt, CrmError> {
        for _ in 0..*times {
            org.find("Case", JobKey::from_bytes([0; 16])).await?;
        }
        Ok(Receipt::default())
    }

    fn found(questions: &[Vec<Operation>]) -> Vec<exchange::Answers> {
        let record = || Ok(Found::Record(serde_json::Map::new()));
        questions.iter().map(|operations| operations.iter().map(|_| record()).collect()).collect()
    }

    #[test]
    fn a_write_that_ends_is_told_while_others_go_on_and_what_never_ends_is_stopped() {
        let times = [2, 0, 1, 99];
        let mut rounds = Rounds::of(&times, "Key__c", asking);
        let mut told = Vec::new();
        let mut asked = Vec::new();
        for _ in 0..4 {
            let questions = rounds.advance(&mut |place, result| told.push((place, result.is_ok())));
            asked.push((questions.len(), told.len()));
            rounds.answer(found(&questions));
        }
        assert_eq!(asked, [(3, 1), (2, 2), (1, 3), (1, 3)]);
        assert_eq!(told, [(1, true), (2, true), (0, true)]);
        let stopped = || CrmError::new(CrmErrorKind::Unavailable, "stopped");
        rounds.stop(stopped, &mut |place, result| told.push((place, result.is_ok())));
        assert_eq!(told.last(), Some(&(3, false)));
    }

    #[test]
    fn an_answer_that_was_left_out_or_is_of_another_kind_is_an_error_and_may_have_applied() {
        for answers in [Vec::new(), vec![Ok(Found::Rows(Vec::new()))]] {
            let mut rounds = Rounds::of(&[1], "Key__c", asking);
            assert_eq!(rounds.advance(&mut |_, _| unreachable!()).len(), 1);
            rounds.answer(vec![answers]);
            let mut error = None;
            rounds.advance(&mut |_, result| error = result.err());
            assert!(error.is_some_and(|error| error.may_have_applied()));
        }
    }
}
