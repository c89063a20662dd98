//! What arguments look like, read from their JSON Schema: by it they are mended where their meaning is plain, and by it
//! a sentence says what is wrong.

use std::collections::BTreeMap;

use serde_json::{Map, Value, value::Number};

use super::placeholders::is_placeholder;

/// Arguments within arguments are looked at so deep; schemas may contain themselves.
const DEEPEST: usize = 5;

/// The fields of an object.
#[derive(Debug, Default)]
pub(in crate::dispatch) struct Shape(BTreeMap<String, Field>);

#[derive(Debug)]
struct Field {
    is_required: bool,
    form: Form,
    /// What the schema says of it.
    about: Option<String>,
}

#[derive(Debug)]
enum Form {
    Text,
    Number,
    Integer,
    Flag,
    Choice(Vec<String>),
    Object(Shape),
    List,
    /// Something that only the function knows.
    Other,
}

impl Shape {
    /// Whether there are no fields.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The shape that a schema describes.
    pub(in crate::dispatch) fn of(schema: &Value) -> Self {
        Self::within(schema, schema, 0)
    }

    fn within(schema: &Value, whole: &Value, depth: usize) -> Self {
        let properties = schema.get("properties").and_then(Value::as_object);
        let required = schema.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
        let field = |(name, property): (&String, &Value)| {
            let form = Form::of(property, whole, depth + 1);
            let about = property.get("description").and_then(Value::as_str).map(str::to_owned);
            (name.clone(), Field { is_required: is_required(name), form, about })
        };
        Self(properties.into_iter().flatten().map(field).collect())
    }

    /// Whether something may be left out that a model could fill with a word for nothing.
    pub(super) fn has_optional(&self) -> bool {
        self.0.values().any(|field| !field.is_required)
    }

    /// The names of the fields.
    pub(super) fn names(&self) -> String {
        self.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// The field of a name, also where it is written in the other way: `caseNumber` for `case_number`.
    fn field(&self, name: &str) -> Option<&Field> {
        self.0.get(name).or_else(|| self.0.get(&snake(name)))
    }

    /// Puts every value into the form that is wanted, where it is plain which one is meant, and takes out what stands for
    /// nothing.
    pub(super) fn mend(&self, fields: &mut Map<String, Value>) {
        fields.retain(|name, value| {
            let field = self.field(name);
            let is_nothing = match value {
                Value::Null => true,
                Value::String(text) => field.is_some_and(|field| !field.is_required) && is_placeholder(text),
                _ => false,
            };
            if !is_nothing {
                field.map_or(&Form::Other, |field| &field.form).mend(value);
            }
            !is_nothing
        });
    }

    /// The first thing that does not fit: the path to it, and what is wanted there.
    pub(super) fn misfit(&self, fields: &Map<String, Value>) -> Option<(String, String)> {
        for (name, field) in &self.0 {
            let sent = fields.iter().find(|(sent, _)| *sent == name || snake(sent) == *name);
            match sent {
                // Perhaps by a name that only the function knows; what else is wrong comes first.
                None => {}
                Some((_, value)) => {
                    if let Form::Object(shape) = &field.form
                        && let Value::Object(inner) = value
                    {
                        if let Some((path, wanted)) = shape.misfit(inner) {
                            return Some((format!("{name}.{path}"), wanted));
                        }
                    } else if !field.form.takes(value) {
                        return Some((name.clone(), format!("this must be {}", field.form.wanted())));
                    }
                }
            }
        }
        let missing = self.0.iter().find(|(name, field)| {
            field.is_required && !fields.keys().any(|sent| sent == *name || snake(sent) == **name)
        });
        missing.map(|(name, field)| {
            (name.clone(), format!("this is missing; it must be {}", field.form.wanted()))
        })
    }

    /// As much of a path as this shape knows, and what is wanted at its end.
    pub(super) fn known(&self, path: &[&str]) -> Option<(String, String)> {
        let (first, rest) = path.split_first()?;
        let (name, field) = self.0.get_key_value(*first).or_else(|| self.0.get_key_value(&snake(first)))?;
        if let Form::Object(shape) = &field.form
            && let Some((below, wanted)) = shape.known(rest)
        {
            return Some((format!("{name}.{below}"), wanted));
        }
        // Its form may be right, and what it says not; then the words of the schema tell more.
        let about = field
            .about
            .as_ref()
            .map(|about| format!(" ({})", about.trim_end_matches('.')))
            .unwrap_or_default();
        Some((name.clone(), format!("{}{about}", field.form.wanted())))
    }
}

impl Form {
    fn of(schema: &Value, whole: &Value, depth: usize) -> Self {
        if depth > DEEPEST {
            return Self::Other;
        }
        if let Some(pointer) =
            schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#'))
        {
            return whole.pointer(pointer).map_or(Self::Other, |schema| Self::of(schema, whole, depth + 1));
        }
        for several in ["anyOf", "oneOf", "allOf"] {
            if let Some(forms) = schema.get(several).and_then(Value::as_array) {
                return Self::of_several(forms, whole, depth);
            }
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return Self::choice(values.iter().filter(|value| !value.is_null()));
        }
        let kinds: Vec<&str> = match schema.get("type") {
            Some(Value::String(kind)) => vec![kind],
            Some(Value::Array(kinds)) => {
                kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect()
            }
            _ => Vec::new(),
        };
        match kinds.as_slice() {
            ["string"] => Self::Text,
            ["number"] => Self::Number,
            ["integer"] => Self::Integer,
            ["boolean"] => Self::Flag,
            ["array"] => Self::List,
            ["object"] if schema.get("properties").is_some() => {
                Self::Object(Shape::within(schema, whole, depth))
            }
            _ => Self::Other,
        }
    }

