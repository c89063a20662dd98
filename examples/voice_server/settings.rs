//! The settings of the server; each that is missing or wrong is named in one sentence.

use std::{net::SocketAddr, path::PathBuf};

use salesforce_client::{ApiVersion, LoginHost};
use secrecy::SecretString;
use vapi_types::webhook::{HmacPlan, Verifier};

/// Everything that the server has to know.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where to listen.
    pub(crate) address: SocketAddr,
    /// What proves a webhook genuine.
    pub(crate) verifier: Verifier,
    /// The org's My Domain.
    pub(crate) login_host: LoginHost,
    /// The app that may log in.
    pub(crate) client_id: String,
    /// Its secret.
    pub(crate) client_secret: SecretString,
    /// The version of the org's API.
    pub(crate) api_version: ApiVersion,
    /// The file of the journal.
    pub(crate) journal: PathBuf,
}

impl Settings {
    /// Reads the settings by their names. The error is a sentence for the person who starts the server.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let given = |name: &str| {
            variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let needed =
            |name: &str, what: &str| given(name).ok_or_else(|| format!("{name} is not set; it is {what}"));
        let port = given("PORT").unwrap_or_else(|| "3000".to_owned());
        let port: u16 = port.parse().map_err(|_| "PORT is not a port number, such as 3000".to_owned())?;
        let secret =
            needed("WEBHOOK_SECRET", "what proves a webhook genuine, the same as in Vapi's settings")?;
        let scheme = needed("WEBHOOK_SCHEME", "one of hmac, article, secret and bearer, as set up in Vapi")?;
        let login_host =
            needed("SF_LOGIN_URL", "the org's My Domain, such as https://example.my.salesforce.com")?;
        let login_host = LoginHost::parse(&login_host).map_err(|error| format!("SF_LOGIN_URL: {error}"))?;
        let client_id = needed("SF_CLIENT_ID", "the consumer key of the app that may log in")?;
        let client_secret =
            SecretString::from(needed("SF_CLIENT_SECRET", "the consumer secret of that app")?);
        Ok(Self {
            address: SocketAddr::from(([0, 0, 0, 0], port)),
            verifier: verifier(&scheme, secret)?,
            login_host,
            client_id,
            client_secret,
            api_version: api_version(given("SF_API_VERSION"))?,
            journal: journal(given("JOURNAL"))?,
        })
    }
}

/// The scheme is chosen here and never by a request.
pub(crate) fn verifier(scheme: &str, secret: String) -> Result<Verifier, String> {
    let verifier = match scheme {
        "hmac" => Verifier::hmac(HmacPlan::new(secret)),
        "article" => Verifier::hmac(HmacPlan::body_only(secret)),
        "secret" => Verifier::secret(secret),
        "bearer" => Verifier::bearer(secret),
        _ => return Err("WEBHOOK_SCHEME must be one of hmac, article, secret and bearer".to_owned()),
    };
    verifier.map_err(|error| format!("WEBHOOK_SECRET: {error}"))
}

fn api_version(text: Option<String>) -> Result<ApiVersion, String> {
    let Some(text) = text else { return Ok(ApiVersion::DEFAULT) };
    text.parse().map_err(|error| format!("SF_API_VERSION: {error}"))
}

fn journal(text: Option<String>) -> Result<PathBuf, String> {
    let text = text.unwrap_or_else(|| "sqlite:voice-crm.db".to_owned());
    match text.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() => Ok(PathBuf::from(path)),
        _ => {
            Err("JOURNAL must be sqlite: and the path of a file, such as sqlite:/var/lib/voice-crm.db"
                .to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 5] = [
        ("WEBHOOK_SECRET", "canary-webhook-secret-91be"),
        ("WEBHOOK_SCHEME", "hmac"),
        ("SF_LOGIN_URL", "https://example.my.salesforce.com"),
        ("SF_CLIENT_ID", "id"),
        ("SF_CLIENT_SECRET", "canary-client-secret-5d1f"),
    ];

    fn read_with(changed: &str, value: Option<&str>) -> Result<Settings, String> {
        Settings::read(|name| {
            if name == changed {
                return value.map(str::to_owned);
            }
            GOOD.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_is_needed_is_enough() {
        let settings = read_with("", None).unwrap();
        assert_eq!(settings.address.port(), 3000);
        assert_eq!(settings.journal, PathBuf::from("voice-crm.db"));
    }

    #[test]
    fn each_setting_that_is_missing_is_named() {
        for (name, _) in GOOD {
            assert!(read_with(name, None).unwrap_err().contains(name));
            assert!(read_with(name, Some("  ")).unwrap_err().contains(name));
        }
    }

    #[test]
    fn each_setting_that_is_wrong_is_named() {
        for (name, wrong) in [
            ("PORT", "many"),
            ("WEBHOOK_SCHEME", "guess"),
            ("SF_LOGIN_URL", "http://example.com"),
            ("SF_API_VERSION", "latest"),
            ("JOURNAL", "postgres://somewhere"),
        ] {
            assert!(read_with(name, Some(wrong)).unwrap_err().contains(name), "{name}");
        }
    }
}
