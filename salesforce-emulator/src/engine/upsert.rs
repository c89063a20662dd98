//! Writes by an external id: the record that has it is changed, or one is made that has it.

use super::{Engine, Fields};
use crate::{
    error::{ApiError, Code},
    id::RecordId,
};

/// What an upsert did.
pub(crate) enum Upserted {
    Created(RecordId),
    Updated(RecordId),
    /// Several records have the value, and none was touched.
    Several(Vec<RecordId>),
}

impl Engine {
    /// Creates or changes the record whose key field has this value.
    pub(crate) fn upsert(
        &mut self,
        object: usize,
        column: usize,
        text: &str,
        body: &Fields,
        update_only: bool,
    ) -> Result<Upserted, ApiError> {
        let field = &self.schema.object(object).fields[column];
        if body.keys().any(|name| name.eq_ignore_ascii_case(&field.name)) {
            let message = format!("The {} field should not be specified in the sobject data.", field.name);
            return Err(ApiError::new(Code::InvalidField, message));
        }
        match self.keyed(object, column, text).as_slice() {
            [] if update_only => Err(ApiError::missing_resource()),
            [] => self.insert(object, body, Some((column, text))).map(Upserted::Created),
            [serial] => {
                self.update(object, *serial, body)?;
                Ok(Upserted::Updated(self.id(object, *serial)))
            }
            several => Ok(Upserted::Several(several.iter().map(|serial| self.id(object, *serial)).collect())),
        }
    }

    /// The one record whose key field has this value, or all of them if there are several.
    pub(crate) fn find_keyed(&self, object: usize, column: usize, text: &str) -> Result<Keyed, ApiError> {
        match self.keyed(object, column, text).as_slice() {
            [] => Err(ApiError::missing_resource()),
            [serial] => Ok(Keyed::One(*serial)),
            several => Ok(Keyed::Several(several.iter().map(|serial| self.id(object, *serial)).collect())),
        }
    }
}

/// The records that an external id in a path names.
pub(crate) enum Keyed {
    One(u32),
    Several(Vec<RecordId>),
}
