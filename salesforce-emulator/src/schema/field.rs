//! A field of an object, as data: its type, its size, and what may be done with it.

use serde_json::Value;

use super::kind::Kind;
use crate::builder::Line;

/// A custom field declared when the org starts.
///
/// Text lengths are counted in UTF-16 units, as a Java server does. See Salesforce, "Custom Field Types".
#[derive(Clone, Debug)]
#[must_use = "a field exists once it is given to a builder"]
pub struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) length: usize,
    /// Digits before the decimal point that a number may have.
    pub(crate) digits: u32,
    pub(crate) scale: u32,
    pub(crate) picklist: Vec<String>,
    pub(crate) targets: Vec<String>,
    pub(crate) relationship: Option<String>,
    pub(crate) default: Value,
    /// The value is read through a reference of the same record: (reference field, field there).
    pub(crate) through: Option<(&'static str, &'static str)>,
    /// Where in an org file it was written.
    pub(crate) line: Line,
    traits: u32,
}

/// What may be done with a field; each is one bit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trait {
    Create = 1,
    Update = 1 << 1,
    Filter = 1 << 2,
    Sort = 1 << 3,
    Nillable = 1 << 4,
    Unique = 1 << 5,
    ExternalId = 1 << 6,
    IdLookup = 1 << 7,
    Name = 1 << 8,
    AutoNumber = 1 << 9,
    Restricted = 1 << 10,
    Cascade = 1 << 11,
    Indexed = 1 << 12,
    AnyTarget = 1 << 13,
    /// The user who asks does not see it.
    Hidden = 1 << 14,
}

impl Field {
    /// A unique external id: text of 255 characters, compared without regard to case.
    pub fn external_id(name: impl Into<String>) -> Self {
        Self::text(name, 255)
            .with(Trait::ExternalId)
            .with(Trait::Unique)
            .with(Trait::IdLookup)
            .with(Trait::Indexed)
    }

    /// Text of at most `length` characters.
    pub fn text(name: impl Into<String>, length: usize) -> Self {
        Self::sized(name, Kind::Text, length)
    }

    /// A long text area, which no query can filter or sort by.
    pub fn long_text(name: impl Into<String>, length: usize) -> Self {
        Self::sized(name, Kind::TextArea, length).without(Trait::Filter).without(Trait::Sort)
    }

    /// A telephone number, stored as it is given.
    pub fn phone(name: impl Into<String>) -> Self {
        Self::sized(name, Kind::Phone, 40).with(Trait::Indexed)
    }

    /// An e-mail address of at most 80 characters.
    pub fn email(name: impl Into<String>) -> Self {
        Self::sized(name, Kind::Email, 80).with(Trait::Indexed)
    }

    /// A picklist that takes other values as well.
    pub fn picklist<T: Into<String>>(name: impl Into<String>, values: impl IntoIterator<Item = T>) -> Self {
        Self::sized(name, Kind::Picklist, 255).suggestions(values)
    }

