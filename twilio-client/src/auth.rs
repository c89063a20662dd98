//! Who we are to Twilio, and the secrets that Twilio signs its webhooks with.

#[cfg(feature = "client")]
mod oauth;

#[cfg(feature = "client")]
use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

#[cfg(feature = "client")]
pub(crate) use self::oauth::Tokens;

#[cfg(feature = "client")]
use crate::sid::{AccountSid, ApiKeySid};

/// The shortest secret that signs webhooks and is taken, in characters. Twilio's Auth Tokens have 32.
pub const SHORTEST_SECRET: usize = 16;

/// The account's Auth Token: it authorises requests to Twilio and signs webhooks from Twilio.
///
/// ```
/// use twilio_client::AuthToken;
///
/// let token = AuthToken::new("0123456789abcdef0123456789abcdef")?;
/// assert!(!format!("{token:?}").contains("0123"));
/// # Ok::<(), twilio_client::auth::InvalidSecret>(())
/// ```
#[derive(Clone, Debug)]
pub struct AuthToken(SecretString);

impl AuthToken {
    /// Takes the token as the console shows it.
    ///
    /// # Errors
    ///
    /// [`InvalidSecret`] when it is empty, shorter than [`SHORTEST_SECRET`], or carries white space, as a value read
    /// from a file often does. With an empty token anybody could sign, and a short one is found by trying.
    pub fn new(token: impl Into<String>) -> Result<Self, InvalidSecret> {
        let token = checked(token.into())?;
        match short(&token) {
            Some(length) => Err(InvalidSecret::ShortToken(length)),
            None => Ok(Self(token)),
        }
    }

