//! Replacing one value deep inside a JSON text, and nothing beside it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

/// The text with the value that the steps lead to replaced; none if they lead nowhere or to null.
///
/// Values beside the way are written as they came, so that no number loses digits.
pub(super) fn replace<E>(
    json: &str,
    steps: &[&str],
    new: &dyn Fn(&str) -> Result<String, E>,
) -> Result<Option<String>, E> {
    let Some((step, steps)) = steps.split_first() else {
        return if json == "null" { Ok(None) } else { new(json).map(Some) };
    };
    let Some(mut inside) = Inside::of(json) else { return Ok(None) };
    let Some(value) = inside.at(step) else { return Ok(None) };
    let Some(replaced) = replace(value.get(), steps, new)? else { return Ok(None) };
    let Ok(replaced) = RawValue::from_string(replaced) else { return Ok(None) };
    *value = replaced;
    Ok(serde_json::to_string(&inside).ok())
}

#[derive(Serialize)]
#[serde(untagged)]
enum Inside {
    Object(BTreeMap<String, Box<RawValue>>),
    List(Vec<Box<RawValue>>),
}

impl Inside {
    fn of(json: &str) -> Option<Self> {
        match json.as_bytes().first()? {
            b'{' => serde_json::from_str(json).map(Self::Object).ok(),
            b'[' => serde_json::from_str(json).map(Self::List).ok(),
            _ => None,
        }
    }

    fn at(&mut self, step: &str) -> Option<&mut Box<RawValue>> {
        match self {
            Self::Object(fields) => fields.get_mut(step),
            Self::List(elements) => elements.get_mut(step.parse::<usize>().ok()?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::replace;

    fn shout(json: &str, path: &str) -> Option<String> {
        let steps: Vec<&str> = path.split('.').collect();
        replace::<()>(json, &steps, &|json| Ok(json.to_uppercase())).unwrap()
    }

    #[test]
    fn only_the_value_at_the_path_changes() {
        let json = r#"{"a":{"b":["x","y"],"n":12345678901234567890.10},"c":"z"}"#;
        let expected = r#"{"a":{"b":["x","Y"],"n":12345678901234567890.10},"c":"z"}"#;

        assert_eq!(shout(json, "a.b.1").as_deref(), Some(expected));
    }

    #[test]
    fn a_path_that_leads_nowhere_changes_nothing() {
        for path in ["d", "c.d", "a.b.2", "a.b.x", "n", ""] {
            assert_eq!(shout(r#"{"a":{"b":["x"]},"c":"z","n":null}"#, path), None, "{path}");
        }
    }
}
