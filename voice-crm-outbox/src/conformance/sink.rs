//! The rules of [`Sink`], and what they need to know of a sink and its far end.

use std::{fmt, sync::Arc};

use futures_util::future::BoxFuture;

use super::Rule;
use crate::{Job, JobKey, Sink};

mod apply;
mod contract;

/// Every rule of the contract.
pub fn rules() -> impl Iterator<Item = &'static Rule<SinkUnderTest>> {
    contract::RULES.iter()
}

/// A sink with a far end of its own, for the suite.
///
/// ```
/// use std::{collections::HashMap, sync::{Arc, Mutex}};
/// use voice_crm_outbox::{
///     Attempt, Job, JobKey, Lane, Receipt, Sink, SinkName, Urgency, async_trait,
///     conformance::{self, SinkUnderTest}, deadline::Deadline,
/// };
///
/// /// What stands at the far end, by key.
/// #[derive(Clone, Default)]
/// struct FarEnd(Arc<Mutex<HashMap<JobKey, String>>>);
///
/// #[async_trait]
/// impl Sink for FarEnd {
///     async fn apply(&self, attempts: Vec<Attempt>, _urgency: Urgency, _deadline: Deadline) {
///         for attempt in attempts {
///             // The far end takes a key only once, so a repeat changes nothing.
///             self.0.lock().unwrap().entry(attempt.key()).or_insert_with(|| attempt.body().to_owned());
///             let receipt = Receipt::new(attempt.key().to_string());
///             attempt.answer(Ok(receipt));
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let name = SinkName::new("crm")?;
/// conformance::sink(|| async {
///     let (far_end, name) = (FarEnd::default(), name.clone());
///     let seen = far_end.clone();
///     SinkUnderTest::new(
///         far_end,
///         move |number| {
///             let lane = Lane::new(&name, &format!("lane {number}"));
///             Job::new(JobKey::derive(["test"], number), lane, "save", format!("job {number}"))
///         },
///         move |key| {
///             let effects = usize::from(seen.0.lock().unwrap().contains_key(&key));
///             async move { effects }
///         },
///     )
/// })
/// .await?;
/// # Ok(()) }
/// ```
pub struct SinkUnderTest {
    sink: Arc<dyn Sink>,
    job: Box<dyn Fn(u32) -> Job + Send + Sync>,
    effects: Box<dyn Fn(JobKey) -> BoxFuture<'static, usize> + Send + Sync>,
    silence: Option<Box<dyn Fn(bool) + Send + Sync>>,
}

impl SinkUnderTest {
    /// A sink, the jobs for it, and how to count their effects.
    ///
    /// - `job` makes the job with a number, which the far end takes. The jobs of two numbers differ in key, lane and
    ///   effect.
    /// - `effects` says how often the job with a key has taken effect at the far end.
    pub fn new<E, F>(sink: impl Sink, job: impl Fn(u32) -> Job + Send + Sync + 'static, effects: E) -> Self
    where
        E: Fn(JobKey) -> F + Send + Sync + 'static,
        F: Future<Output = usize> + Send + 'static,
    {
        let effects = Box::new(move |key| -> BoxFuture<'static, usize> { Box::pin(effects(key)) });
        Self { sink: Arc::new(sink), job: Box::new(job), effects, silence: None }
    }

    /// With a switch that makes the far end fall silent and speak again, so that the rules of silence are checked too.
    ///
    /// A far end that is silent takes requests and does not answer them.
    #[must_use]
    pub fn silenced_by(mut self, silence: impl Fn(bool) + Send + Sync + 'static) -> Self {
        self.silence = Some(Box::new(silence));
        self
    }
}

impl fmt::Debug for SinkUnderTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SinkUnderTest")
            .field("can_be_silenced", &self.silence.is_some())
            .finish_non_exhaustive()
    }
}
