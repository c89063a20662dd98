//! The people and programs that may log in with a name and a password.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::id::RecordId;

/// A user, as a session names it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct User {
    pub(crate) id: RecordId,
    pub(crate) username: String,
}

/// The users of the org; the first is the integration user.
pub(crate) struct Users(Vec<(User, SecretString)>);

impl Users {
    pub(crate) fn new(users: Vec<(User, SecretString)>) -> Self {
        Self(users)
    }

    /// The user on whose behalf the client itself acts.
    pub(crate) fn integration(&self) -> Option<User> {
        self.0.first().map(|(user, _)| user.clone())
    }

    /// A user by name, in any case.
    pub(crate) fn named(&self, username: &str) -> Option<User> {
        self.find(username).map(|(user, _)| user.clone())
    }

    /// A user who gave the right password.
    pub(crate) fn check(&self, username: &str, password: &str) -> Option<User> {
        let (user, known) = self.find(username)?;
        (known.expose_secret() == password).then(|| user.clone())
    }

    fn find(&self, username: &str) -> Option<&(User, SecretString)> {
        self.0.iter().find(|(user, _)| user.username.eq_ignore_ascii_case(username))
    }
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Users").field("count", &self.0.len()).finish()
    }
}
