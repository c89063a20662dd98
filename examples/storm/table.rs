//! The table at the end.

use std::time::Duration;

use salesforce_emulator::Stats;

use crate::{audit::Found, callers::Told, fate::Blow, plan::Plan, recovery};

/// How many jobs an API call is reckoned to hold: one for each of the graphs that a request takes, as if none of them
/// shared a collection, none failed, and nothing had to be looked up.
const PER_CALL: f64 = 75.0;

/// What was measured from outside.
pub(crate) struct Measured {
    /// How long the calls took.
    pub(crate) called_for: Duration,
    /// How long after the beginning everything was in the org.
    pub(crate) drained_after: Option<Duration>,
    /// The longest that lanes of a dead replica waited for another.
    pub(crate) lanes_waited: Option<Duration>,
    /// The largest share of memory of one server, in kB.
    pub(crate) memory: u64,
    pub(crate) stats: Stats,
    pub(crate) blows: Vec<(Duration, Blow)>,
}

/// Prints what was told, found and measured.
pub(crate) fn print(plan: &Plan, told: &Told, found: &Found, measured: &Measured) {
    let webhooks = told.answers.len() + plan.calls;
    let at_once = told.answers.iter().filter(|answer| answer.with_number).count();
    let ideal = ideal(plan, measured.called_for);
    let drained = measured.drained_after.map_or("never".to_owned(), seconds);
    #[expect(clippy::cast_precision_loss, reason = "counts of one run")]
    let per_webhook = measured.stats.api_calls as f64 / webhooks as f64;
    let back = |blow| recovered(plan, told, &measured.blows, blow);
    let rows = [
        ("webhooks answered", format!("{webhooks}, {at_once} with the case number at once")),
        ("webhooks without an answer, because of a kill", told.unanswered.to_string()),
        ("answers that promised no case", told.refused.to_string()),
        ("cases and call logs in the org", format!("{} and {}", found.cases, found.logs)),
        ("lost", found.lost.to_string()),
        ("doubled", found.doubled.to_string()),
        ("out of order", found.out_of_order.to_string()),
        ("call logs missing or doubled", found.logs_wrong.to_string()),
        ("answers after 8 s", told.late().to_string()),
        (
            "time to an answer: p50, p99, maximum",
            [50, 99, 100].map(|share| format!("{} ms", told.within(share).as_millis())).join(", "),
        ),
        (
            "API calls, and those over the limit",
            format!("{}, {}", measured.stats.api_calls, measured.stats.limit_rejections),
        ),
        ("API calls per webhook", format!("{per_webhook:.3}")),
        (
            "end of the calls, and everything in the org",
            format!("{}, {drained}", seconds(measured.called_for)),
        ),
        ("ideal time for both", seconds(ideal)),
        ("throughput at 95 % again, after a kill", back(Blow::Kill)),
        ("throughput at 95 % again, after a crash of PostgreSQL", back(Blow::Restart)),
        ("lanes of a killed replica leased again", measured.lanes_waited.map_or("-".to_owned(), within)),
        ("peak memory of one server", format!("{} MB", measured.memory / 1_024)),
    ];
    let width = rows.iter().map(|(what, _)| what.len()).max().unwrap_or_default();
    for (what, figure) in rows {
        say(&format!("{what:width$}  {figure}"));
    }
}

/// How soon as much was promised as usual, after the blows of a kind.
fn recovered(plan: &Plan, told: &Told, blows: &[(Duration, Blow)], kind: Blow) -> String {
    let fallen: Vec<Duration> = blows.iter().filter(|(_, blow)| *blow == kind).map(|(at, _)| *at).collect();
    if fallen.is_empty() {
        return "-".to_owned();
    }
    let answers = told.answers.iter().filter(|answer| answer.promised);
    let promises: Vec<Duration> = answers.map(|answer| answer.at).collect();
    let steady = plan.pause..told.first_over.unwrap_or_default();
    recovery::slowest(&promises, &fallen, &steady)
        .map_or("not seen before the first call was over".to_owned(), within)
}

fn within(span: Duration) -> String {
    format!("within {}", seconds(span))
}

/// The time that the calls themselves take, or that requests full of graphs at the pace of the limit would.
fn ideal(plan: &Plan, called_for: Duration) -> Duration {
    let Some((calls, span)) = plan.limit else { return called_for };
    #[expect(clippy::cast_precision_loss, reason = "counts of one run")]
    let requests = plan.records() as f64 / PER_CALL;
    #[expect(clippy::cast_precision_loss, reason = "counts of one run")]
    let pace = span.as_secs_f64() / calls as f64;
    called_for.max(Duration::from_secs_f64(requests * pace))
}

fn seconds(span: Duration) -> String {
    format!("{:.1} s", span.as_secs_f64())
}

#[expect(clippy::print_stdout, reason = "this program talks to a person")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}
