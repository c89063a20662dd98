//! What the org can hold: its objects and their fields, by name, relationship and key prefix.

use std::collections::HashMap;

use crate::id::KeyPrefix;

mod account;
pub(crate) mod address;
mod case;
mod case_comment;
mod children;
mod contact;
mod content_document;
mod content_document_link;
mod content_version;
mod custom_field;
mod custom_object;
pub(crate) mod describe;
mod developer_name;
mod event;
mod feed_item;
mod field;
mod group;
mod kind;
mod lead;
mod object;
mod organization;
mod permission_set;
mod push_topic;
mod record_type;
mod streaming_channel;
mod system;
mod task;
mod user;
mod voice_call;

pub(crate) use self::developer_name::is_developer_name;
pub(crate) use self::{
    case::CLOSED as CASE_CLOSED, custom_field::NAME as CUSTOM_FIELD, group::QUEUE,
    record_type::REFERENCE as RECORD_TYPE, task::COMPLETED as TASK_COMPLETED,
};
pub use self::{custom_object::CustomObject, field::Field};
pub(crate) use self::{field::Trait, kind::Kind, object::ObjectType, system::column};

/// Every object of the org.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    objects: Vec<ObjectType>,
    names: HashMap<String, usize>,
    prefixes: HashMap<KeyPrefix, usize>,
}

impl Schema {
    /// The standard objects with the custom ones and the custom fields added.
    ///
    /// The error is one sentence that names what does not fit.
    pub(crate) fn build(custom: Vec<CustomObject>, fields: Vec<(String, Field)>) -> Result<Self, String> {
        let mut objects = vec![
            user::table(),
            account::table(),
            contact::table(),
            lead::table(),
            case::table(),
            case_comment::table(),
            task::table(),
            content_document::table(),
            content_version::table(),
            content_document_link::table(),
            event::table(),
            feed_item::table(),
            group::table(),
            group::queue_object(),
            voice_call::table(),
            push_topic::table(),
            streaming_channel::table(),
            organization::table(),
            record_type::table(),
            permission_set::table(),
            permission_set::field_permissions(),
            permission_set::assignment(),
            custom_field::table(),
        ];
        for (number, object) in custom.into_iter().enumerate() {
            objects.push(object.into_table(number)?);
        }
        for (name, field) in fields {
            let object =
                objects.iter_mut().find(|object| object.name.eq_ignore_ascii_case(&name)).ok_or_else(
                    || format!("{}there is no object {name} to give the field {}", field.line, field.name),
                )?;
            if !field.is_custom() {
                return Err(format!(
                    "{}the custom field {name}.{} does not end in __c",
                    field.line, field.name
                ));
            }
            if object.field(&field.name).is_some() {
                return Err(format!("{}the field {name}.{} is declared twice", field.line, field.name));
            }
            object.push(field);
        }
        Self::index(objects)
    }

    fn index(mut objects: Vec<ObjectType>) -> Result<Self, String> {
        let (mut names, mut prefixes) = (HashMap::new(), HashMap::new());
        for (at, object) in objects.iter().enumerate() {
            if names.insert(fold(&object.name), at).is_some() {
                return Err(format!("the object {} is declared twice", object.name));
            }
            prefixes.insert(object.prefix, at);
        }
        let linkable: Vec<String> =
            objects.iter().filter(|object| object.is_custom()).map(|object| object.name.clone()).collect();
        for object in &mut objects {
            object.widen_targets(&linkable);
            for field in &object.fields {
                let unknown = field.is_custom()
                    && field.targets.iter().any(|target| !names.contains_key(&fold(target)));
                if unknown {
                    return Err(format!(
                        "{}the field {}.{} refers to an unknown object",
                        field.line, object.name, field.name
                    ));
                }
            }
        }
        Ok(Self { objects, names, prefixes })
    }

    pub(crate) fn objects(&self) -> &[ObjectType] {
        &self.objects
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.names.get(&fold(name)).copied()
    }

    /// An object that the user sees, by name in any case.
    pub(crate) fn seen(&self, name: &str) -> Option<usize> {
        self.find(name).filter(|at| !self.object(*at).is_hidden)
    }

