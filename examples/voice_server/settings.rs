//! The settings of the server; each that is missing or wrong is named in one sentence.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use salesforce_client::{ApiVersion, LoginHost};
use secrecy::SecretString;
use vapi_types::webhook::{SHORTEST_SECRET, Verifier};
use voice_crm_core::{WriteLimits, journal::PayloadKeys, serve::TrustedProxies};
use voice_crm_salesforce::Budget;

use crate::journal_store::{self, JournalStore};

#[path = "call_taker.rs"]
mod call_taker;
#[path = "callback_hours.rs"]
mod callback_hours;
#[path = "webhook_proof.rs"]
pub(crate) mod webhook_proof;

pub(crate) use call_taker::CallTaker;
pub(crate) use callback_hours::CallbackHours;

/// What the bridge has without a setting.
const DEFAULT_REPEAT_WINDOW: Duration = Duration::from_secs(300);
/// No call lasts longer than half of it, in seconds.
const LONGEST_REPEAT_WINDOW: u64 = 86_400;

/// Everything that the server has to know.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where to listen.
    pub(crate) address: SocketAddr,
    /// Proxies whose connections stand for many callers.
    pub(crate) trusted_proxies: TrustedProxies,
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
    /// How many API calls may be made.
    pub(crate) budget: Budget,
    /// Where the journal is.
    pub(crate) journal: JournalStore,
    /// The keys under which it is encrypted.
    pub(crate) journal_keys: Option<PayloadKeys>,
    /// What signs confirmations, where it is not a secret of this process alone.
    pub(crate) confirmation_secret: Option<SecretString>,
    /// How much callers may have written.
    pub(crate) write_limits: WriteLimits,
    /// How long the same request on a call is the same write.
    pub(crate) repeat_window: Duration,
    /// When colleagues call back; at any hour where it is not said.
    pub(crate) callback_hours: Option<CallbackHours>,
    /// Who takes calls on numbers without an assistant.
    pub(crate) call_taker: CallTaker,
    /// Where metrics are fetched, if anywhere.
    pub(crate) metrics: Option<SocketAddr>,
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
        let verifier = webhook_proof::read(given)?;
        let login_host =
            needed("SF_LOGIN_URL", "the org's My Domain, such as https://example.my.salesforce.com")?;
        let login_host = LoginHost::parse(&login_host).map_err(|error| format!("SF_LOGIN_URL: {error}"))?;
        let client_id = needed("SF_CLIENT_ID", "the consumer key of the app that may log in")?;
        let client_secret =
            SecretString::from(needed("SF_CLIENT_SECRET", "the consumer secret of that app")?);
        let journal = JournalStore::read(given("JOURNAL"))?;
        Ok(Self {
            confirmation_secret: confirmation_secret(given("CONFIRMATION_SECRET"), &journal)?,
            address: SocketAddr::new(bind_address(given("BIND_ADDRESS"))?, port),
            trusted_proxies: trusted_proxies(given("TRUSTED_PROXIES"))?,
            verifier,
            login_host,
            client_id,
            client_secret,
            api_version: api_version(given("SF_API_VERSION"))?,
            budget: budget(given("SF_API_CALLS"))?,
            journal,
            journal_keys: journal_store::keys(given("JOURNAL_KEYS"))?,
            write_limits: write_limits(given("WRITE_LIMITS"))?,
            repeat_window: repeat_window(given("REPEAT_WINDOW"))?,
            callback_hours: given("CALLBACK_HOURS").map(|text| CallbackHours::read(&text)).transpose()?,
            call_taker: CallTaker::read(given("VAPI_ASSISTANT_ID"), given("VAPI_ASSISTANT_FILE"))?,
            metrics: metrics(given("METRICS_ADDRESS"))?,
        })
    }
}

/// This machine alone, unless said: what comes in is neither encrypted nor from who it says.
fn bind_address(text: Option<String>) -> Result<IpAddr, String> {
    let Some(text) = text else { return Ok(Ipv4Addr::LOCALHOST.into()) };
    text.parse().map_err(|_| "BIND_ADDRESS is not an IP address, such as 0.0.0.0".to_owned())
}

fn trusted_proxies(text: Option<String>) -> Result<TrustedProxies, String> {
    let text = text.unwrap_or_default();
    let networks = text.split(',').filter(|network| !network.trim().is_empty());
    TrustedProxies::parse(networks).map_err(|error| format!("TRUSTED_PROXIES: {error}"))
}

fn api_version(text: Option<String>) -> Result<ApiVersion, String> {
    let Some(text) = text else { return Ok(ApiVersion::DEFAULT) };
    text.parse().map_err(|error| format!("SF_API_VERSION: {error}"))
}

fn budget(text: Option<String>) -> Result<Budget, String> {
    let Some(text) = text else { return Ok(Budget::default()) };
    if text == "off" {
        return Ok(Budget::unlimited());
    }
    let (calls, seconds) = text.split_once('/').unwrap_or_default();
    match (calls.parse(), seconds.trim_end_matches('s').parse()) {
        (Ok(calls @ 1..), Ok(seconds @ 1..)) => Ok(Budget::new(calls, Duration::from_secs(seconds))),
        _ => Err("SF_API_CALLS must be a number of calls and a span, such as 100/20s, or off".to_owned()),
    }
}

