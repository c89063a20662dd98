//! What each user sees: the same objects and columns, some of them out of sight or read-only.
//!
//! The org itself sees everything. Only while a user's request runs is the schema that of the user.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde_json::Value;

use super::Engine;
use crate::{
    id::RecordId,
    schema::{Field, Schema},
};

/// An object or a field that a user, or everybody, does not see, or a field that cannot be written.
#[derive(Clone, Debug)]
pub(crate) struct Withheld {
    /// The user; nothing for everybody.
    pub(crate) user: Option<RecordId>,
    pub(crate) object: String,
    /// The field; nothing for the whole object.
    pub(crate) field: Option<String>,
    pub(crate) is_seen: bool,
}

impl Withheld {
    fn concerns(&self, user: RecordId) -> bool {
        self.user.is_none_or(|known| known == user)
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), String> {
        match &self.field {
            None => schema.hide_object(&self.object),
            Some(field) if self.is_seen => schema.protect_field(&self.object, field),
            Some(field) => schema.hide_field(&self.object, field),
        }
    }
}

/// What is withheld, and the schema as users see it.
#[derive(Default)]
pub(super) struct Sight {
    withheld: Vec<Withheld>,
    /// The schema of the org itself, while that of a user stands in its place.
    whole: Option<Arc<Schema>>,
    views: HashMap<RecordId, Arc<Schema>>,
}

impl Engine {
    /// Withholds something; the error is a sentence that says why it cannot be.
    pub(crate) fn withhold(&mut self, withheld: Withheld) -> Result<(), String> {
        withheld.apply(&mut Schema::clone(&self.schema))?;
        self.sight.withheld.push(withheld);
        self.forget_views();
        Ok(())
    }

    /// Acts on behalf of a user, who sees what the user may see.
    pub(crate) fn see_as(&mut self, user: RecordId) {
        self.see_everything();
        self.actor = user;
        if !self.sight.withheld.iter().any(|withheld| withheld.concerns(user)) {
            return;
        }
        let Sight { withheld, views, .. } = &mut self.sight;
        let view = views.entry(user).or_insert_with(|| {
            let mut view = Schema::clone(&self.schema);
            for withheld in withheld.iter().filter(|withheld| withheld.concerns(user)) {
                // It was tried when it was withheld, and objects and fields do not go away.
                let _ = withheld.apply(&mut view);
            }
            Arc::new(view)
        });
        let view = Arc::clone(view);
        self.sight.whole = Some(std::mem::replace(&mut self.schema, view));
    }

    /// Goes back to what the org itself sees.
    pub(crate) fn see_everything(&mut self) {
        if let Some(whole) = self.sight.whole.take() {
            self.schema = whole;
        }
    }

    /// Does what the org does by itself, in the middle of a user's request.
    pub(super) fn seeing_everything<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let Some(whole) = self.sight.whole.clone() else { return work(self) };
        let view = std::mem::replace(&mut self.schema, whole);
        let done = work(self);
        self.schema = view;
        done
    }

    /// Adds a field to the schema, as the org and as the user of this request see it.
    pub(super) fn add_field(&mut self, object: usize, field: &Field) {
        for schema in std::iter::once(&mut self.schema).chain(&mut self.sight.whole) {
            Arc::make_mut(schema).add_field(object, field.clone());
        }
        self.forget_views();
    }

    pub(super) fn forget_views(&mut self) {
        self.sight.views.clear();
    }

    /// What a user must not be told of.
    pub(crate) fn blind_spots(&self, user: RecordId) -> BlindSpots {
        let mut spots = BlindSpots::default();
        for withheld in self.sight.withheld.iter().filter(|withheld| withheld.concerns(user)) {
            let Some(object) = self.schema.find(&withheld.object) else { continue };
            match &withheld.field {
                None => {
                    spots.objects.insert(object);
                }
                Some(field) if !withheld.is_seen => {
                    let known = self.schema.object(object);
                    let column = known.field(field);
                    spots.fields.extend(column.map(|at| (object, known.fields[at].name.clone())));
                }
                Some(_) => {}
            }
        }
        spots
    }
}

/// Objects and fields that one user must not be told of.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlindSpots {
    objects: HashSet<usize>,
    fields: HashSet<(usize, String)>,
}

impl BlindSpots {
    pub(crate) fn hides(&self, object: usize) -> bool {
        self.objects.contains(&object)
    }

    pub(crate) fn hides_field(&self, object: usize, field: &str) -> bool {
        // Few orgs withhold anything, and those a few fields.
        self.fields.iter().any(|(known, name)| *known == object && name == field)
    }

    /// Takes the fields of an object out of a message about a record of it.
    pub(crate) fn cover(&self, object: usize, data: &mut Value) {
        for (_, field) in self.fields.iter().filter(|(known, _)| *known == object) {
            for part in ["sobject", "payload"] {
                if let Some(fields) = data.get_mut(part).and_then(Value::as_object_mut) {
                    fields.remove(field);
                }
            }
            let changed = data.pointer_mut("/payload/ChangeEventHeader/changedFields");
            if let Some(changed) = changed.and_then(Value::as_array_mut) {
                changed.retain(|name| name.as_str() != Some(field));
            }
        }
    }
}
