//! What the token endpoint answers instead of a token.

use std::borrow::Cow;

/// A refusal of the token endpoint, in the shape of OAuth: a word, and mostly a sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum OAuthError {
    /// `invalid_grant`, "token request is already being processed": the same refresh token twice at once.
    AlreadyProcessed,
    /// `invalid_grant`, "expired access/refresh token".
    ExpiredToken,
    /// `invalid_grant`, "authentication failure".
    AuthenticationFailure,
    /// `invalid_grant`, "inactive user".
    InactiveUser,
    /// `invalid_grant`, "inactive organization".
    InactiveOrganization,
    /// `invalid_grant`, "ip restricted".
    IpRestricted,
    /// `invalid_grant`, "user hasn't approved this consumer".
    NotApproved,
    /// `invalid_grant`, "request not supported on this domain".
    WrongDomain,
    /// `rate_limit_exceeded`, "login rate exceeded".
    LoginRateExceeded,
    /// `invalid_client`, "invalid client credentials".
    InvalidClient,
    /// `invalid_client_id`, "client identifier invalid".
    InvalidClientId,
    /// `unauthorized_client`: the app does not allow this flow, or not for this user.
    UnauthorizedClient,
    /// `invalid_app_access`: an administrator has not approved the user for the app.
    AppAccessDenied,
    /// `app_not_found`, "External client app is not installed in this org".
    AppNotInstalled,
    /// `unsupported_grant_type`, "grant type not supported".
    UnsupportedGrantType,
    /// `server_error` with status 500.
    ServerError,
    /// Any other.
    Other {
        /// The HTTP status; 500 stands in for what is none.
        status: u16,
        /// The word under `error`.
        error: Cow<'static, str>,
        /// The sentence under `error_description`, if there is one.
        description: Option<Cow<'static, str>>,
    },
}

impl OAuthError {
    /// The status, the word and the sentence.
    pub(crate) fn parts(&self) -> (u16, &str, Option<&str>) {
        let (error, description) = match self {
            Self::AlreadyProcessed => ("invalid_grant", "token request is already being processed"),
            Self::ExpiredToken => ("invalid_grant", "expired access/refresh token"),
            Self::AuthenticationFailure => ("invalid_grant", "authentication failure"),
            Self::InactiveUser => ("invalid_grant", "inactive user"),
            Self::InactiveOrganization => ("invalid_grant", "inactive organization"),
            Self::IpRestricted => ("invalid_grant", "ip restricted"),
            Self::NotApproved => ("invalid_grant", "user hasn't approved this consumer"),
            Self::WrongDomain => ("invalid_grant", "request not supported on this domain"),
            Self::LoginRateExceeded => ("rate_limit_exceeded", "login rate exceeded"),
            Self::InvalidClient => ("invalid_client", "invalid client credentials"),
            Self::InvalidClientId => ("invalid_client_id", "client identifier invalid"),
            Self::UnauthorizedClient => ("unauthorized_client", "client is not authorized for this grant"),
            Self::AppAccessDenied => ("invalid_app_access", "user is not admin approved to access this app"),
            Self::AppNotInstalled => ("app_not_found", "External client app is not installed in this org"),
            Self::UnsupportedGrantType => ("unsupported_grant_type", "grant type not supported"),
            Self::ServerError => return (500, "server_error", Some("unexpected failure")),
            Self::Other { status, error, description } => return (*status, error, description.as_deref()),
        };
        (400, error, Some(description))
    }
}
