//! From the model's JSON to typed arguments, and back to a sentence by which the model can mend them.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use vapi_types::without_lone_surrogates;

use crate::{
    function::{FunctionError, FunctionErrorKind, request::OCCURRENCE},
    phrase::Instruction,
};

mod one_object;
mod placeholders;
mod shape;

pub(super) use one_object::one_object;
pub(super) use shape::Shape;

/// How often an object may be written into a text, one within the other.
const WRAPPINGS: usize = 3;

/// Decodes arguments in one pass where they are as they should be; else they are mended where their meaning is plain.
///
/// Arguments are one JSON object, or a text that holds one. Platforms send nothing or `null` where there are none, and
/// models that are held to a strict schema send `null`, or a word for nothing, for what they leave out.
pub(super) fn parse<T: DeserializeOwned>(arguments: &[u8], shape: &Shape) -> Result<T, FunctionError> {
    if let Ok(text) = str::from_utf8(arguments)
        && text.trim_start().starts_with('{')
        && !(shape.has_optional() && placeholders::may_hold_one(text))
        && let Ok(read) = serde_json::from_str(text)
    {
        return Ok(read);
    }
    let Some(mut fields) = fields(arguments) else {
        return Err(invalid(format!(
            "The arguments must be one JSON object with named fields and nothing beside it. The fields are: {}.",
            shape.names()
        )));
    };
    shape.mend(&mut fields);
    // It says which of the same is meant, and functions need not know it.
    fields.remove(OCCURRENCE);
    let sent = Value::Object(fields);
    // `()` is written as nothing at all.
    if shape.is_empty()
        && let Ok(read) = T::deserialize(&Value::Null)
    {
        return Ok(read);
    }
    match serde_path_to_error::deserialize::<_, T>(&sent) {
        Ok(read) => Ok(read),
        Err(error) => {
            Err(invalid(explain(shape, &sent, &error.path().to_string(), &error.inner().to_string())))
        }
    }
}

/// The same arguments in the form in which they are wanted; as they are, when they are no object.
pub(super) fn mended(arguments: &[u8], shape: &Shape) -> Option<Vec<u8>> {
    let mut fields = fields(arguments)?;
    shape.mend(&mut fields);
    serde_json::to_vec(&fields).ok()
}

/// The fields of arguments in any of the forms in which they come.
fn fields(arguments: &[u8]) -> Option<Map<String, Value>> {
    let text = str::from_utf8(arguments).ok()?.trim();
    if text.is_empty() || text == "null" {
        return Some(Map::new());
    }
    object(text)
}

/// The object that a text is, or that stands in it as a text.
fn object(text: &str) -> Option<Map<String, Value>> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..WRAPPINGS {
        let json = without_lone_surrogates(&text);
        match serde_json::from_str(&json).ok()? {
            Value::Object(fields) => return Some(fields),
            Value::String(inner) if matches!(inner.trim(), "" | "null") => return Some(Map::new()),
            Value::String(inner) => text = Cow::Owned(inner),
            _ => return None,
        }
    }
    None
}

fn invalid(sentence: String) -> FunctionError {
    FunctionError::for_model_alone(FunctionErrorKind::InvalidArguments, Instruction::new(sentence))
}

/// What does not fit, by the names that the schema knows: nothing of what was sent, and no word of a decoder.
fn explain(shape: &Shape, sent: &Value, path: &str, problem: &str) -> String {
    if let Some((path, wanted)) = sent.as_object().and_then(|fields| shape.misfit(fields)) {
        return format!("{path}: {wanted}.");
    }
    let path: Vec<&str> = path.split(['.', '[']).collect();
    let Some((known, wanted)) = shape.known(&path) else {
        return format!("The arguments do not fit. The fields are: {}.", shape.names());
    };
    let value = path.iter().try_fold(sent, |value, name| value.get(name));
    match own_words(problem, value) {
        Some(words) => format!("{known}: {words}."),
        None => format!("{known}: this must be {wanted}."),
    }
}

/// How the messages of a decoder begin.
const OF_A_DECODER: [&str; 9] = [
    "invalid ",
    "unknown ",
    "missing ",
    "duplicate ",
    "expected ",
    "data did not match",
    "trailing ",
    "no variant",
    "EOF ",
];