    /// Takes a token that is so short that it can be found by trying. Only for published test vectors.
    ///
    /// # Errors
    ///
    /// [`InvalidSecret`] when it is empty or carries white space.
    pub fn short_by_choice(token: impl Into<String>) -> Result<Self, InvalidSecret> {
        checked(token.into()).map(Self)
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The secret of a shared key of Twilio's Webhooks configuration: it signs webhooks in place of the [`AuthToken`].
///
/// It authorises no request. See Twilio's page "Sign webhooks with shared keys".
#[cfg(feature = "webhook")]
#[derive(Clone, Debug)]
pub struct SharedKey(SecretString);

#[cfg(feature = "webhook")]
impl SharedKey {
    /// Takes the secret as it was given when the key was made.
    ///
    /// # Errors
    ///
    /// [`InvalidSecret`] when it is empty, shorter than [`SHORTEST_SECRET`], or carries white space.
    pub fn new(secret: impl Into<String>) -> Result<Self, InvalidSecret> {
        let secret = checked(secret.into())?;
        match short(&secret) {
            Some(length) => Err(InvalidSecret::ShortKey(length)),
            None => Ok(Self(secret)),
        }
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The secret of an API key, shown once when the key is made.
#[cfg(feature = "client")]
#[derive(Clone, Debug)]
pub struct ApiKeySecret(SecretString);

#[cfg(feature = "client")]
impl ApiKeySecret {
    /// Takes the secret as the console showed it.
    ///
    /// # Errors
    ///
    /// [`InvalidSecret`] when it is empty or carries white space.
    pub fn new(secret: impl Into<String>) -> Result<Self, InvalidSecret> {
        checked(secret.into()).map(Self)
    }
}

/// The secret of an OAuth application, shown once when the application is made.
#[cfg(feature = "client")]
#[derive(Clone, Debug)]
pub struct ClientSecret(SecretString);

#[cfg(feature = "client")]
impl ClientSecret {
    /// Takes the secret as the console showed it.
    ///
    /// # Errors
    ///
    /// [`InvalidSecret`] when it is empty or carries white space.
    pub fn new(secret: impl Into<String>) -> Result<Self, InvalidSecret> {
        checked(secret.into()).map(Self)
    }
}

/// How requests are authorised.
///
/// An API key can be revoked by itself and is the better choice for requests. Webhooks are signed with the
/// account's [`AuthToken`] or a [`SharedKey`], whichever authorises requests.
#[cfg(feature = "client")]
#[derive(Clone, Debug)]
pub struct Credentials(Login);

#[cfg(feature = "client")]
#[derive(Clone, Debug)]
enum Login {
    AuthToken(AuthToken),
    ApiKey(ApiKeySid, ApiKeySecret),
    OAuth(Box<str>, ClientSecret),
}

/// How the loop of the client logs in.
#[cfg(feature = "client")]
#[derive(Debug)]
pub(crate) enum Authorization {
    Fixed(HeaderValue),
    OAuth(Box<str>, ClientSecret),
}

#[cfg(feature = "client")]
impl Credentials {
    /// The account itself, with its Auth Token.
    pub fn auth_token(token: AuthToken) -> Self {
        Self(Login::AuthToken(token))
    }

    /// An API key of the account.
    pub fn api_key(key: ApiKeySid, secret: ApiKeySecret) -> Self {
        Self(Login::ApiKey(key, secret))
    }

    /// An OAuth application of the account, by the client credentials flow.
    ///
    /// A token is fetched when the first request needs one and replaced before it expires, once for all
    /// requests that wait for it.
    ///
    /// See Twilio's page "OAuth Apps".
    pub fn client_credentials(client_id: impl Into<Box<str>>, secret: ClientSecret) -> Self {
        Self(Login::OAuth(client_id.into(), secret))
    }

    /// None if the secrets cannot stand in a header.
    pub(crate) fn authorization(self, account: &AccountSid) -> Option<Authorization> {
        match self.0 {
            Login::AuthToken(token) => basic(account.as_str(), token.expose()),
            Login::ApiKey(key, secret) => basic(key.as_str(), secret.0.expose_secret()),
            Login::OAuth(id, secret) => Some(Authorization::OAuth(id, secret)),
        }
    }
}

#[cfg(feature = "client")]
fn basic(user: &str, secret: &str) -> Option<Authorization> {
    use base64::Engine as _;

    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{secret}"));
    let mut header = HeaderValue::try_from(format!("Basic {pair}")).ok()?;
    header.set_sensitive(true);
    Some(Authorization::Fixed(header))
}

fn checked(secret: String) -> Result<SecretString, InvalidSecret> {
    if secret.is_empty() {
        Err(InvalidSecret::Empty)
    } else if secret.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Err(InvalidSecret::WhiteSpace)
    } else {
        Ok(SecretString::from(secret))
    }
}

/// How many characters a secret has, if they are so few that it can be found by trying.
fn short(secret: &SecretString) -> Option<usize> {
    Some(secret.expose_secret().chars().count()).filter(|length| *length < SHORTEST_SECRET)
}

/// The text cannot be a secret of Twilio's; it is not repeated here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSecret {
    /// There is no secret at all.
    #[error("the secret is empty")]
    Empty,
    /// An Auth Token is shorter than [`SHORTEST_SECRET`], so that it can be found by trying.
    #[error(
        "the auth token has {0} characters and can be guessed; copy all 32 of them from the Twilio console"
    )]
    ShortToken(usize),
    /// A shared key is shorter than [`SHORTEST_SECRET`], so that it can be found by trying.
    #[error("the shared key has {0} characters and can be guessed; make one of at least {SHORTEST_SECRET}")]
    ShortKey(usize),
    /// The secret carries a space, a line break or a control character.
    #[error("the secret contains white space or a control character")]
    WhiteSpace,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_or_padded_secret_is_refused() {
        assert_eq!(AuthToken::new("").unwrap_err(), InvalidSecret::Empty);
        assert_eq!(AuthToken::new("canary-token-77aa\n").unwrap_err(), InvalidSecret::WhiteSpace);
    }

    #[test]
    fn an_auth_token_that_can_be_guessed_is_refused_and_told_what_to_do() {
        let refused = AuthToken::new("fifteen-letters").unwrap_err();
        assert_eq!(refused, InvalidSecret::ShortToken(15));
        assert!(refused.to_string().contains("copy all 32"), "{refused}");
        assert!(AuthToken::new("sixteen-letters!").is_ok());
    }

    #[cfg(feature = "webhook")]
    #[test]
    fn a_shared_key_that_can_be_guessed_is_refused_and_told_what_to_do() {
        let refused = SharedKey::new("fifteen-letters").unwrap_err();
        assert_eq!(refused, InvalidSecret::ShortKey(15));
        assert!(refused.to_string().contains("at least 16"), "{refused}");
        assert!(SharedKey::new("sixteen-letters!").is_ok());
    }

    #[cfg(feature = "client")]
    #[test]
    fn an_api_key_logs_in_under_its_own_name() {
        let account: AccountSid = "AC00000000000000000000000000000001".parse().unwrap();
        let key: ApiKeySid = "SK00000000000000000000000000000002".parse().unwrap();
        let credentials = Credentials::api_key(key, ApiKeySecret::new("s").unwrap());

        // printf 'SK00000000000000000000000000000002:s' | base64
        let expected = "Basic U0swMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMjpz";
        let Some(Authorization::Fixed(header)) = credentials.authorization(&account) else {
            panic!("not a fixed header");
        };
        assert_eq!(header.to_str().unwrap(), expected);
    }
}
