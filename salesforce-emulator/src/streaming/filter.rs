//! The filter of a subscription to a `PushTopic`: `?Industry='Energy'&City='Oslo'`.
//!
//! See Salesforce, "Filtered Subscriptions (Streaming API)".

use serde_json::Value;

/// Conditions of which one must be met; without any, everything passes.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter(Vec<(String, String)>);

impl Filter {
    /// The name of a channel and its filter; nothing if the filter cannot be read.
    pub(super) fn split(subscription: &str) -> Option<(&str, Self)> {
        let Some((name, conditions)) = subscription.split_once('?') else {
            return Some((subscription, Self::default()));
        };
        let conditions = conditions.split('&').map(|condition| {
            let (field, value) = condition.split_once('=')?;
            let value = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')).unwrap_or(value);
            (!field.is_empty()).then(|| (field.to_owned(), value.to_owned()))
        });
        Some((name, Self(conditions.collect::<Option<_>>()?)))
    }

    /// Whether a message passes: a record that meets a condition does, and one that was deleted, of which only
    /// the id is told.
    pub(super) fn passes(&self, data: &Value) -> bool {
        let record = &data["sobject"];
        let meets = |(field, wanted): &(String, String)| match &record[field.as_str()] {
            Value::String(text) => text == wanted,
            Value::Bool(flag) => wanted.parse() == Ok(*flag),
            Value::Number(number) => wanted.parse().ok() == number.as_f64(),
            _ => false,
        };
        self.0.is_empty() || data["event"]["type"] == "deleted" || self.0.iter().any(meets)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Filter;

    #[test]
    fn one_condition_of_several_is_enough() {
        let (name, filter) = Filter::split("/topic/T?A='x y'&B=2").unwrap();
        assert_eq!(name, "/topic/T");
        let passes = |record| filter.passes(&json!({ "event": { "type": "updated" }, "sobject": record }));
        assert!(passes(json!({ "A": "x y", "B": 1 })) && passes(json!({ "A": null, "B": 2 })));
        assert!(!passes(json!({ "A": "x", "B": 3 })) && !passes(json!({})));
        assert!(filter.passes(&json!({ "event": { "type": "deleted" }, "sobject": { "Id": "1" } })));
        assert!(Filter::split("/topic/T").unwrap().1.passes(&json!({})));
        assert!(Filter::split("/topic/T?A").is_none());
    }
}
