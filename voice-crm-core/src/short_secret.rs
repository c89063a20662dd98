//! Secrets that can be guessed.

/// The shortest secret that is taken, in characters.
const SHORTEST: usize = 16;

/// A secret is so short that it can be found by trying.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "{what} has {length} characters and can be guessed; give one of at least {SHORTEST}, such as `openssl rand -hex 32` \
     prints"
)]
pub struct ShortSecret {
    what: &'static str,
    length: usize,
}

impl ShortSecret {
    /// Refuses a secret that is too short.
    pub(crate) fn check(what: &'static str, secret: &str) -> Result<(), Self> {
        // White space around a secret makes it no harder to guess.
        match secret.trim().chars().count() {
            length if length < SHORTEST => Err(Self { what, length }),
            _ => Ok(()),
        }
    }
}