/// The words of a type of one's own for what it does not take, where they are such words and show nothing of what was
/// sent.
fn own_words<'a>(problem: &'a str, value: Option<&Value>) -> Option<&'a str> {
    let is_foreign = OF_A_DECODER.iter().any(|start| problem.starts_with(start)) || problem.contains('`');
    // A sentence of one's own may name a year or a unit as an example; it does not hold what only the caller said.
    let said = value?.as_str()?.trim();
    let shows = |part: &str| {
        let least = if part.bytes().all(|byte| byte.is_ascii_digit()) { 5 } else { 3 };
        part.chars().count() >= least && problem.to_lowercase().contains(&part.to_lowercase())
    };
    let is_shown = shows(said) || said.split(|sign: char| !sign.is_alphanumeric()).any(shows);
    (!is_foreign && !is_shown).then_some(problem)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use schemars::{JsonSchema, schema_for};
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Urgency {
        /// It can wait.
        Low,
        VeryHigh,
    }

    #[derive(Debug, Default, Deserialize, JsonSchema, PartialEq)]
    #[serde(default)]
    struct Place {
        town: String,
        code: Option<String>,
    }

    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    struct Args {
        text: String,
        urgency: Option<Urgency>,
        #[serde(default, alias = "howMany")]
        how_many: u8,
        #[serde(default)]
        sure: bool,
        rate: Option<f64>,
        place: Option<Place>,
    }

    fn read(json: &str) -> Result<Args, FunctionError> {
        parse(json.as_bytes(), &Shape::of(&schema_for!(Args).to_value()))
    }

    fn sentence(json: &str) -> String {
        read(json).unwrap_err().for_model().into_owned()
    }

    #[test]
    fn a_made_up_choice_is_answered_with_the_field_and_what_is_allowed() {
        let sentence = sentence(r#"{"text": "t", "urgency": "canary value"}"#);
        assert_eq!(sentence, "urgency: this must be one of: very_high, low.");
    }

    #[test]
    fn a_wrong_type_names_the_field_and_what_is_wanted() {
        for (json, said) in [
            (r#"{"text": {"canary": 5}}"#, "text: this must be a text."),
            (
                r#"{"text": "t", "how_many": "canary"}"#,
                "how_many: this must be a whole number within its bounds.",
            ),
            (r#"{"text": "t", "howMany": 300}"#, "how_many: this must be a whole number within its bounds."),
            (r#"{"text": "t", "sure": "canary"}"#, "sure: this must be true or false."),
            (r#"{"text": "t", "place": [1]}"#, "place: this must be an object with the fields: code, town."),
            (r#"{"text": "t", "place": {"town": [1]}}"#, "place.town: this must be a text."),
            ("{}", "text: this is missing; it must be a text."),
        ] {
            assert_eq!(sentence(json), said, "{json}");
        }
    }

    #[test]
    fn what_is_plain_is_taken_whatever_form_it_has() {
        let plain = read(
            r#"{"text":"5","urgency":"very_high","how_many":2,"sure":true,"rate":1.5,"place":{"town":"7"}}"#,
        )
        .unwrap();
        for same in [
            r#"{"text":5,"urgency":"VERY HIGH","how_many":"2","sure":"true","rate":"1.5","place":{"town":7}}"#,
            r#"{"text":"5","urgency":" Very-High ","howMany":2.0,"sure":1,"rate":1.5,"place":"{\"town\":\"7\"}"}"#,
            r#""{\"text\":\"5\",\"urgency\":\"very_high\",\"how_many\":2,\"sure\":\"Yes\",\"rate\":1.5,\"place\":{\"town\":7,\"code\":\"N/A\"}}""#,
            r#"{"text":"5","urgency":"veryHigh","how_many":2,"sure":true,"rate":1.5,"place":{"town":"7","code":null},"occurrence":2}"#,
        ] {
            assert_eq!(read(same).unwrap(), plain, "{same}");
        }
    }

    #[test]
    fn null_empty_and_words_for_nothing_are_taken_as_left_out() {
        let plain = read(r#"{"text":"none"}"#).unwrap();
        assert_eq!(plain.text, "none", "what must be there is as it was said");
        for nothing in
            ["null", "\"\"", "\" \"", "\"none\"", "\"Not provided\"", "\"-\"", "\"unbekannt\"", "\"未知\""]
        {
            let json = json!({ "text": "none" }).to_string();
            let json = json.replace('}', &format!(r#","urgency":{nothing},"howMany":{nothing},"sure":{nothing},"rate":{nothing},"place":{nothing}}}"#));
            assert_eq!(read(&json).unwrap(), plain, "{json}");
        }
    }

    #[test]
    fn no_arguments_are_those_of_a_function_that_needs_none() {
        let shape = Shape::of(&schema_for!(Place).to_value());
        for nothing in [" ", "null", "{}", r#""""#, r#""null""#, r#""{}""#, r#"{"town":null}"#] {
            assert_eq!(parse::<Place>(nothing.as_bytes(), &shape).unwrap(), Place::default(), "{nothing}");
        }
    }

    #[test]
    fn what_is_no_object_is_refused_without_a_quote_and_a_list_is_not_taken_by_position() {
        for bad in [
            "canary",
            "[1]",
            r#"["canary",null,2,true,null,null]"#,
            "{\"text\": \"a\"} x",
            "\"canary\"",
            "7",
            "true",
            "{",
        ] {
            let said = sentence(bad);
            assert!(
                said.starts_with("The arguments must be one JSON object with named fields"),
                "{bad}: {said}"
            );
            assert!(said.contains("text") && !said.contains("canary"), "{said}");
        }
    }

    /// A day, with words of its own for what is none.
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(try_from = "String")]
    struct Day;

    impl TryFrom<String> for Day {
        type Error = String;

        fn try_from(text: String) -> Result<Self, Self::Error> {
            Err(if text.starts_with("tell") {
                format!("not {text}")
            } else {
                "a day such as 2026-11-30 is allowed".to_owned()
            })
        }
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    struct Visit {
        #[expect(dead_code, reason = "it never fits")]
        /// The day of the visit.
        #[schemars(with = "String")]
        day: Day,
    }

    #[test]
    fn a_type_of_ones_own_says_what_it_takes_in_its_own_words_unless_they_quote() {
        let shape = Shape::of(&schema_for!(Visit).to_value());
        for (day, said) in [
            ("next week", "day: a day such as 2026-11-30 is allowed."),
            ("2026-13-45", "day: a day such as 2026-11-30 is allowed."),
            ("tell canary", "day: this must be a text (The day of the visit)."),
        ] {
            let error = parse::<Visit>(json!({ "day": day }).to_string().as_bytes(), &shape).unwrap_err();
            assert_eq!(error.for_model(), said);
        }
    }

    #[test]
    fn half_a_character_costs_no_more_than_itself() {
        assert_eq!(read(r#"{"text":"a\ud83d"}"#).unwrap().text, "a\u{FFFD}");
        assert_eq!(read(r#""{\"text\":\"a\\ud83d\"}""#).unwrap().text, "a\u{FFFD}");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "canary[a-z]{0,3}|none|-|2".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            let name = "text|urgency|how_many|howMany|sure|rate|place|town|code|canary";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..6).prop_map(|fields| json!(fields)),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_sentence_quotes_what_was_sent_or_speaks_of_a_decoder(value in values()) {
            let json = value.to_string();
            if let Err(error) = read(&json) {
                let said = error.for_model().into_owned();
                for word in ["canary", "expected", "struct", "invalid", "variant", "line", "column", "`", "Args", "string"] {
                    prop_assert!(!said.contains(word), "{json}: {said}");
                }
            }
        }

        #[test]
        fn what_is_mended_is_read_as_before_and_needs_no_mending(value in values()) {
            let shape = Shape::of(&schema_for!(Args).to_value());
            let json = value.to_string();
            if let Some(mended) = mended(json.as_bytes(), &shape) {
                prop_assert_eq!(super::mended(&mended, &shape), Some(mended.clone()));
                let (one, other) = (parse::<Args>(json.as_bytes(), &shape), parse::<Args>(&mended, &shape));
                prop_assert_eq!(one.ok(), other.ok());
            }
        }
    }
}
