//! Refresh tokens, and what rotation makes of one that is used twice.

use std::collections::HashMap;

use super::noise;
use crate::users::User;

/// What users have granted to clients; a grant lives until its refresh token is revoked.
pub(crate) struct Grants {
    all: Vec<Grant>,
    /// Every refresh token ever issued, with its grant.
    tokens: HashMap<String, usize>,
    rotates: bool,
}

struct Grant {
    client: String,
    user: User,
    /// The one token that is good, unless the grant has ended.
    current: Option<String>,
}

/// A refresh that was granted.
pub(crate) struct Refreshed {
    pub(crate) grant: usize,
    pub(crate) user: User,
    /// The refresh token that takes the place of the one used.
    pub(crate) rotated: Option<String>,
}

/// A refresh that was not; the grant it ended, if it did.
#[derive(Debug)]
pub(crate) struct Reused(pub(crate) Option<usize>);

impl Grants {
    pub(super) fn new(rotates: bool) -> Self {
        Self { all: Vec::new(), tokens: HashMap::new(), rotates }
    }

    /// Opens a grant and gives its number and its first refresh token.
    pub(crate) fn open(&mut self, client: &str, user: &User) -> (usize, String) {
        let number = self.all.len();
        self.all.push(Grant { client: client.to_owned(), user: user.clone(), current: None });
        (number, self.renew(number))
    }

    /// Uses a refresh token. One that rotation has already replaced ends its grant for everyone.
    ///
    /// See Salesforce, "Refresh Token Rotation".
    pub(crate) fn refresh(&mut self, client: &str, token: &str) -> Result<Refreshed, Reused> {
        let number = *self.tokens.get(token).ok_or(Reused(None))?;
        let grant = &mut self.all[number];
        if grant.client != client {
            return Err(Reused(None));
        }
        if grant.current.as_deref() != Some(token) {
            let was_open = grant.current.take().is_some();
            return Err(Reused(was_open.then_some(number)));
        }
        let user = grant.user.clone();
        let rotated = self.rotates.then(|| self.renew(number));
        Ok(Refreshed { grant: number, user, rotated })
    }

    /// Whom a good refresh token belongs to.
    pub(crate) fn holder(&self, token: &str) -> Option<&User> {
        let grant = &self.all[*self.tokens.get(token)?];
        (grant.current.as_deref() == Some(token)).then_some(&grant.user)
    }

    /// Ends the grant of a good refresh token and gives its number.
    pub(super) fn end(&mut self, token: &str) -> Option<usize> {
        let number = *self.tokens.get(token)?;
        let current = &mut self.all[number].current;
        (current.as_deref() == Some(token)).then(|| {
            *current = None;
            number
        })
    }

    fn renew(&mut self, number: usize) -> String {
        let token = format!("5Aep8{}", noise(82));
        self.tokens.insert(token.clone(), number);
        self.all[number].current = Some(token.clone());
        token
    }
}

#[cfg(test)]
mod tests {
    use super::Grants;
    use crate::{engine::user, users::User};

    fn ada() -> User {
        User { id: user(), username: "ada@example.com".to_owned() }
    }

    #[test]
    fn with_rotation_a_used_token_ends_the_grant() {
        let mut grants = Grants::new(true);
        let (number, first) = grants.open("client", &ada());
        let second = grants.refresh("client", &first).ok().unwrap().rotated.unwrap();
        assert!(grants.holder(&second).is_some());
        assert_eq!(grants.refresh("client", &first).err().unwrap().0, Some(number));
        assert!(grants.holder(&second).is_none());
        assert_eq!(grants.refresh("client", &second).err().unwrap().0, None);
    }

    #[test]
    fn without_rotation_a_token_is_good_any_number_of_times() {
        let mut grants = Grants::new(false);
        let (_, token) = grants.open("client", &ada());
        for _ in 0..3 {
            assert!(grants.refresh("client", &token).ok().unwrap().rotated.is_none());
        }
        assert!(grants.refresh("another", &token).is_err());
    }
}
