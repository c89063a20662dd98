//! The shape of a query's records: their own fields, and parents inside them.

use crate::{
    engine::Engine,
    error::{ApiError, Code},
    schema::{Kind, column},
    soql::{
        ast::{Expression, FieldSet, Item, Path, Query, TypeOf},
        formatted,
        syntax::pointed,
    },
};

use super::{
    Plan,
    access::{Leaf, Resolved, Scope},
    aggregation::not_formattable,
    bind_on,
};

/// The fields and parents to give of a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Projection {
    pub(crate) fields: Vec<(String, Leaf)>,
    pub(crate) parents: Vec<Parent>,
    pub(crate) children: Vec<Children>,
}

/// The children to give of a record.
#[derive(Clone, Debug)]
pub(crate) struct Children {
    /// The name of the relationship.
    pub(crate) name: String,
    /// The column by which the children refer to the record.
    pub(crate) column: usize,
    pub(crate) plan: Plan,
}

/// A record inside a record.
#[derive(Clone, Debug)]
pub(crate) struct Parent {
    pub(crate) name: String,
    pub(crate) column: usize,
    pub(crate) inner: Projection,
    /// What to give instead if the parent is of one of these objects.
    pub(crate) cases: Vec<(usize, Projection)>,
}

impl Parent {
    /// What to give of a parent of this object; nothing if no case is for it.
    pub(crate) fn shape_of(&self, object: usize) -> Option<&Projection> {
        let case = self.cases.iter().find(|(known, _)| *known == object).map(|(_, shape)| shape);
        case.or_else(|| (self.cases.is_empty() || !self.inner.fields.is_empty()).then_some(&self.inner))
    }
}

impl Projection {
    /// The way to each field, parents last.
    pub(crate) fn columns(&self) -> Vec<Vec<String>> {
        let own = self.fields.iter().map(|(name, _)| vec![name.clone()]);
        let above = self.parents.iter().flat_map(|parent| {
            let inner = parent.inner.columns().into_iter();
            inner.map(|path| std::iter::once(parent.name.clone()).chain(path).collect())
        });
        own.chain(above).collect()
    }

    /// Whether the fields depend on what a parent turns out to be.
    pub(crate) fn has_choices(&self) -> bool {
        self.parents.iter().any(|parent| !parent.cases.is_empty())
    }

    /// Whether an address as a whole is among the fields.
    pub(crate) fn has_compounds(&self, engine: &Engine, object: usize) -> bool {
        let known = engine.schema.object(object);
        let own = self.fields.iter().any(|(_, leaf)| match leaf {
            Leaf::Column(column) => known.fields[*column].kind == Kind::Address,
            Leaf::Named(_) | Leaf::Formatted(..) => false,
        });
        own || self.parents.iter().any(|parent| match known.fields[parent.column].targets.as_slice() {
            [target] => {
                engine.schema.find(target).is_some_and(|object| parent.inner.has_compounds(engine, object))
            }
            _ => false,
        })
    }

    pub(super) fn of_id() -> Self {
        let id = ("Id".to_owned(), Leaf::Column(column::ID));
        Self { fields: vec![id], ..Self::default() }
    }

    pub(super) fn bind(scope: &Scope<'_>, items: &[Item], limit: Option<usize>) -> Result<Self, ApiError> {
        let mut whole = Self::default();
        for item in items {
            match item {
                Item::Value { expression, alias } => whole.add_value(scope, expression, alias.as_deref())?,
                Item::Fields(set, at) => whole.add_fields(scope, *set, *at, limit)?,
                Item::Children(query) => whole.add_children(scope, query)?,
                Item::TypeOf(choice) => whole.add_choice(scope, choice)?,
            }
        }
        Ok(whole)
    }

    /// The fields of a set. All but the standard ones are given for a bounded number of records only.
    fn add_fields(
        &mut self,
        scope: &Scope<'_>,
        set: FieldSet,
        at: usize,
        limit: Option<usize>,
    ) -> Result<(), ApiError> {
        if set != FieldSet::Standard && limit.is_none_or(|limit| limit > MOST_WITH_FIELDS) {
            let message = format!("The SOQL FIELDS function must have a LIMIT of at most {MOST_WITH_FIELDS}");
            return Err(ApiError::new(Code::MalformedQuery, pointed(scope.text, at, &message)));
        }
        for field in scope.engine.schema.object(scope.object).seen_fields() {
            let wanted = match set {
                FieldSet::All => true,
                FieldSet::Standard => !field.is_custom(),
                FieldSet::Custom => field.is_custom(),
            };
            if wanted {
                self.add(scope, &Path { names: vec![field.name.clone()], at }, None, |leaf| leaf)?;
            }
        }
        Ok(())
    }

