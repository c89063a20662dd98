//! Record types: who may use which, which one a new record gets, and what values its picklists take.

use serde_json::{Value, json};

use super::{Draft, Engine, body::Given};
use crate::{
    error::{ApiError, Code},
    id::RecordId,
    schema::{Kind, RECORD_TYPE, Trait},
};

/// A record type, with its users by their ids and its picklists by their columns.
#[derive(Clone, Debug)]
pub(crate) struct RecordType {
    pub(crate) object: usize,
    pub(crate) id: RecordId,
    pub(crate) developer_name: String,
    pub(crate) label: String,
    pub(crate) is_active: bool,
    pub(crate) users: Whose,
    pub(crate) default_of: Whose,
    pub(crate) values: Vec<(usize, Vec<String>)>,
}

/// Some of the users.
#[derive(Clone, Debug)]
pub(crate) enum Whose {
    Everybodys,
    Only(Vec<RecordId>),
}

impl Whose {
    fn is_of(&self, user: RecordId) -> bool {
        match self {
            Self::Everybodys => true,
            Self::Only(users) => users.contains(&user),
        }
    }
}

impl RecordType {
    fn is_available(&self, user: RecordId) -> bool {
        self.is_active && self.users.is_of(user)
    }
}

impl Engine {
    /// The record type that a body names, if the user may use it for records of the object.
    ///
    /// Null stands for the master record type.
    pub(super) fn usable_record_type(
        &self,
        object: usize,
        given: &Value,
        stored: &Value,
    ) -> Result<Value, ApiError> {
        if given.is_null() {
            return Ok(Value::Null);
        }
        let text = stored.as_str().unwrap_or_default();
        let field = "Record Type ID";
        if !text.is_empty() && RecordId::parse(text).is_none() {
            let message = format!("{field}: id value of incorrect type: {text}");
            return Err(ApiError::on_field(Code::MalformedId, message, RECORD_TYPE));
        }
        let usable = self.record_types.iter().find(|known| {
            known.object == object
                && known.is_available(self.actor)
                && Some(known.id) == RecordId::parse(text)
        });
        let usable = usable.ok_or_else(|| {
            let message = format!("{field}: this ID value isn't valid for the user: {text}");
            ApiError::on_field(Code::InvalidCrossReference, message, RECORD_TYPE)
        })?;
        Ok(Value::from(usable.id.to_string()))
    }

    /// Gives a new record the default record type of the user, unless it has one.
    pub(super) fn set_record_type(&self, object: usize, draft: &mut Draft<'_>) {
        if draft.get(RECORD_TYPE).is_null()
            && let Some(default) = self.default_record_type(object)
        {
            draft.set(RECORD_TYPE, default.id.to_string());
        }
    }

    fn default_record_type(&self, object: usize) -> Option<&RecordType> {
        let user = self.actor;
        self.record_types
            .iter()
            .find(|known| known.object == object && known.is_available(user) && known.default_of.is_of(user))
    }

    /// Refuses values of restricted picklists that the record's type does not take.
    pub(super) fn check_picklists(
        &self,
        object: usize,
        draft: &Draft<'_>,
        given: &Given,
    ) -> Result<(), ApiError> {
        let id = draft.text(RECORD_TYPE).and_then(RecordId::parse);
        let Some(kind) =
            self.record_types.iter().find(|known| Some(known.id) == id && known.object == object)
        else {
            return Ok(());
        };
        for (column, value) in given {
            let field = &draft.object.fields[*column];
            let taken = kind.values.iter().find(|(at, _)| at == column).map(|(_, values)| values);
            let (Some(taken), Some(text), true) = (taken, value.as_str(), field.has(Trait::Restricted))
            else {
                continue;
            };
            let is_taken = |value: &str| taken.iter().any(|known| known == value);
            let fits = if field.kind == Kind::MultiPicklist {
                text.split(';').all(is_taken)
            } else {
                is_taken(text)
            };
            if !fits {
                let message = format!("{}: bad value for restricted picklist field: {text}", field.label);
                return Err(ApiError::on_field(Code::InvalidPicklist, message, &field.name));
            }
        }
        Ok(())
    }

    /// The `recordTypeInfos` of a describe result, as the user has them; the master record type stands last.
    pub(crate) fn record_type_infos(&self, object: usize, version: &str) -> Value {
        let name = &self.schema.object(object).name;
        let layouts = format!("/services/data/v{version}/sobjects/{name}/describe/layouts");
        let default = self.default_record_type(object).map(|known| known.id);
        let info = |id: &str, developer_name: &str, label: &str, is: [bool; 4]| {
            let [active, available, default, master] = is;
            json!({
                "active": active,
                "available": available,
                "defaultRecordTypeMapping": default,
                "developerName": developer_name,
                "master": master,
                "name": label,
                "recordTypeId": id,
                "urls": { "layout": format!("{layouts}/{id}") },
            })
        };
        let own = self.record_types.iter().filter(|known| known.object == object).map(|known| {
            let is = [known.is_active, known.is_available(self.actor), default == Some(known.id), false];
            info(&known.id.to_string(), &known.developer_name, &known.label, is)
        });
        let master = info(MASTER, "Master", "Master", [true, true, default.is_none(), true]);
        own.chain([master]).collect()
    }
}

/// The record type of every record that has none of its own.
const MASTER: &str = "012000000000000AAA";
