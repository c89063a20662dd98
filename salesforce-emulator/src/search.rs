//! Full-text search: a term, the fields it looks into, and whether a record has it.
//!
//! As in a real org, text is split into tokens at everything that is neither letter nor digit, and where a
//! letter meets a digit; `(415) 555-0142` has the tokens 415, 555 and 0142, and `4155550142` is one token.

use crate::{
    engine::{Engine, Row},
    error::{ApiError, Code},
    schema::{Field, Kind, ObjectType, Trait},
};

mod term;
mod tokens;

use self::{term::Term, tokens::tokens};

/// A search ready to be asked of rows.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    term: Term,
    group: FieldGroup,
}

/// The fields a search looks into: the words between `IN` and `FIELDS`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum FieldGroup {
    #[default]
    All,
    Name,
    Email,
    Phone,
    Sidebar,
}

impl FieldGroup {
    pub(crate) fn named(name: &str) -> Option<Self> {
        let named = [
            ("ALL", Self::All),
            ("NAME", Self::Name),
            ("EMAIL", Self::Email),
            ("PHONE", Self::Phone),
            ("SIDEBAR", Self::Sidebar),
        ];
        named.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, group)| group)
    }

    fn holds(self, field: &Field) -> bool {
        let is_name = field.has(Trait::Name);
        match self {
            Self::All => {
                is_name
                    || matches!(
                        field.kind,
                        Kind::Text | Kind::TextArea | Kind::Phone | Kind::Email | Kind::Url | Kind::Combobox
                    )
            }
            Self::Name => is_name,
            Self::Email => field.kind == Kind::Email,
            Self::Phone => field.kind == Kind::Phone,
            Self::Sidebar => {
                is_name || field.has(Trait::ExternalId) || matches!(field.kind, Kind::Phone | Kind::Email)
            }
        }
    }
}

impl Search {
    /// Reads what stands between the braces of `FIND {...}`.
    pub(crate) fn new(term: &str, group: FieldGroup) -> Result<Self, ApiError> {
        let term = term::parse(term).map_err(|message| ApiError::new(Code::MalformedSearch, message))?;
        Ok(Self { term, group })
    }

    /// Whether the fields of a record hold the term, each phrase of it in one of them.
    pub(crate) fn finds(&self, engine: &Engine, object: usize, row: &Row) -> bool {
        let known = engine.schema.object(object);
        let fields: Vec<_> =
            self.columns(known).filter_map(|at| Some(tokens(row.values[at].as_str()?))).collect();
        self.term.holds(&|phrase| fields.iter().any(|tokens| phrase.is_in(tokens)))
    }

    fn columns<'a>(&'a self, object: &'a ObjectType) -> impl Iterator<Item = usize> + 'a {
        (0..object.fields.len()).filter(|at| {
            let field = &object.fields[*at];
            field.through.is_none() && !field.has(Trait::Hidden) && self.group.holds(field)
        })
    }
}