fn write_limits(text: Option<String>) -> Result<WriteLimits, String> {
    let Some(text) = text else { return Ok(WriteLimits::new()) };
    if text == "off" {
        return Ok(WriteLimits::unlimited());
    }
    let (on_call, in_an_hour) = text.split_once('/').unwrap_or_default();
    match (on_call.parse(), in_an_hour.parse()) {
        (Ok(on_call @ 1..), Ok(in_an_hour @ 1..)) => {
            Ok(WriteLimits::new().per_call(on_call).per_number(in_an_hour, Duration::from_secs(3_600)))
        }
        _ => Err("WRITE_LIMITS must be how many writes a call may make and how many an hour a number may make, such as \
                  20/60, or off"
            .to_owned()),
    }
}

fn repeat_window(text: Option<String>) -> Result<Duration, String> {
    let Some(text) = text else { return Ok(DEFAULT_REPEAT_WINDOW) };
    match text.parse() {
        Ok(seconds) if seconds <= LONGEST_REPEAT_WINDOW => Ok(Duration::from_secs(seconds)),
        _ => Err(format!(
            "REPEAT_WINDOW must be a number of seconds, such as 300, of {LONGEST_REPEAT_WINDOW} at most; with 0 every \
             request is one of its own"
        )),
    }
}

/// Replicas that share a journal share the calls, so none may ask again for what another was told.
fn confirmation_secret(
    given: Option<String>,
    journal: &JournalStore,
) -> Result<Option<SecretString>, String> {
    match (given, journal) {
        (Some(secret), _) if secret.chars().count() < SHORTEST_SECRET => {
            Err(format!(
                "CONFIRMATION_SECRET is too short; give it at least {SHORTEST_SECRET} characters, chosen by chance"
            ))
        }
        (None, JournalStore::Postgres(_)) => Err(
            "CONFIRMATION_SECRET is not set; it signs what callers confirm, and with a journal in PostgreSQL all \
             replicas need the same one"
                .to_owned(),
        ),
        (secret, _) => Ok(secret.map(SecretString::from)),
    }
}

fn metrics(given: Option<String>) -> Result<Option<SocketAddr>, String> {
    let wrong = |_| "METRICS_ADDRESS is not an address and a port, such as 127.0.0.1:9464".to_owned();
    given.map(|address| address.parse().map_err(wrong)).transpose()
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
        assert_eq!(settings.address.to_string(), "127.0.0.1:3000");
        assert_eq!(settings.journal.to_string(), "the file voice-crm.db");
        assert_eq!(settings.budget, Budget::new(100, Duration::from_secs(20)));
        assert_eq!(read_with("", None).unwrap().budget, Budget::default());
    }

    #[test]
    fn the_budget_can_be_another_or_none() {
        assert_eq!(budget(Some("15/1s".to_owned())), Ok(Budget::new(15, Duration::from_secs(1))));
        assert_eq!(budget(Some("off".to_owned())), Ok(Budget::unlimited()));
    }

    #[test]
    fn the_limits_of_writes_can_be_others_or_none() {
        for good in [None, Some("5/10"), Some("off")] {
            assert!(write_limits(good.map(str::to_owned)).is_ok());
        }
        for wrong in ["5", "0/10", "5/0", "five/ten"] {
            assert!(write_limits(Some(wrong.to_owned())).unwrap_err().contains("WRITE_LIMITS"), "{wrong}");
        }
    }

    #[test]
    fn the_window_of_repeats_is_in_seconds_and_can_be_none() {
        let read = |text: &str| repeat_window(Some(text.to_owned()));
        assert_eq!(repeat_window(None), Ok(Duration::from_secs(300)));
        assert_eq!((read("60"), read("0")), (Ok(Duration::from_secs(60)), Ok(Duration::ZERO)));
        for wrong in ["5m", "-1", "86401", "long"] {
            assert!(read(wrong).unwrap_err().contains("REPEAT_WINDOW"), "{wrong}");
        }
    }

    #[test]
    fn replicas_do_not_start_without_a_secret_for_confirmations_that_they_share() {
        let file = JournalStore::read(None).unwrap();
        let shared = JournalStore::Postgres("postgres://localhost/voice".into());
        let secret = || Some("canary-client-secret-5d1f".to_owned());
        assert!(confirmation_secret(None, &file).unwrap().is_none());
        assert!(confirmation_secret(secret(), &file).unwrap().is_some());
        assert!(confirmation_secret(secret(), &shared).unwrap().is_some());
        assert!(confirmation_secret(None, &shared).unwrap_err().contains("CONFIRMATION_SECRET"));
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
            ("BIND_ADDRESS", "everywhere"),
            ("TRUSTED_PROXIES", "10.0.0.7,proxy.example"),
            ("WEBHOOK_SCHEME", "guess"),
            ("SF_LOGIN_URL", "http://example.com"),
            ("SF_API_VERSION", "latest"),
            ("SF_API_CALLS", "many"),
            ("SF_API_CALLS", "0/20s"),
            ("JOURNAL", "mysql://somewhere"),
            ("CONFIRMATION_SECRET", "short"),
            ("JOURNAL_KEYS", "1:canary-token-77aa"),
        ] {
            assert!(read_with(name, Some(wrong)).unwrap_err().contains(name), "{name}");
        }
    }
}
