//! Merging JSON objects: what is not named stays, to the letter.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Merges the changes into the text of an object: objects within objects, everything else replaced, and null takes away
/// (RFC 7396). None if nothing changes.
///
/// What the changes do not name is not looked into. So a number of any size and a text with half a character stay as
/// they are, although no value of ours can hold them.
pub(super) fn merge(object: &str, changes: &Map<String, Value>) -> serde_json::Result<Option<String>> {
    let mut fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(object)?;
    let mut touched = false;
    for (key, change) in changes {
        let old = fields.get(key).map(|old| old.get());
        let merged = match change {
            Value::Null => {
                touched |= fields.remove(key).is_some();
                continue;
            }
            Value::Object(inner) => match old.filter(|old| old.starts_with('{')) {
                Some(old) => merge(old, inner)?,
                None => Some(merge("{}", inner)?.unwrap_or_else(|| "{}".to_owned())),
            },
            new if old.is_some_and(|old| serde_json::from_str::<Value>(old).is_ok_and(|old| old == *new)) => {
                None
            }
            new => Some(new.to_string()),
        };
        if let Some(merged) = merged {
            fields.insert(key.clone(), RawValue::from_string(merged)?);
            touched = true;
        }
    }
    if touched { serde_json::to_string(&fields).map(Some) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn merged(object: &str, changes: &Value) -> Option<Value> {
        let merged = merge(object, changes.as_object().unwrap()).unwrap();
        merged.map(|merged| serde_json::from_str(&merged).unwrap())
    }

    #[test]
    fn what_is_not_named_stays_and_null_takes_away() {
        let object = r#"{"a": 1, "conversations": {"outcome": "x", "content": "y"}, "b": 2}"#;
        let changes = json!({"conversations": {"outcome": "sold"}, "b": null, "c": {"d": null, "e": [1]}});

        let expected = json!({"a": 1, "conversations": {"outcome": "sold", "content": "y"}, "c": {"e": [1]}});
        assert_eq!(merged(object, &changes), Some(expected));
    }

    #[test]
    fn what_no_value_of_ours_can_hold_stays_to_the_letter() {
        let object =
            r#"{"id":12345678901234567890123,"name":"\ud83d","c":{"big":1e400,"case":"7"},"rate":1.10}"#;
        let changes = json!({"c": {"case": "8"}});

        let merged = merge(object, changes.as_object().unwrap()).unwrap().unwrap();

        let expected =
            r#"{"c":{"big":1e400,"case":"8"},"id":12345678901234567890123,"name":"\ud83d","rate":1.10}"#;
        assert_eq!(merged, expected);
    }

    #[test]
    fn what_is_no_object_is_not_merged_into() {
        for object in ["", "[1]", "7", "\"{}\"", "{\"a\":", "{\"\\ud83d\":1}", "null"] {
            assert!(merge(object, &Map::new()).is_err(), "{object}");
        }
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
            let start = Value::Object(start).to_string();
            let once = merge(&start, &changes).unwrap().unwrap_or(start);

            prop_assert_eq!(merge(&once, &changes).unwrap(), None);
        }
    }
}