    /// A picklist that takes its own values alone.
    pub fn restricted_picklist<T: Into<String>>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        Self::picklist(name, values).restricted()
    }

    /// A picklist of which several values can be selected, written as `A;B`; it takes other values as well.
    pub fn multi_picklist<T: Into<String>>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        Self::sized(name, Kind::MultiPicklist, 4_099).without(Trait::Sort).suggestions(values)
    }

    /// The picklist takes its own values alone.
    pub fn restricted(self) -> Self {
        self.with(Trait::Restricted)
    }

    /// A checkbox: `false` unless given, and never null.
    pub fn checkbox(name: impl Into<String>) -> Self {
        Self::plain(name, Kind::Boolean).without(Trait::Nillable).default_value(false)
    }

    /// A number with `digits` digits before the decimal point and `scale` after it.
    pub fn number(name: impl Into<String>, digits: u32, scale: u32) -> Self {
        Self { scale, ..Self::plain(name, Kind::Double).digits(digits) }
    }

    /// A calendar date.
    pub fn date(name: impl Into<String>) -> Self {
        Self::plain(name, Kind::Date)
    }

    /// An instant, kept to the second.
    pub fn datetime(name: impl Into<String>) -> Self {
        Self::plain(name, Kind::DateTime)
    }

    /// A reference to a record of another object.
    pub fn lookup(name: impl Into<String>, object: impl Into<String>) -> Self {
        let name = name.into();
        let relationship = match name.strip_suffix("__c") {
            Some(stem) => format!("{stem}__r"),
            None => name.strip_suffix("Id").unwrap_or(&name).to_owned(),
        };
        let mut field = Self::plain(name, Kind::Reference).with(Trait::Indexed);
        field.targets.push(object.into());
        field.relationship = Some(relationship);
        field.length = 18;
        field
    }

    /// The field must have a value.
    pub fn required(self) -> Self {
        self.without(Trait::Nillable)
    }

    /// No two records may share a value, compared without regard to case.
    pub fn unique(self) -> Self {
        self.with(Trait::Unique).with(Trait::Indexed)
    }

    /// The value of a record that is created without one.
    pub fn default_value(mut self, value: impl Into<Value>) -> Self {
        self.default = value.into();
        self
    }

    /// The words a person reads; error messages of the org use them.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn at(self, line: Line) -> Self {
        Self { line, ..self }
    }

    pub(crate) fn plain(name: impl Into<String>, kind: Kind) -> Self {
        let name = name.into();
        Self {
            label: spaced(&name),
            name,
            kind,
            length: 0,
            digits: 0,
            scale: 0,
            picklist: Vec::new(),
            targets: Vec::new(),
            relationship: None,
            default: Value::Null,
            through: None,
            line: Line::NONE,
            traits: Trait::Create as u32
                | Trait::Update as u32
                | Trait::Filter as u32
                | Trait::Sort as u32
                | Trait::Nillable as u32,
        }
    }

    pub(crate) fn sized(name: impl Into<String>, kind: Kind, length: usize) -> Self {
        Self { length, ..Self::plain(name, kind) }
    }

    pub(crate) fn sized_to(self, length: usize) -> Self {
        Self { length, ..self }
    }

    pub(crate) fn not_unique(self) -> Self {
        self.without(Trait::Unique)
    }

    pub(crate) fn int(name: impl Into<String>, digits: u32) -> Self {
        Self::plain(name, Kind::Int).digits(digits)
    }

    pub(crate) fn digits(self, digits: u32) -> Self {
        Self { digits, ..self }
    }

    pub(crate) fn suggestions<T: Into<String>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        self.picklist = values.into_iter().map(Into::into).collect();
        self
    }

    pub(crate) fn read_only(self) -> Self {
        self.without(Trait::Create).without(Trait::Update)
    }

    pub(crate) fn create_only(self) -> Self {
        self.without(Trait::Update)
    }

    pub(crate) fn targets<T: Into<String>>(mut self, more: impl IntoIterator<Item = T>) -> Self {
        self.targets.extend(more.into_iter().map(Into::into));
        self
    }

    pub(crate) fn through(mut self, reference: &'static str, field: &'static str) -> Self {
        self.through = Some((reference, field));
        self.read_only()
    }

    pub(crate) fn with(mut self, wanted: Trait) -> Self {
        self.traits |= wanted as u32;
        self
    }

    pub(crate) fn without(mut self, unwanted: Trait) -> Self {
        self.traits &= !(unwanted as u32);
        self
    }

    pub(crate) fn has(&self, wanted: Trait) -> bool {
        self.traits & wanted as u32 != 0
    }

    pub(crate) fn is_custom(&self) -> bool {
        self.name.ends_with("__c")
    }

    /// A reference whose target can be of several objects.
    pub(crate) fn is_polymorphic(&self) -> bool {
        self.targets.len() > 1
    }
}

/// `CallDurationInSeconds` as a label: `Call Duration In Seconds`.
fn spaced(name: &str) -> String {
    let stem = name.strip_suffix("__c").unwrap_or(name).replace('_', " ");
    let mut label = String::with_capacity(stem.len() + 4);
    let mut before = ' ';
    for letter in stem.chars() {
        if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            label.push(' ');
        }
        label.push(letter);
        before = letter;
    }
    match label.strip_suffix(" Id") {
        Some(stem) => format!("{stem} ID"),
        None => label,
    }
}
