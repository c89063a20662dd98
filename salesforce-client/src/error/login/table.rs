//! The login service's errors, one row each; the first that fits decides.
//!
//! See \[Salesforce/OAuth 2.0 Authorization Errors\].

use self::Verdict::{ChangeOrg, ChangeSettings, EndsGrant, Limited, Passes};
use super::Grant;

/// What is to be done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// The grant is over: a person must give another one.
    EndsGrant,
    /// It passes by itself within moments.
    Passes,
    /// It passes within the hour.
    Limited,
    /// Nobody knows, so it may pass.
    Unknown,
    /// It stays until somebody changes the app, the user or the credentials; then the same grant works.
    ChangeOrg,
    /// It stays until this client is set up otherwise.
    ChangeSettings,
}

pub(super) struct Row {
    /// The word in `error`; empty for any.
    pub(super) word: &'static str,
    /// What stands in the description, in lower case; empty for anything.
    pub(super) text: &'static str,
    /// The one grant it is for, where others mean something else by it.
    pub(super) grant: Option<Grant>,
    pub(super) verdict: Verdict,
    /// What it means, and what to do.
    pub(super) hint: &'static str,
}

const fn row(word: &'static str, text: &'static str, verdict: Verdict, hint: &'static str) -> Row {
    Row { word, text, grant: None, verdict, hint }
}

const fn for_refresh(text: &'static str, verdict: Verdict, hint: &'static str) -> Row {
    Row { word: "", text, grant: Some(Grant::RefreshToken), verdict, hint }
}

const ENDED: &str = "the org does not take the refresh token any more: let the user allow the app again";
const BUSY: &str = "the org is still busy with another login by the same token: try again in a moment";
const DOWN: &str = "the login service is not available: try again later";
const RATE: &str = "the user logged in too often this hour: wait for the next one, and share one token";
const APPROVE: &str = "the user may not use the app: give the app to the user's profile or a permission set of \
                       the user, under Manage or Policies of the app";
const PRE_AUTHORIZE: &str = "the user has not approved the app: pre-authorize the user by the app's policy \
                             \"Admin approved users\", or let the user consent, with the scope refresh_token";
const INSTALL: &str = "the app is not installed in this org: install it under Connected Apps OAuth Usage";
const CREDENTIALS: &str = "the org does not know these credentials: check the client id, the secret and that \
                           the app belongs to this org";
const USER: &str =
    "the org does not accept the user: check the user name, the password and the login history";
const INACTIVE: &str =
    "the user is inactive or frozen: activate the user in the org, or log in as another one";
const ORG: &str = "the org is locked, closed or suspended: ask Salesforce, or log in to another org";
const PLACE: &str = "the user may not log in from here or now: look at the login IP ranges and login hours of \
                     the user's profile, and at the app's IP relaxation";
const AUDIENCE: &str = "the assertion is for another audience: set `audience` to https://test.salesforce.com for \
                        sandboxes and scratch orgs, to https://login.salesforce.com for others";
const ASSERTION: &str = "the org does not accept the assertion: check the key against the app's certificate, the \
                         user name and this machine's clock";
const CODE: &str = "the code was used already, or is too old: let the user allow the app again";

pub(super) const ROWS: [Row; 45] = [
    // What ends a grant.
    row("invalid_grant", "expired access/refresh token", EndsGrant, ENDED),
    row("invalid_grant", "invalid refresh token", EndsGrant, ENDED),
    row("invalid_grant", "token revoked", EndsGrant, ENDED),
    row("invalid_grant", "token has been revoked", EndsGrant, ENDED),
    // What passes.
    row("", "token request is already being processed", Passes, BUSY),
    // Some orgs say of a refresh that crosses another one what they say of a code.
    for_refresh("expired authorization code", Passes, BUSY),
    row("", "retry your request", Passes, "the login service asks for it once more: try again in a moment"),
    row("temporarily_unavailable", "", Passes, DOWN),
    row("server_error", "", Passes, DOWN),
    row("unknown_error", "", Passes, "the login service failed inside: try again later"),
    // What an hour allows.
    row("", "rate exceeded", Limited, RATE),
    row("", "logins exceeded", Limited, RATE),
    row("rate_limit_exceeded", "", Limited, RATE),
    // The app.
    row("", "app must be installed", ChangeOrg, INSTALL),
    row("", "app is not installed", ChangeOrg, INSTALL),
    row(
        "oauth_app_blocked",
        "",
        ChangeOrg,
        "the org blocks the app: unblock it under Connected Apps OAuth Usage",
    ),
    row("", "not admin approved", ChangeOrg, APPROVE),
    row("oauth_app_access_denied", "", ChangeOrg, APPROVE),
    row("invalid_app_access", "", ChangeOrg, APPROVE),
    row("", "approved this consumer", ChangeOrg, PRE_AUTHORIZE),
    row("", "refresh_token scope is required", ChangeOrg, PRE_AUTHORIZE),
    row(
        "",
        "no client credentials user enabled",
        ChangeOrg,
        "the app has no user to run as: set the run-as user of its client credentials flow, one with API access",
    ),
    row(
        "",
        "not supported on this domain",
        ChangeSettings,
        "client credentials work on the org's own My Domain host only: use https://<name>.my.salesforce.com",
    ),
    row(
        "unsupported_grant_type",
        "",
        ChangeSettings,
        "the app does not allow this login flow: enable it in the app's settings",
    ),
    row(
        "",
        "client credentials flow not enabled",
        ChangeSettings,
        "the app does not allow this login flow: enable the client credentials flow in the app's settings",
    ),
    row(
        "unauthorized_client",
        "",
        ChangeOrg,
        "the app may not log in this way: check the flows and the policies in the app's settings",
    ),
    row(
        "invalid_scope",
        "",
        ChangeSettings,
        "the app does not have a scope that is asked for: add it to the app",
    ),
    row(
        "redirect_uri_mismatch",
        "",
        ChangeSettings,
        "the redirect address is not the app's: write it exactly as among the app's callback URLs",
    ),
    row(
        "redirect_uri_missing",
        "",
        ChangeSettings,
        "the redirect address is missing: set the app's callback URL",
    ),
    // The user and the org.
    row("inactive_user", "", ChangeOrg, INACTIVE),
    row("", "inactive user", ChangeOrg, INACTIVE),
    row("inactive_org", "", ChangeOrg, ORG),
    row("", "inactive organization", ChangeOrg, ORG),
    row("", "login hours", ChangeOrg, PLACE),
    row("", "ip restricted", ChangeOrg, PLACE),
    row("", "password expired", ChangeOrg, "the user's password has expired: set another one in the org"),
    // The credentials.
    row("invalid_client", "", ChangeOrg, CREDENTIALS),
    row("invalid_client_id", "", ChangeOrg, CREDENTIALS),
    row("invalid_client_credentials", "", ChangeOrg, CREDENTIALS),
    row("", "authentication failure", ChangeOrg, USER),
    row("", "audience", ChangeSettings, AUDIENCE),
    row("", "assertion", ChangeOrg, ASSERTION),
    // The consent.
    row("", "authorization code", ChangeOrg, CODE),
    row(
        "",
        "code verifier",
        ChangeOrg,
        "the code was asked for with another verifier: begin the consent again",
    ),
    row("access_denied", "", ChangeOrg, "the user or the org did not allow the app: begin the consent again"),
];
