//! What the users of the API may not see or do, all of them or one.

use super::{Line, OrgBuilder};
use crate::{
    engine::{Engine, Operation, Withheld},
    error::OrgError,
    users::Users,
};

/// Something that a user may not see or do.
pub(crate) struct Restriction {
    /// The user's name; nothing for everybody.
    pub(crate) user: Option<String>,
    pub(crate) object: String,
    pub(crate) what: Restricted,
    pub(crate) line: Line,
}

/// What is taken away of an object.
pub(crate) enum Restricted {
    Operation(Operation),
    /// The object is not there.
    Sight,
    /// A field is not there.
    SightOf(String),
    /// A field is there, and cannot be written.
    WritingOf(String),
}

impl OrgBuilder {
    /// Takes the permission for an operation on an object away from everybody.
    pub fn deny(self, object: impl Into<String>, operation: Operation) -> Self {
        self.restrict(None, object.into(), Restricted::Operation(operation))
    }

    /// Takes the permission for an operation on an object away from one user.
    pub fn deny_user(
        self,
        username: impl Into<String>,
        object: impl Into<String>,
        operation: Operation,
    ) -> Self {
        self.restrict(Some(username.into()), object.into(), Restricted::Operation(operation))
    }

    /// Takes an object out of everybody's sight, as if the org had no such object.
    pub fn hide_object(self, object: impl Into<String>) -> Self {
        self.restrict(None, object.into(), Restricted::Sight)
    }

    /// Takes an object out of one user's sight.
    pub fn hide_object_from(self, username: impl Into<String>, object: impl Into<String>) -> Self {
        self.restrict(Some(username.into()), object.into(), Restricted::Sight)
    }

    /// Takes a field out of everybody's sight, as if its object had no such field.
    pub fn hide_field(self, object: impl Into<String>, field: impl Into<String>) -> Self {
        self.restrict(None, object.into(), Restricted::SightOf(field.into()))
    }

    /// Takes a field out of one user's sight.
    pub fn hide_field_from(
        self,
        username: impl Into<String>,
        object: impl Into<String>,
        field: impl Into<String>,
    ) -> Self {
        self.restrict(Some(username.into()), object.into(), Restricted::SightOf(field.into()))
    }

    /// Lets everybody read a field, and nobody write it.
    pub fn read_only_field(self, object: impl Into<String>, field: impl Into<String>) -> Self {
        self.restrict(None, object.into(), Restricted::WritingOf(field.into()))
    }

    /// Lets one user read a field, and not write it.
    pub fn read_only_field_for(
        self,
        username: impl Into<String>,
        object: impl Into<String>,
        field: impl Into<String>,
    ) -> Self {
        self.restrict(Some(username.into()), object.into(), Restricted::WritingOf(field.into()))
    }

    pub(crate) fn restrict_at(mut self, restriction: Restriction) -> Self {
        self.restrictions.push(restriction);
        self
    }

    fn restrict(self, user: Option<String>, object: String, what: Restricted) -> Self {
        self.restrict_at(Restriction { user, object, what, line: Line::NONE })
    }
}

/// Takes away what is restricted, once everything is there that an administrator made.
pub(super) fn restrict(
    engine: &mut Engine,
    users: &Users,
    restrictions: Vec<Restriction>,
) -> Result<(), OrgError> {
    for Restriction { user, object, what, line } in restrictions {
        let user = match user {
            None => None,
            Some(name) => Some(users.named(&name).map(|user| user.id).ok_or_else(|| {
                line.wrong(&format!("a permission for {object} is of the unknown user {name}"))
            })?),
        };
        let (field, is_seen) = match what {
            Restricted::Operation(operation) => {
                if engine.schema.find(&object).is_none() {
                    return Err(line.wrong(&format!("a permission is for the unknown object {object}")));
                }
                engine.rules.deny(user, object, operation);
                continue;
            }
            Restricted::Sight => (None, false),
            Restricted::SightOf(field) => (Some(field), false),
            Restricted::WritingOf(field) => (Some(field), true),
        };
        let withheld = Withheld { user, object, field, is_seen };
        engine.withhold(withheld).map_err(|sentence| line.wrong(&sentence))?;
    }
    Ok(())
}
