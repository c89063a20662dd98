//! What the outbox does with its sinks: in real time, with sinks that fail in every way.

mod failing_lanes;
mod fairness;
mod far_end;
mod outage;
mod poison;
mod repeats;
mod stage;
mod stop;
mod two_sinks;
mod unanswered;