    fn of_several(forms: &[Value], whole: &Value, depth: usize) -> Self {
        let forms: Vec<&Value> =
            forms.iter().filter(|form| form.get("type").and_then(Value::as_str) != Some("null")).collect();
        match forms.as_slice() {
            [only] => Self::of(only, whole, depth + 1),
            several => {
                let values = |form: &Value| match (form.get("const"), form.get("enum")) {
                    (Some(only), _) => Some(vec![only.clone()]),
                    (None, Some(Value::Array(values))) => Some(values.clone()),
                    (None, _) => None,
                };
                let all: Option<Vec<Vec<Value>>> = several.iter().map(|form| values(form)).collect();
                all.map_or(Self::Other, |all| {
                    Self::choice(all.concat().iter().filter(|value| !value.is_null()))
                })
            }
        }
    }

    fn choice<'a>(values: impl Iterator<Item = &'a Value>) -> Self {
        let names: Option<Vec<String>> = values.map(|value| value.as_str().map(str::to_owned)).collect();
        names.map_or(Self::Other, Self::Choice)
    }

    fn mend(&self, value: &mut Value) {
        let mended = match (self, &mut *value) {
            (Self::Object(shape), Value::Object(fields)) => {
                shape.mend(fields);
                None
            }
            (Self::Object(shape), Value::String(text)) => super::object(text).map(|mut fields| {
                shape.mend(&mut fields);
                Value::Object(fields)
            }),
            (Self::Text, Value::Number(number)) => Some(Value::String(number.to_string())),
            (Self::Choice(names), Value::String(text)) => {
                let said = plain(text);
                names.iter().find(|name| plain(name) == said).map(|name| Value::String(name.clone()))
            }
            (Self::Flag, Value::String(text)) => flag(text).map(Value::Bool),
            (Self::Flag, Value::Number(number)) => flag(&number.to_string()).map(Value::Bool),
            (Self::Integer, Value::String(text)) => {
                text.trim().parse::<Number>().ok().map(|number| Value::Number(whole(number)))
            }
            (Self::Integer, Value::Number(number)) => Some(Value::Number(whole(number.clone()))),
            (Self::Number, Value::String(text)) => text.trim().parse().ok().map(Value::Number),
            (Self::Other | Self::List, inner) => {
                drop_nulls(inner);
                None
            }
            _ => None,
        };
        if let Some(mended) = mended {
            *value = mended;
        }
    }

    fn takes(&self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Flag => value.is_boolean(),
            Self::Choice(names) => value.as_str().is_some_and(|text| names.iter().any(|name| name == text)),
            Self::Object(_) => value.is_object(),
            Self::List => value.is_array(),
            Self::Other => true,
        }
    }

    /// What is to be written, in words.
    fn wanted(&self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Integer => "a whole number within its bounds".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Choice(names) => format!("one of: {}", names.join(", ")),
            Self::Object(shape) => format!("an object with the fields: {}", shape.names()),
            Self::List => "a list".to_owned(),
            Self::Other => "what the schema of the function says".to_owned(),
        }
    }
}

/// A number without a fraction as the integer that it is.
fn whole(number: Number) -> Number {
    let text = number.to_string();
    text.strip_suffix(".0").and_then(|text| text.parse().ok()).unwrap_or(number)
}

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// The letters and digits of a name, in small letters.
fn plain(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `case_number` for `caseNumber`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for sign in name.chars() {
        if sign.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(if sign == '-' { '_' } else { sign.to_ascii_lowercase() });
    }
    snake
}

/// Takes out every field that is null, however deep.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
