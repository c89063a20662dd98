//! What becomes of what was found out of a call: structured outputs and structured data, by their names.

use std::collections::BTreeMap;

use serde_json::Value;
use vapi_types::record::Output;

use crate::call::EndedCall;

/// What becomes of a structured output.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum OutputUse {
    /// It is the summary of the call.
    Summary,
    /// It is the caller's mood.
    Sentiment,
    /// It says whether the call reached its aim.
    Success,
    /// It is kept under this name, for a field of the CRM that takes it.
    Named(String),
    /// Nothing.
    Nothing,
}

/// Which output is used for what. An output without a use is not kept.
#[derive(Clone, Debug)]
pub(super) struct Outputs(BTreeMap<String, OutputUse>);

impl Default for Outputs {
    /// The names under which people make these outputs.
    fn default() -> Self {
        let usual = [
            (OutputUse::Summary, &["summary", "call summary"][..]),
            (
                OutputUse::Sentiment,
                &["sentiment", "call sentiment", "caller sentiment", "customer sentiment", "user sentiment"],
            ),
            (OutputUse::Success, &["success", "success evaluation", "call success", "call successful"]),
        ];
        let named = usual
            .into_iter()
            .flat_map(|(used, names)| names.iter().map(move |name| (plain(name), used.clone())));
        Self(named.collect())
    }
}

impl Outputs {
    pub(super) fn set(&mut self, name: &str, used: OutputUse) {
        self.0.insert(plain(name), used);
    }

    /// Puts what was found out of a call where it belongs. What the platform told apart from outputs stands, unless an
    /// output says more.
    pub(super) fn apply(&self, outputs: &[Output], ended: &mut EndedCall) {
        for Output { name, value, .. } in outputs {
            match self.0.get(&plain(name)) {
                Some(OutputUse::Summary) => longer(&mut ended.summary, text(value)),
                Some(OutputUse::Sentiment) => longer(&mut ended.sentiment, text(value)),
                Some(OutputUse::Success) => longer(&mut ended.success, text(value)),
                Some(OutputUse::Named(kept)) => {
                    ended.outputs.insert(kept.clone(), value.to_string());
                }
                Some(OutputUse::Nothing) | None => {}
            }
        }
    }
}

fn longer(place: &mut Option<String>, text: String) {
    if place.as_ref().is_none_or(|known| known.len() < text.len()) {
        *place = Some(text);
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}

/// A name without what people write in one way or another: `Call Summary`, `call_summary`, `callSummary`.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_whatever_way_it_is_written() {
        for name in ["Call Summary", "call_summary", "callSummary", "CALL-SUMMARY"] {
            assert_eq!(Outputs::default().0.get(&plain(name)), Some(&OutputUse::Summary), "{name}");
        }
        assert_eq!(Outputs::default().0.get(&plain("Summary of orders")), None);
    }
}
