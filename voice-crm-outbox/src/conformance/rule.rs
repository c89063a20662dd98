//! A rule of a contract, and what is said of a broken one.

use std::{error::Error, fmt};

use futures_util::future::BoxFuture;

/// A rule of a contract, to be checked on a fresh subject.
pub struct Rule<S: ?Sized + 'static> {
    pub(super) name: &'static str,
    pub(super) check: for<'a> fn(&'a S) -> BoxFuture<'a, Check>,
}

impl<S: ?Sized> Rule<S> {
    /// The claim that the rule makes, in words joined by underscores.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Checks the rule on a subject that was used for nothing else.
    ///
    /// # Errors
    /// [`Violation`] when the subject breaks the rule.
    pub async fn check(&self, subject: &S) -> Result<(), Violation>
    where
        S: Sync,
    {
        let seen = (self.check)(subject).await;
        seen.map_err(|Seen(seen)| Violation { rule: self.name, seen })
    }
}

impl<S: ?Sized> fmt::Debug for Rule<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rule").field(&self.name).finish()
    }
}

/// A rule that was broken, and what was seen.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the rule `{rule}` is broken: {seen}")]
pub struct Violation {
    rule: &'static str,
    seen: String,
}

impl Violation {
    /// The name of the rule.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// What was seen, and what the rule asks for.
    pub fn seen(&self) -> &str {
        &self.seen
    }
}

/// The rules with these names.
macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        &[$($crate::conformance::Rule {
            name: stringify!($name),
            check: |subject| Box::pin($name(subject)),
        }),*]
    };
}
pub(super) use rules;

/// How the check of a rule ends.
pub(super) type Check = Result<(), Seen>;

/// What was seen that breaks a rule.
pub(super) struct Seen(String);

impl Seen {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl<E: Error> From<E> for Seen {
    fn from(error: E) -> Self {
        Self(format!("an error: {error}"))
    }
}

/// Two values are the same.
#[allow(
    clippy::needless_pass_by_value,
    reason = "a rule compares what it has just read with what it has just made"
)]
pub(super) fn same<T: fmt::Debug + PartialEq>(what: &str, seen: T, expected: T) -> Check {
    if seen == expected {
        return Ok(());
    }
    let (expected, seen) = (format!("{expected:?}"), format!("{seen:?}"));
    Err(Seen(if seen == expected {
        format!("{what}: it differs from {expected} in what is not shown")
    } else {
        format!("{what}: expected {expected}, saw {seen}")
    }))
}

/// Something holds.
pub(super) fn holds(what: &str, holds: bool) -> Check {
    if holds { Ok(()) } else { Err(Seen(format!("it does not hold that {what}"))) }
}
