//! How to get from a record to a field of it or of a record it refers to.

use serde_json::Value;

use crate::{
    engine::{Engine, Row},
    error::{ApiError, Code},
    schema::{Field, Kind, Trait},
    soql::{
        ast::{Expression, Operator, Path},
        date_function::DateFunction,
        formatted,
        operand::Operand,
        syntax::pointed,
    },
};

use super::{Check, Filter};

/// The way to a field.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    /// The reference columns to follow.
    pub(super) steps: Vec<usize>,
    pub(super) leaf: Leaf,
    pub(crate) kind: Kind,
    field: Option<Box<Field>>,
    /// What is made of the value.
    function: Option<DateFunction>,
}

/// The field at the end of the way.
#[derive(Clone, Debug)]
pub(crate) enum Leaf {
    Column(usize),
    /// A field of whichever object a polymorphic reference turns out to lead to.
    Named(String),
    /// A value as a person reads it: its kind, and the digits after the point of a number.
    Formatted(Box<Leaf>, Kind, u32),
}

impl Access {
    pub(super) fn allows(&self, wanted: Trait) -> bool {
        self.field.as_ref().is_none_or(|field| field.has(wanted))
    }

    /// Whether rows can be grouped by the field.
    pub(super) fn is_groupable(&self) -> bool {
        let exact = !matches!(
            self.kind,
            Kind::Double | Kind::Currency | Kind::DateTime | Kind::Base64 | Kind::MultiPicklist
        );
        exact && self.allows(Trait::Filter)
    }

    /// The column, if the value is the record's own as it stands.
    pub(crate) fn own_column(&self) -> Option<usize> {
        match self.leaf {
            Leaf::Column(column) if self.steps.is_empty() && self.function.is_none() => Some(column),
            _ => None,
        }
    }

    pub(crate) fn read(&self, engine: &Engine, object: usize, row: &Row) -> Value {
        let (mut object, mut row) = (object, row);
        for step in &self.steps {
            let next = row.values[*step].as_str().and_then(|id| engine.record(id));
            let Some(next) = next else { return Value::Null };
            (object, row) = next;
        }
        let value = self.leaf.read(engine, object, row);
        self.function.map_or_else(|| value.clone(), |function| function.of(&value))
    }

    /// How many digits a number has after its point.
    pub(super) fn scale(&self) -> u32 {
        self.field.as_ref().filter(|_| self.function.is_none()).map_or(0, |field| field.scale)
    }
}

impl Leaf {
    pub(crate) fn read(&self, engine: &Engine, object: usize, row: &Row) -> Value {
        match self {
            Self::Column(column) => engine.value(object, row, *column),
            Self::Formatted(leaf, kind, scale) => {
                formatted::formatted(*kind, *scale, &leaf.read(engine, object, row))
            }
            // A queue is a group of a type of its own.
            Self::Named(name) if name == "Type" && engine.schema.object(object).name != "Group" => {
                Value::from(engine.schema.object(object).name.as_str())
            }
            Self::Named(name) => {
                let column = engine.schema.object(object).seen(name);
                column.map_or(Value::Null, |column| engine.value(object, row, column))
            }
        }
    }
}

/// What names in a query refer to.
pub(super) struct Scope<'a> {
    pub(super) engine: &'a Engine,
    pub(super) object: usize,
    pub(super) alias: Option<&'a str>,
    pub(super) text: &'a str,
}

/// One name of a path, resolved.
pub(super) enum Resolved {
    /// Go on at this object.
    Parent { column: usize, object: usize, name: String },
    /// Go on at one of several objects.
    Polymorphic { column: usize, name: String },
}

