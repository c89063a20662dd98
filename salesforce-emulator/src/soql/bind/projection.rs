//! The shape of a query's records: their own fields, and parents inside them.

use crate::{
    error::{ApiError, Code},
    soql::ast::Path,
};

use super::access::{Leaf, Resolved, Scope};

/// The fields and parents to give of a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Projection {
    pub(crate) fields: Vec<(String, Leaf)>,
    pub(crate) parents: Vec<Parent>,
}

/// A record inside a record.
#[derive(Clone, Debug)]
pub(crate) struct Parent {
    pub(crate) name: String,
    pub(crate) column: usize,
    pub(crate) inner: Projection,
}

impl Projection {
    pub(super) fn bind(scope: &Scope<'_>, paths: &[Path]) -> Result<Self, ApiError> {
        let mut whole = Self::default();
        for path in paths {
            whole.add(scope, path)?;
        }
        Ok(whole)
    }

    fn add(&mut self, scope: &Scope<'_>, path: &Path) -> Result<(), ApiError> {
        // Reading the way first makes its errors the same here as in a filter.
        scope.access(path)?;
        let names = scope.own_names(path);
        let Some((last, parents)) = names.split_last() else { return Ok(()) };
        let (mut shape, mut object) = (self, Some(scope.object));
        for name in parents {
            let Some(here) = object else { return Ok(()) };
            let (column, name) = match scope.step(path, here, name)? {
                Resolved::Parent { column, object: next, name } => {
                    object = Some(next);
                    (column, name)
                }
                Resolved::Polymorphic { column, name } => {
                    object = None;
                    (column, name)
                }
            };
            shape = shape.parent(column, name);
        }
        let (name, leaf) = if let Some(object) = object {
            let known = scope.engine.schema.object(object);
            let column = known.field(last).ok_or_else(|| scope.no_column(path, last, object))?;
            (known.fields[column].name.clone(), Leaf::Column(column))
        } else {
            let name = scope.shared_name(path, last)?;
            (name.clone(), Leaf::Named(name))
        };
        if shape.fields.iter().any(|(known, _)| *known == name) {
            let message = format!("duplicate field selected: {}", path.shown());
            return Err(ApiError::new(Code::InvalidField, message));
        }
        shape.fields.push((name, leaf));
        Ok(())
    }

    fn parent(&mut self, column: usize, name: String) -> &mut Self {
        let at = self.parents.iter().position(|parent| parent.column == column).unwrap_or_else(|| {
            self.parents.push(Parent { name, column, inner: Self::default() });
            self.parents.len() - 1
        });
        &mut self.parents[at].inner
    }
}
