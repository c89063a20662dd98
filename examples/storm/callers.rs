//! The callers: each opens one case after the other, delivers a webhook again until it is answered, and hangs up.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::task::JoinSet;
use vapi_types::webhook::{HmacPlan, Verifier};

use crate::{
    plan::Plan,
    replica::WEBHOOK_SECRET,
    simulated_call::{Answer, SimulatedCall},
    timeline::Timeline,
};

/// By when an answer has to be there.
const LATE: Duration = Duration::from_secs(8);
/// How long a sender waits for an answer before it delivers again.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// One answer to a tool call.
pub(crate) struct Answered {
    /// When, since the beginning.
    pub(crate) at: Duration,
    /// The time from the delivery that was answered to its answer.
    pub(crate) took: Duration,
    /// Whether the case number was told at once.
    pub(crate) with_number: bool,
    /// Whether anything was promised.
    pub(crate) promised: bool,
}

/// What the callers were told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) answers: Vec<Answered>,
    /// The cases that were promised, by their descriptions.
    pub(crate) promised: Vec<String>,
    /// Answers that promised nothing.
    pub(crate) refused: usize,
    /// Deliveries that nobody answered, since the server was killed.
    pub(crate) unanswered: usize,
    /// When the first of the calls was over.
    pub(crate) first_over: Option<Duration>,
}

impl Told {
    fn with(mut self, other: Self) -> Self {
        self.answers.extend(other.answers);
        self.promised.extend(other.promised);
        self.refused += other.refused;
        self.unanswered += other.unanswered;
        self.first_over = self.first_over.into_iter().chain(other.first_over).min();
        self
    }

    /// Answers that came too late for a caller.
    pub(crate) fn late(&self) -> usize {
        self.answers.iter().filter(|answer| answer.took > LATE).count()
    }

    /// The time within which this share of the answers came.
    pub(crate) fn within(&self, hundredths: usize) -> Duration {
        let mut times: Vec<_> = self.answers.iter().map(|answer| answer.took).collect();
        times.sort_unstable();
        let place = (times.len() * hundredths / 100).min(times.len().saturating_sub(1));
        times.get(place).copied().unwrap_or_default()
    }
}

/// A call, and the replicas that take its webhooks, one at a time.
struct Line {
    to_each: Vec<SimulatedCall>,
    place: usize,
}

impl Line {
    fn call(&self) -> &SimulatedCall {
        &self.to_each[self.place]
    }

    /// Nobody answered; another replica may.
    async fn go_on(&mut self) {
        self.place = (self.place + 1) % self.to_each.len();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Plays all calls to their end, spread over the replicas at these addresses.
pub(crate) async fn run(plan: Plan, urls: Vec<String>, timeline: Arc<Timeline>) -> Result<Told, String> {
    let http = reqwest::Client::builder().no_proxy().timeout(REQUEST_TIMEOUT).build();
    let http = http.map_err(|error| error.to_string())?;
    let signer = Verifier::hmac(HmacPlan::new(WEBHOOK_SECRET)).map_err(|error| error.to_string())?;
    let mut calls = JoinSet::new();
    for number in 0..plan.calls {
        let id = format!("storm-{}-{number}", plan.seed);
        let caller = format!("+1415555{:04}", number % 10_000);
        let to = |url: &String| SimulatedCall::new(http.clone(), url, signer.clone(), &id, &caller);
        let line = Line { to_each: urls.iter().map(to).collect(), place: number % urls.len() };
        let seed = plan.seed.wrapping_add(number as u64);
        calls.spawn(talk(line, number, plan.clone(), fastrand::Rng::with_seed(seed), timeline.clone()));
    }
    Ok(calls.join_all().await.into_iter().fold(Told::default(), Told::with))
}

/// The description of a case; the audit reads it back.
pub(crate) fn description(call: usize, turn: usize) -> String {
    format!("call {call} turn {turn}")
}

async fn talk(
    mut line: Line,
    number: usize,
    plan: Plan,
    mut random: fastrand::Rng,
    timeline: Arc<Timeline>,
) -> Told {
    let mut told = Told::default();
    for turn in 0..plan.turns {
        tokio::time::sleep(plan.pause.mul_f64(0.5 + random.f64() / 2.0)).await;
        let description = description(number, turn);
        let arguments = json!({ "description": description });
        loop {
            let delivered = Instant::now();
            let id = format!("tool-{turn}");
            let Ok(answer) = line.call().tool_call(&id, "create_case", &arguments).await else {
                told.unanswered += 1;
                line.go_on().await;
                continue;
            };
            let said = answer.sentence();
            let with_number = said.contains("has been created");
            let promised = answer.status == 200 && (with_number || said.contains("being saved"));
            let (at, took) = (timeline.elapsed(), delivered.elapsed());
            told.answers.push(Answered { at, took, with_number, promised });
            if promised {
                told.promised.push(description);
                timeline.promised();
                break;
            }
            // Nothing was promised; the model tries once more, under the same id.
            told.refused += 1;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    told.first_over = Some(timeline.elapsed());
    let is_noted = |answer: &Answer| answer.status == 200;
    while !line.call().end_of_call(60, "AI: Goodbye.", "A stormy call.").await.as_ref().is_ok_and(is_noted) {
        line.go_on().await;
    }
    told
}