    /// The objects that the user sees.
    pub(crate) fn seen_objects(&self) -> impl Iterator<Item = &ObjectType> {
        self.objects.iter().filter(|object| !object.is_hidden)
    }

    /// The objects and fields that refer to an object, as far as the user sees them.
    pub(crate) fn children(&self, at: usize) -> impl Iterator<Item = (&ObjectType, &Field)> {
        let parent = &self.object(at).name;
        self.seen_objects()
            .flat_map(|child| child.seen_fields().map(move |field| (child, field)))
            .filter(move |(_, field)| field.targets.iter().any(|target| target.eq_ignore_ascii_case(parent)))
    }

    /// Whether a search without `RETURNING` looks into an object.
    pub(crate) fn is_searchable(&self, at: usize) -> bool {
        let object = self.object(at);
        let is_indexed = object.is_custom()
            || matches!(object.name.as_str(), "Account" | "Contact" | "Lead" | "Case" | "Task" | "User");
        is_indexed && !object.is_hidden
    }

    /// The child object and its reference column that a relationship name stands for.
    pub(crate) fn child_named(&self, at: usize, name: &str) -> Option<(usize, usize)> {
        self.children(at).find_map(|(child, field)| {
            let found = children::name(child, field)?.eq_ignore_ascii_case(name);
            if found { Some((self.find(&child.name)?, child.field(&field.name)?)) } else { None }
        })
    }

    /// Takes a field out of sight that records can do without.
    pub(crate) fn hide_field(&mut self, object: &str, field: &str) -> Result<(), String> {
        let known = self.named_mut(object)?;
        let at = known.field(field).ok_or_else(|| format!("{object} has no field {field}"))?;
        let needed = &known.fields[at];
        if at <= column::SYSTEM_MODSTAMP || !needed.has(Trait::Nillable) || needed.name == "OwnerId" {
            return Err(format!("every record of {object} needs {field}: it cannot be hidden"));
        }
        known.fields[at] = known.fields[at].clone().with(Trait::Hidden);
        Ok(())
    }

    /// Takes an object out of sight that the org can do without.
    pub(crate) fn hide_object(&mut self, object: &str) -> Result<(), String> {
        let known = self.named_mut(object)?;
        if NEEDED.contains(&known.name.as_str()) {
            return Err(format!("the org needs {object}: it cannot be hidden"));
        }
        known.is_hidden = true;
        Ok(())
    }

    /// Makes a field read-only.
    pub(crate) fn protect_field(&mut self, object: &str, field: &str) -> Result<(), String> {
        let known = self.named_mut(object)?;
        let at = known.field(field).ok_or_else(|| format!("{object} has no field {field}"))?;
        if !known.fields[at].has(Trait::Nillable) && known.fields[at].default.is_null() {
            return Err(format!("every record of {object} needs {field}: it cannot be read-only"));
        }
        let protected = known.fields[at].clone().read_only();
        known.fields[at] = protected;
        Ok(())
    }

    /// Gives an object the field that says of which record type a record is, unless it has it.
    pub(crate) fn add_record_types(&mut self, object: &str) -> Result<(), String> {
        let known = self.named_mut(object)?;
        if !record_type::can_have(known) {
            return Err(format!("{object} has no record types"));
        }
        if known.field(RECORD_TYPE).is_none() {
            known.push(record_type::reference());
        }
        Ok(())
    }

    fn named_mut(&mut self, object: &str) -> Result<&mut ObjectType, String> {
        let at = self.find(object).ok_or_else(|| format!("there is no object {object}"))?;
        Ok(&mut self.objects[at])
    }

    /// Adds a custom field while the org runs.
    pub(crate) fn add_field(&mut self, object: usize, field: Field) {
        self.objects[object].push(field);
    }

    pub(crate) fn by_prefix(&self, prefix: KeyPrefix) -> Option<usize> {
        self.prefixes.get(&prefix).copied()
    }

    pub(crate) fn object(&self, at: usize) -> &ObjectType {
        &self.objects[at]
    }
}

/// What the org itself keeps records of.
const NEEDED: [&str; 6] = ["User", "Organization", "Group", "QueueSobject", "RecordType", CUSTOM_FIELD];

/// The form in which the org compares names and text: each character in lower case.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.chars().flat_map(char::to_lowercase).collect()
    }
}