    fn add_children(&mut self, scope: &Scope<'_>, query: &Query) -> Result<(), ApiError> {
        let name = query.object.shown();
        let (object, column) = scope.engine.schema.child_named(scope.object, &name).ok_or_else(|| {
            let message = format!(
                "Didn't understand relationship '{name}' in FROM part of query call. If you are attempting to use a \
                 custom relationship, be sure to append the '__r' after the custom relationship name. Please reference \
                 your WSDL or the describe call for the appropriate names."
            );
            ApiError::new(Code::InvalidType, pointed(scope.text, query.object.at, &message))
        })?;
        let plan = bind_on(scope.engine, object, query, scope.text)?;
        if plan.projection.is_none() {
            let message = "A subquery in SELECT gives records, not groups";
            return Err(ApiError::new(Code::MalformedQuery, message));
        }
        self.children.push(Children { name, column, plan });
        Ok(())
    }

    /// The fields of a polymorphic parent, by what it turns out to be.
    fn add_choice(&mut self, scope: &Scope<'_>, choice: &TypeOf) -> Result<(), ApiError> {
        let TypeOf { relationship, cases, otherwise } = choice;
        let refused = |at: usize, message: &str| {
            Err(ApiError::new(Code::MalformedQuery, pointed(scope.text, at, message)))
        };
        let [name] = scope.own_names(relationship) else {
            return refused(relationship.at, "TYPEOF takes a relationship of the object itself");
        };
        let Resolved::Polymorphic { column, name } = scope.step(relationship, scope.object, name)? else {
            return refused(relationship.at, "TYPEOF takes a relationship to objects of several kinds");
        };
        if self.parents.iter().any(|parent| parent.column == column) {
            return refused(relationship.at, "The fields of a relationship are selected once");
        }
        let mut parent = Parent { name, column, inner: Self::default(), cases: Vec::new() };
        let targets = &scope.engine.schema.object(scope.object).fields[column].targets;
        for (object, fields) in cases {
            let shown = object.shown();
            let known = targets.iter().any(|target| target.eq_ignore_ascii_case(&shown));
            let Some(at) = scope.engine.schema.seen(&shown).filter(|_| known) else {
                return refused(object.at, &format!("The relationship never leads to a {shown}"));
            };
            let own = Scope { object: at, alias: None, ..*scope };
            let mut shape = Self::default();
            for field in fields {
                shape.add(&own, field, None, |leaf| leaf)?;
            }
            parent.cases.push((at, shape));
        }
        for field in otherwise {
            let [name] = field.names.as_slice() else {
                return refused(field.at, "ELSE takes fields of the parent itself");
            };
            let name = scope.shared_name(field, name)?;
            parent.inner.fields.push((name.clone(), Leaf::Named(name)));
        }
        self.parents.push(parent);
        Ok(())
    }

    fn add_value(
        &mut self,
        scope: &Scope<'_>,
        expression: &Expression,
        alias: Option<&str>,
    ) -> Result<(), ApiError> {
        match expression {
            Expression::Path(_) if alias.is_some() => {
                let message = "only aggregate expressions use field aliasing";
                Err(ApiError::new(Code::MalformedQuery, message))
            }
            Expression::Path(path) => self.add(scope, path, None, |leaf| leaf),
            Expression::Label(path) => {
                scope.value(expression)?;
                self.add(scope, path, alias, |leaf| leaf)
            }
            Expression::Formatted(inner) => {
                let access = scope.value(inner)?;
                let Expression::Path(path) = &**inner else { return Err(not_formattable(scope, inner)) };
                if !formatted::is_formattable(access.kind) {
                    return Err(not_formattable(scope, inner));
                }
                let shaped = |leaf| Leaf::Formatted(Box::new(leaf), access.kind, access.scale());
                self.add(scope, path, alias, shaped)
            }
            Expression::Dated(..) | Expression::Aggregate(_) => {
                let message = format!("{} must be grouped", expression.shown());
                Err(ApiError::new(Code::MalformedQuery, pointed(scope.text, expression.at(), &message)))
            }
        }
    }

    /// Adds the field at the end of a path, under its name or an alias, as `shaped` makes it.
    fn add(
        &mut self,
        scope: &Scope<'_>,
        path: &Path,
        alias: Option<&str>,
        shaped: impl Fn(Leaf) -> Leaf,
    ) -> Result<(), ApiError> {
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
            let column = known.seen(last).ok_or_else(|| scope.no_column(path, last, object))?;
            (known.fields[column].name.clone(), Leaf::Column(column))
        } else {
            let name = scope.shared_name(path, last)?;
            (name.clone(), Leaf::Named(name))
        };
        let name = alias.map_or(name, str::to_owned);
        if shape.fields.iter().any(|(known, _)| *known == name) {
            let message = format!("duplicate field selected: {}", path.shown());
            return Err(ApiError::new(Code::InvalidField, message));
        }
        shape.fields.push((name, shaped(leaf)));
        Ok(())
    }

    fn parent(&mut self, column: usize, name: String) -> &mut Self {
        let at = self.parents.iter().position(|parent| parent.column == column).unwrap_or_else(|| {
            self.parents.push(Parent { name, column, inner: Self::default(), cases: Vec::new() });
            self.parents.len() - 1
        });
        &mut self.parents[at].inner
    }
}

/// See Salesforce, "`FIELDS()` (SOQL)".
const MOST_WITH_FIELDS: usize = 200;
