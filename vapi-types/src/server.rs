//! Where Vapi sends messages and tool calls.

use std::collections::BTreeMap;

use crate::wire::{open_word, settings};

settings! {
    /// A server of the operator, as assistants, tools and phone numbers name it.
    ///
    /// Authentication is a credential made in Vapi's dashboard and named here by its id; the keys
    /// `serverUrl`, `serverUrlSecret` and `secret` are gone. See "Server URLs" in Vapi's documentation.
    pub struct Server {
        /// URL that takes the messages; hidden, since some carry a token in their query.
        pub url: String = hidden "url",
        /// Credential that authenticates Vapi to the server.
        pub credential_id: String = shown "credentialId",
        /// How long Vapi waits for an answer: 1 to 300 seconds, 20 unless set.
        pub timeout_seconds: u64 = shown "timeoutSeconds",
        /// Headers sent with each request; `Authorization` here overrides the credential.
        pub headers: BTreeMap<String, String> = hidden "headers",
        /// Whether and how Vapi retries; it does not unless set.
        pub backoff_plan: BackoffPlan = shown "backoffPlan",
        /// Whether requests come from Vapi's fixed addresses.
        pub static_ip_addresses_enabled: bool = shown "staticIpAddressesEnabled",
        /// Paths of tool arguments that are encrypted with the credential's public key.
        pub encrypted_paths: Vec<String> = shown "encryptedPaths",
    }
}

impl Server {
    /// A server at `url`.
    pub fn at(url: impl Into<String>) -> Self {
        Self::default().url(url)
    }
}

settings! {
    /// How a request is repeated that was not answered with a 2xx status.
    pub struct BackoffPlan {
        /// How the delay grows.
        pub kind: Backoff = shown "type",
        /// How often, 0 to 10.
        pub max_retries: u64 = shown "maxRetries",
        /// The first delay in seconds, 0 to 10.
        pub base_delay_seconds: f64 = shown "baseDelaySeconds",
    }
}

open_word! {
    /// How the delay between retries grows.
    pub enum Backoff {
        /// It stays the same.
        Fixed = "fixed",
        /// It doubles.
        Exponential = "exponential",
    }
}
