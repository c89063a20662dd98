//! Writes as an operator may see them: which fields there are, and not what is in them.

use serde_json::Value;
use voice_crm_core::journal::{DeadLetter, Found, Standing};

/// A dead letter in one line.
pub(crate) fn line(letter: &DeadLetter) -> String {
    format!(
        "{} {} {} {} after {} tries, since {}: {}",
        letter.write.key,
        letter.write.key.reference().as_str(),
        letter.write.change.kind(),
        letter.reason.code,
        letter.attempts,
        letter.accepted_at,
        letter.reason.sentence
    )
}

/// A write in a few lines.
pub(crate) fn entry(found: &Found, letters: &[DeadLetter]) -> Vec<String> {
    let standing = match &found.standing {
        Standing::Pending => "on its way to the CRM".to_owned(),
        Standing::Done(receipt) => {
            format!("done: {}", receipt.number.as_deref().unwrap_or("it has no number"))
        }
        Standing::Dead(reason) => format!("dead: {}: {}", reason.code, reason.sentence),
        _ => "unknown to this program".to_owned(),
    };
    let mut lines = vec![
        format!("{} {} {}", found.key, found.key.reference().as_str(), found.kind),
        format!("  {standing}"),
        format!(
            "  accepted {}, tried {} times, lane {}",
            found.accepted_at,
            found.attempts,
            found.lane.as_str()
        ),
    ];
    let letter = letters.iter().find(|letter| letter.write.key == found.key);
    if let Some(Ok(change)) = letter.map(|letter| serde_json::to_value(&letter.write.change)) {
        lines.push(format!("  {}", redacted(&change)));
    }
    lines
}

/// The same shape, with the length of each text instead of its words.
fn redacted(value: &Value) -> Value {
    match value {
        Value::String(text) => format!("({} characters)", text.chars().count()).into(),
        Value::Array(all) => all.iter().map(redacted).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), redacted(value))).collect(),
        Value::Number(_) => "(a number)".into(),
        Value::Bool(_) | Value::Null => value.clone(),
    }
}
