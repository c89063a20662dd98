//! Merging JSON objects: what is not named stays.

use serde_json::{Map, Value};

/// Merges the changes in: objects within objects, everything else replaced, and null takes away (RFC 7396).
pub(super) fn merge(into: &mut Map<String, Value>, changes: &Map<String, Value>) {
    for (key, change) in changes {
        match (into.get_mut(key), change) {
            (_, Value::Null) => {
                into.remove(key);
            }
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (_, Value::Object(new)) => {
                let mut fresh = Map::new();
                merge(&mut fresh, new);
                into.insert(key.clone(), Value::Object(fresh));
            }
            (_, new) => {
                into.insert(key.clone(), new.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_named_stays_and_null_takes_away() {
        let Value::Object(mut into) =
            json!({"a": 1, "conversations": {"outcome": "x", "content": "y"}, "b": 2})
        else {
            panic!("not an object")
        };
        let changes = json!({"conversations": {"outcome": "sold"}, "b": null, "c": {"d": null, "e": [1]}});
        merge(&mut into, changes.as_object().unwrap());

        let expected = json!({"a": 1, "conversations": {"outcome": "sold", "content": "y"}, "c": {"e": [1]}});
        assert_eq!(Value::Object(into), expected);
    }

    fn object() -> impl Strategy<Value = Map<String, Value>> {
        let leaf = prop_oneof![Just(Value::Null), any::<u8>().prop_map(Value::from)];
        let value = leaf.prop_recursive(3, 12, 3, |inner| {
            proptest::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect()))
        });
        proptest::collection::btree_map("[abc]", value, 0..4).prop_map(|map| map.into_iter().collect())
    }

    proptest! {
        #[test]
        fn merging_twice_is_merging_once(start in object(), changes in object()) {
            let mut once = start;
            merge(&mut once, &changes);
            let mut twice = once.clone();
            merge(&mut twice, &changes);
            prop_assert_eq!(once, twice);
        }
    }
}
