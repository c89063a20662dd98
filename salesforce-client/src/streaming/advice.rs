//! What the server asks the client to do next.
//!
//! Servers number the same trouble differently (`401`, `402` and `403` all name an unknown client
//! somewhere), so what is done follows the advice, and the numbers only where there is none.

use std::time::Duration;

use serde_json::Value;

/// How to go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reconnect {
    Retry,
    Handshake,
    Never,
}

/// The advice in force.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Advice {
    /// How long to wait before the next connect.
    pub(super) interval: Duration,
    /// How long the server may keep a connect waiting.
    pub(super) timeout: Duration,
}

impl Default for Advice {
    /// What Salesforce documents, until it says otherwise.
    fn default() -> Self {
        Self { interval: Duration::ZERO, timeout: Duration::from_secs(110) }
    }
}

impl Advice {
    /// Takes over what a message advises; what it leaves out stays.
    pub(super) fn heed(&mut self, advice: &Value) {
        let time = |name: &str| Some(Duration::from_millis(advice[name].as_u64()?).min(LONGEST));
        self.interval = time("interval").unwrap_or(self.interval);
        // A timeout of zero only means that the server has not made up its mind.
        self.timeout = time("timeout").filter(|timeout| !timeout.is_zero()).unwrap_or(self.timeout);
    }
}

/// The `reconnect` of a message's advice.
pub(super) fn reconnect(advice: &Value) -> Option<Reconnect> {
    match advice["reconnect"].as_str()? {
        "retry" => Some(Reconnect::Retry),
        "handshake" => Some(Reconnect::Handshake),
        "none" => Some(Reconnect::Never),
        _ => None,
    }
}

/// Longer advice than this is taken for a mistake.
const LONGEST: Duration = Duration::from_secs(10 * 60);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn advice_is_taken_over_part_by_part_and_never_without_bounds() {
        let mut advice = Advice::default();
        advice.heed(&json!({"reconnect": "retry", "interval": 50, "timeout": 0}));
        assert_eq!(advice, Advice { interval: Duration::from_millis(50), timeout: Duration::from_secs(110) });
        advice.heed(&json!({"interval": u64::MAX, "timeout": 45_000}));
        assert_eq!(advice, Advice { interval: LONGEST, timeout: Duration::from_secs(45) });
        advice.heed(&Value::Null);
        assert_eq!(advice.timeout, Duration::from_secs(45));
    }
}
