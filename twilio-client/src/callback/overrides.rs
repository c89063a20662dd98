//! How patiently Twilio delivers a webhook, written into the fragment of its address.

use std::time::Duration;

/// What Twilio should do other than usual when it calls a webhook. Twilio reads it from the fragment of the
/// address and signs the address without it.
///
/// ```
/// use std::time::Duration;
/// use twilio_client::callback::{ConnectionOverrides, RetryOn};
///
/// let overrides = ConnectionOverrides::new()
///     .retries(3)?
///     .retry_on(&[RetryOn::ServerErrors, RetryOn::ReadTimeouts])
///     .read_timeout(Duration::from_secs(5))?;
/// assert_eq!(overrides.on("https://h/voice"), "https://h/voice#rc=3&rp=5xx,rt&rt=5000");
/// # Ok::<(), twilio_client::callback::InvalidOverride>(())
/// ```
///
/// See Twilio's page "Webhooks Connection Overrides".
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use = "the overrides do nothing until they stand on an address"]
pub struct ConnectionOverrides {
    parts: Vec<String>,
}

/// What is worth another attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RetryOn {
    /// An answer 4xx.
    ClientErrors,
    /// An answer 5xx.
    ServerErrors,
    /// No connection in time.
    ConnectTimeouts,
    /// No answer in time.
    ReadTimeouts,
    /// Anything.
    All,
}

impl RetryOn {
    fn as_str(self) -> &'static str {
        match self {
            Self::ClientErrors => "4xx",
            Self::ServerErrors => "5xx",
            Self::ConnectTimeouts => "ct",
            Self::ReadTimeouts => "rt",
            Self::All => "all",
        }
    }
}

impl ConnectionOverrides {
    /// Nothing other than usual.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long to try to connect, from 100 ms to 10 s.
    ///
    /// # Errors
    ///
    /// [`InvalidOverride`] outside that range.
    pub fn connect_timeout(self, time: Duration) -> Result<Self, InvalidOverride> {
        self.time("ct", time, 10_000)
    }

    /// How long to wait for the answer, from 100 ms to 15 s.
    ///
    /// # Errors
    ///
    /// [`InvalidOverride`] outside that range.
    pub fn read_timeout(self, time: Duration) -> Result<Self, InvalidOverride> {
        self.time("rt", time, 15_000)
    }

    /// How long all attempts may take, from 100 ms to 15 s.
    ///
    /// # Errors
    ///
    /// [`InvalidOverride`] outside that range.
    pub fn total_timeout(self, time: Duration) -> Result<Self, InvalidOverride> {
        self.time("tt", time, 15_000)
    }

    /// How often to try again, 5 times at most.
    ///
    /// # Errors
    ///
    /// [`InvalidOverride`] for more.
    pub fn retries(self, count: u8) -> Result<Self, InvalidOverride> {
        if count > 5 { Err(InvalidOverride { key: "rc" }) } else { Ok(self.part(format!("rc={count}"))) }
    }

    /// What is worth another attempt; only a connection that fails unless set.
    pub fn retry_on(self, what: &[RetryOn]) -> Self {
        let words: Vec<_> = what.iter().map(|what| what.as_str()).collect();
        self.part(format!("rp={}", words.join(",")))
    }

    /// The edges to connect from, one after the other at each attempt.
    ///
    /// # Errors
    ///
    /// [`InvalidOverride`] when one is not a word of lower-case letters, digits and hyphens.
    pub fn edges(self, edges: &[&str]) -> Result<Self, InvalidOverride> {
        let plain = |edge: &&str| {
            !edge.is_empty()
                && edge.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if edges.is_empty() || !edges.iter().all(plain) {
            return Err(InvalidOverride { key: "e" });
        }
        Ok(self.part(format!("e={}", edges.join(","))))
    }

    /// Whether the certificate must fit the host name.
    pub fn check_host(self, check: bool) -> Self {
        self.part(format!("sni={}", if check { 'y' } else { 'n' }))
    }

    /// The address with these overrides, in place of any it had.
    pub fn on(&self, url: &str) -> String {
        let url = url.split('#').next().unwrap_or_default();
        if self.parts.is_empty() { url.to_owned() } else { format!("{url}#{}", self.parts.join("&")) }
    }

    fn time(self, key: &'static str, time: Duration, most: u128) -> Result<Self, InvalidOverride> {
        let milliseconds = time.as_millis();
        if (100..=most).contains(&milliseconds) {
            Ok(self.part(format!("{key}={milliseconds}")))
        } else {
            Err(InvalidOverride { key })
        }
    }

    fn part(mut self, part: String) -> Self {
        let key = part.split_inclusive('=').next().unwrap_or_default().to_owned();
        self.parts.retain(|known| !known.starts_with(&key));
        self.parts.push(part);
        self
    }
}

/// A value that Twilio does not take for this override.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("twilio does not take this value for the connection override `{key}`")]
pub struct InvalidOverride {
    key: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_out_of_range_is_refused_and_a_later_one_replaces_an_earlier() {
        let new = ConnectionOverrides::new;

        assert!(new().retries(6).is_err());
        assert!(new().read_timeout(Duration::from_secs(16)).is_err());
        assert!(new().connect_timeout(Duration::from_millis(99)).is_err());
        assert!(new().edges(&["a#b"]).is_err() && new().edges(&[]).is_err());
        let twice = new().retries(1).unwrap().retries(2).unwrap().check_host(true);
        assert_eq!(twice.on("https://h/a#rc=5"), "https://h/a#rc=2&sni=y");
        assert_eq!(new().on("https://h/a"), "https://h/a");
    }
}
