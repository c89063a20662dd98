//! What is wrong with a flow, found before a caller finds it.

use std::collections::BTreeSet;

use super::{Flow, State};

/// Something about a flow that is wrong or odd.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// There is no state of the name that a run begins with.
    #[error("there is no state `{0}` to begin with")]
    NoInitialState(String),
    /// Two states have one name.
    #[error("two states are called `{0}`")]
    DuplicateName(String),
    /// A way leads to a state that is not there.
    #[error("`{state}` goes on `{event}` to `{next}`, which is not there")]
    DanglingTransition {
        /// Where the way begins.
        state: String,
        /// What it is taken on.
        event: String,
        /// Where it should lead.
        next: String,
    },
    /// A widget never says this: `failed` where it says `fail`, for one.
    #[error("`{state}` is a {kind}, which never says `{event}`")]
    UnknownEvent {
        /// The widget.
        state: String,
        /// Its type.
        kind: String,
        /// What it never says.
        event: String,
    },
    /// No way leads there.
    #[error("no way leads to `{0}`")]
    Unreachable(String),
    /// When this goes wrong the run ends, and the caller hears silence.
    #[error("when `{state}` says `{event}` the call ends")]
    FailureEndsCall {
        /// The widget.
        state: String,
        /// Its bad end.
        event: String,
    },
    /// When this goes wrong the run goes on as if it had gone well.
    #[error("when `{state}` says `{event}` the call goes on as if it had not")]
    FailureIgnored {
        /// The widget.
        state: String,
        /// Its bad end.
        event: String,
    },
}

impl Finding {
    /// Whether Twilio would refuse the flow or a run could break; the others are doubts.
    pub fn is_error(&self) -> bool {
        !matches!(self, Self::Unreachable(_) | Self::FailureEndsCall { .. } | Self::FailureIgnored { .. })
    }
}

/// What the widgets that we know say.
const EVENTS: [(&str, &[&str]); 9] = [
    (
        "trigger",
        &[
            "incomingCall",
            "incomingMessage",
            "incomingRequest",
            "incomingParent",
            "incomingConversationMessage",
        ],
    ),
    ("make-http-request", &["success", "failed"]),
    ("run-function", &["success", "fail"]),
    ("fork-stream", &["next"]),
    ("send-to-flex", &["callComplete", "failedToEnqueue", "callFailure"]),
    ("split-based-on", &["noMatch", "match"]),
    ("say-play", &["audioComplete"]),
    ("add-twiml-redirect", &["return", "timeout", "fail"]),
    ("connect-call-to", &["callCompleted", "hangup"]),
];

/// Their bad ends, which a person should take over from.
const FAILURES: [&str; 3] = ["failed", "fail", "failedToEnqueue"];

impl Flow {
    /// Everything that is wrong or odd, in the order of the states.
    pub fn lint(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut names = BTreeSet::new();
        for state in self.states() {
            if !names.insert(state.name()) {
                findings.push(Finding::DuplicateName(state.name().to_owned()));
            }
        }
        if !names.contains(self.initial()) {
            findings.push(Finding::NoInitialState(self.initial().to_owned()));
        }
        let reachable = self.reachable();
        for state in self.states() {
            ways(state, &names, &mut findings);
            if !reachable.contains(state.name()) && state.name() != self.initial() {
                findings.push(Finding::Unreachable(state.name().to_owned()));
            }
        }
        findings
    }

    fn reachable(&self) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut open = vec![self.initial()];
        while let Some(name) = open.pop() {
            if seen.insert(name) {
                let states = self.states().iter().filter(|state| state.name() == name);
                open.extend(states.flat_map(State::transitions).filter_map(|way| way.next.as_deref()));
            }
        }
        seen
    }
}

fn ways(state: &State, names: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
    let known = EVENTS.iter().find(|(kind, _)| *kind == state.kind()).map(|(_, events)| *events);
    let went_well = state.transitions().iter().find(|way| way.event == "success");
    for way in state.transitions() {
        let (name, event) = (state.name().to_owned(), way.event.clone());
        if known.is_some_and(|events| !events.contains(&way.event.as_str())) {
            findings.push(Finding::UnknownEvent { state: name, kind: state.kind().to_owned(), event });
            continue;
        }
        match &way.next {
            Some(next) if !names.contains(next.as_str()) => {
                findings.push(Finding::DanglingTransition { state: name, event, next: next.clone() });
            }
            None if FAILURES.contains(&event.as_str()) => {
                findings.push(Finding::FailureEndsCall { state: name, event });
            }
            Some(_)
                if FAILURES.contains(&event.as_str()) && went_well.is_some_and(|it| it.next == way.next) =>
            {
                findings.push(Finding::FailureIgnored { state: name, event });
            }
            _ => {}
        }
    }
}
