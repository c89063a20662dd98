//! A client of the org that the environment names.

use salesforce_client::{ApiVersion, Client, LoginHost, SecretString};

/// Reads `SF_LOGIN_URL`, `SF_CLIENT_ID`, `SF_CLIENT_SECRET` and `SF_API_VERSION`. The error is a
/// sentence for the person who starts the program.
pub(crate) fn org_client(variable: impl Fn(&str) -> Option<String>) -> Result<Client, String> {
    let given = |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|v| !v.is_empty());
    let needed =
        |name: &str, what: &str| given(name).ok_or_else(|| format!("{name} is not set; it is {what}"));
    let host = needed("SF_LOGIN_URL", "the org's My Domain, such as https://example.my.salesforce.com")?;
    let host = LoginHost::parse(&host).map_err(|error| format!("SF_LOGIN_URL: {error}"))?;
    let id = needed("SF_CLIENT_ID", "the consumer key of the app that may log in")?;
    let secret = SecretString::from(needed("SF_CLIENT_SECRET", "the consumer secret of that app")?);
    let version: ApiVersion = match given("SF_API_VERSION") {
        Some(text) => text.parse().map_err(|error| format!("SF_API_VERSION: {error}"))?,
        None => ApiVersion::DEFAULT,
    };
    // Making a field takes an org longer than a call may last.
    let builder = Client::builder(host).timeout(std::time::Duration::from_secs(60));
    builder.client_credentials(id, secret).api_version(version).build().map_err(|error| error.to_string())
}
