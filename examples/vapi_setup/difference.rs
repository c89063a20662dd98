//! What would change: the settings that are wanted, against those that are stored.

use serde::Serialize;
use serde_json::Value;

/// One line for each setting that is wanted and is stored otherwise. What is only stored is left as it is, since Vapi
/// adds settings of its own.
pub(crate) fn differences<T: Serialize>(stored: &T, wanted: &T) -> Vec<String> {
    let value = |settings| serde_json::to_value(settings).unwrap_or_default();
    let mut lines = Vec::new();
    compare("", &value(stored), &value(wanted), &mut lines);
    lines
}

fn compare(path: &str, stored: &Value, wanted: &Value, lines: &mut Vec<String>) {
    if let (Value::Object(stored), Value::Object(wanted)) = (stored, wanted) {
        for (key, wanted) in wanted {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            compare(&path, stored.get(key).unwrap_or(&Value::Null), wanted, lines);
        }
    } else if let (Value::Array(stored), Value::Array(wanted)) = (stored, wanted)
        && stored.len() == wanted.len()
    {
        for (place, (stored, wanted)) in stored.iter().zip(wanted).enumerate() {
            compare(&format!("{path}[{place}]"), stored, wanted, lines);
        }
    } else if stored != wanted {
        lines.push(format!("{path}: {} -> {}", shown(stored), shown(wanted)));
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    let end: String = text.chars().take(60).collect();
    if end.len() < text.len() { format!("{end}..") } else { end }
}