impl Scope<'_> {
    /// The names of a path after the alias or the object's own name, if it begins with one.
    pub(super) fn own_names<'p>(&self, path: &'p Path) -> &'p [String] {
        let object = self.engine.schema.object(self.object);
        match path.names.split_first() {
            Some((first, rest)) if !rest.is_empty() => {
                let is_alias = self.alias.is_some_and(|alias| alias.eq_ignore_ascii_case(first));
                let is_object =
                    first.eq_ignore_ascii_case(&object.name) && object.relationship(first).is_none();
                if is_alias || is_object { rest } else { &path.names }
            }
            _ => &path.names,
        }
    }

    pub(super) fn access(&self, path: &Path) -> Result<Access, ApiError> {
        let names = self.own_names(path);
        let (mut object, mut steps) = (self.object, Vec::new());
        let (last, parents) = names.split_last().ok_or_else(|| self.no_column(path, "", object))?;
        if parents.len() > MAX_STEPS {
            let message = "No more than 5 levels of parent relationships can be followed";
            return Err(ApiError::new(Code::InvalidField, pointed(self.text, path.at, message)));
        }
        for (at, name) in parents.iter().enumerate() {
            match self.step(path, object, name)? {
                Resolved::Parent { column, object: next, .. } => {
                    steps.push(column);
                    object = next;
                }
                Resolved::Polymorphic { column, .. } => {
                    steps.push(column);
                    if at + 1 < parents.len() {
                        return Err(self.no_relationship(path, &parents[at + 1]));
                    }
                    let name = self.shared_name(path, last)?;
                    let kind = match name.as_str() {
                        "Id" => Kind::Id,
                        "IsActive" => Kind::Boolean,
                        _ => Kind::Text,
                    };
                    return Ok(Access { steps, leaf: Leaf::Named(name), kind, field: None, function: None });
                }
            }
        }
        let known = self.engine.schema.object(object);
        let column = known.seen(last).ok_or_else(|| self.no_column(path, last, object))?;
        let field = known.fields[column].clone();
        let (leaf, kind) = (Leaf::Column(column), field.kind);
        Ok(Access { steps, leaf, kind, field: Some(Box::new(field)), function: None })
    }

    /// The way to a value of a record: of a field, of a date function, or a label, which here is the value itself.
    pub(super) fn value(&self, expression: &Expression) -> Result<Access, ApiError> {
        let refused = |message: String| {
            ApiError::new(Code::MalformedQuery, pointed(self.text, expression.at(), &message))
        };
        match expression {
            Expression::Path(path) => self.access(path),
            Expression::Dated(function, path) => {
                let access = self.access(path)?;
                if !function.takes(access.kind) {
                    let message =
                        format!("field {} does not support the function {}", path.shown(), function.name());
                    return Err(refused(message));
                }
                Ok(Access { kind: function.kind(), function: Some(*function), ..access })
            }
            Expression::Label(path) => {
                let access = self.access(path)?;
                if !matches!(access.kind, Kind::Picklist | Kind::MultiPicklist | Kind::Combobox) {
                    return Err(refused(format!(
                        "field {} does not support the function toLabel",
                        path.shown()
                    )));
                }
                Ok(access)
            }
            Expression::Formatted(_) => Err(refused(format!("{} can only be selected", expression.shown()))),
            Expression::Aggregate(_) => {
                Err(refused(format!("{} stands for a group, not for a record", expression.shown())))
            }
        }
    }

    /// The records of `USING SCOPE`; nothing if they are all.
    pub(super) fn filter_scope(&self, name: &Path) -> Result<Option<Filter<Access>>, ApiError> {
        let shown = name.shown();
        if shown.eq_ignore_ascii_case("everything") {
            return Ok(None);
        }
        let path = Path { names: vec!["OwnerId".to_owned()], at: name.at };
        let has_owner = self.engine.schema.object(self.object).field("OwnerId").is_some();
        if !shown.eq_ignore_ascii_case("mine") || !has_owner {
            let message = format!("The filter scope {shown} is not supported for this object");
            return Err(ApiError::new(Code::InvalidQueryScope, pointed(self.text, name.at, &message)));
        }
        let own = Operand::Text(self.engine.actor.to_string());
        let subject = Access { field: None, ..self.access(&path)? };
        let kind = subject.kind;
        Ok(Some(Filter::Test { subject, kind, check: Check::Compare(Operator::Equal, own) }))
    }

    pub(super) fn step(&self, path: &Path, object: usize, name: &str) -> Result<Resolved, ApiError> {
        let known = self.engine.schema.object(object);
        let column = known.seen_relationship(name).ok_or_else(|| self.no_relationship(path, name))?;
        let field = &known.fields[column];
        let name = field.relationship.clone().unwrap_or_default();
        if field.is_polymorphic() {
            return Ok(Resolved::Polymorphic { column, name });
        }
        let target = field.targets.first().and_then(|target| self.engine.schema.seen(target));
        let object = target.ok_or_else(|| self.no_relationship(path, &name))?;
        Ok(Resolved::Parent { column, object, name })
    }

    /// The fields that can be read through a polymorphic reference.
    pub(super) fn shared_name(&self, path: &Path, name: &str) -> Result<String, ApiError> {
        let shared = SHARED_NAMES.iter().find(|shared| shared.eq_ignore_ascii_case(name));
        shared.map(|shared| (*shared).to_owned()).ok_or_else(|| self.missing(path, name, "Name"))
    }

    pub(super) fn no_column(&self, path: &Path, name: &str, object: usize) -> ApiError {
        self.missing(path, name, &self.engine.schema.object(object).name)
    }

    fn missing(&self, path: &Path, name: &str, entity: &str) -> ApiError {
        let message = format!(
            "No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, be sure to \
             append the '__c' after the custom field name. Please reference your WSDL or the describe call for the \
             appropriate names."
        );
        ApiError::new(Code::InvalidField, pointed(self.text, path.at, &message))
    }

    fn no_relationship(&self, path: &Path, name: &str) -> ApiError {
        let message = format!(
            "Didn't understand relationship '{name}' in field path. If you are attempting to use a custom \
             relationship, be sure to append the '__r' after the custom relationship name. Please reference your \
             WSDL or the describe call for the appropriate names."
        );
        ApiError::new(Code::InvalidField, pointed(self.text, path.at, &message))
    }
}

const MAX_STEPS: usize = 5;
const SHARED_NAMES: [&str; 11] = [
    "Id",
    "Name",
    "Type",
    "FirstName",
    "LastName",
    "Email",
    "Phone",
    "Title",
    "Username",
    "Alias",
    "IsActive",
];
