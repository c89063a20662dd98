//! A permission of an org file.

use serde::Deserialize;

use crate::{
    builder::{Line, OrgBuilder, Restricted, Restriction},
    engine::Operation,
    error::OrgError,
};

/// What a user of the API, or everybody, may not do to the records of an object or to one of its fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PermissionEntry {
    user: Option<String>,
    object: String,
    field: Option<String>,
    read: Option<bool>,
    create: Option<bool>,
    edit: Option<bool>,
    delete: Option<bool>,
}

impl PermissionEntry {
    /// Adds what is taken away to a builder; a permission that says nothing is an error.
    pub(super) fn read(self, mut builder: OrgBuilder, line: Line) -> Result<OrgBuilder, OrgError> {
        for what in self.restrictions().map_err(|sentence| line.wrong(&sentence))? {
            let (user, object) = (self.user.clone(), self.object.clone());
            builder = builder.restrict_at(Restriction { user, object, what, line });
        }
        Ok(builder)
    }

    fn restrictions(&self) -> Result<Vec<Restricted>, String> {
        let (object, read, create, edit, delete) =
            (&self.object, self.read, self.create, self.edit, self.delete);
        let denied = |given: Option<bool>| given == Some(false);
        if let Some(field) = &self.field {
            if create.is_some() || delete.is_some() {
                return Err(format!("the field {object}.{field} can be read and edited, nothing else"));
            }
            if denied(read) && edit == Some(true) {
                return Err(format!("the field {object}.{field} cannot be edited without being read"));
            }
            return match (denied(read), denied(edit)) {
                (true, _) => Ok(vec![Restricted::SightOf(field.clone())]),
                (false, true) => Ok(vec![Restricted::WritingOf(field.clone())]),
                (false, false) => Err(format!("a permission for {object}.{field} takes nothing away")),
            };
        }
        if denied(read) {
            if [create, edit, delete].contains(&Some(true)) {
                return Err(format!("{object} cannot be written without being read"));
            }
            return Ok(vec![Restricted::Sight]);
        }
        let operations =
            [(create, Operation::Insert), (edit, Operation::Update), (delete, Operation::Delete)];
        let denied: Vec<Restricted> = operations
            .into_iter()
            .filter(|(given, _)| denied(*given))
            .map(|(_, operation)| Restricted::Operation(operation))
            .collect();
        if denied.is_empty() {
            Err(format!("a permission for {object} takes nothing away"))
        } else {
            Ok(denied)
        }
    }
}
