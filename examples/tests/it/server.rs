//! The `voice_server` program as a child process, in front of an org on loopback.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use salesforce_emulator::{Field, Org, OrgBuilder};
use vapi_types::webhook::{HmacPlan, Verifier};

use crate::{restart_port::restart_port, simulated_call::SimulatedCall};

pub(crate) const WEBHOOK_SECRET: &str = "canary-webhook-secret-91be";
const CLIENT_SECRET: &str = "canary-client-secret-5d1f";
const NUMBER: &str = "+14155550142";
/// Far longer than the second in which readiness is answered, also while the journal hangs.
const READINESS_TIMEOUT: Duration = Duration::from_secs(5);

/// A server that can be killed and started again on the same port and journal.
pub(crate) struct Server {
    port: u16,
    metrics: u16,
    /// The setting `JOURNAL`.
    journal: String,
    org_url: String,
    budget: &'static str,
    /// What is logged into a pipe that nobody reads.
    unread_log: Option<&'static str>,
    child: Option<Child>,
}

impl Server {
    pub(crate) fn new(org: &Org, folder: &Path) -> Self {
        Self {
            port: restart_port().unwrap(),
            metrics: restart_port().unwrap(),
            journal: format!("sqlite:{}", folder.join("journal.db").display()),
            org_url: org.url().to_owned(),
            budget: "off",
            unread_log: None,
            child: None,
        }
    }

    /// With a budget of API calls, as the setting says it.
    pub(crate) fn budget(mut self, budget: &'static str) -> Self {
        self.budget = budget;
        self
    }

    /// With a log at this level, which nobody reads.
    pub(crate) fn unread_log(mut self, level: &'static str) -> Self {
        self.unread_log = Some(level);
        self
    }

    /// With its journal at another place.
    #[cfg(all(feature = "postgres", target_os = "linux"))]
    pub(crate) fn journal(mut self, setting: String) -> Self {
        self.journal = setting;
        self
    }

    /// Whether it says that it is ready, and the time that this took.
    #[cfg(all(feature = "postgres", target_os = "linux"))]
    pub(crate) async fn is_ready(&self, http: &reqwest::Client) -> (bool, Duration) {
        let begun = Instant::now();
        let answer = http.get(format!("http://127.0.0.1:{}/readyz", self.port)).send().await.unwrap();
        (answer.status().is_success(), begun.elapsed())
    }

    /// Its largest share of memory so far, in kB, by the kernel's word; zero where there is none.
    pub(crate) fn memory(&self) -> u64 {
        let process = self.child.as_ref().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/webhook/vapi", self.port)
    }

    pub(crate) fn metrics_url(&self) -> String {
        format!("http://127.0.0.1:{}/metrics", self.metrics)
    }

    /// Starts it, and waits until it can make writes durable.
    pub(crate) async fn start(&mut self, http: &reqwest::Client) {
        let mut command = command();
        command
            .env("PORT", self.port.to_string())
            .env("METRICS_ADDRESS", format!("127.0.0.1:{}", self.metrics))
            .env("WEBHOOK_SECRET", WEBHOOK_SECRET)
            .env("WEBHOOK_SCHEME", "hmac")
            .env("SF_LOGIN_URL", &self.org_url)
            .env("SF_CLIENT_ID", "client")
            .env("SF_CLIENT_SECRET", CLIENT_SECRET)
            .env("SF_API_CALLS", self.budget)
            // All calls come from one number.
            .env("WRITE_LIMITS", "1000000/1000000")
            .env("CONFIRMATION_SECRET", CLIENT_SECRET)
            .env("JOURNAL", &self.journal);
        if let Some(level) = self.unread_log {
            command.env("RUST_LOG", level).stderr(Stdio::piped());
        }
        let child = self.child.insert(command.spawn().unwrap());
        let ready = format!("http://127.0.0.1:{}/readyz", self.port);
        let begun = Instant::now();
        loop {
            let answer = http.get(&ready).timeout(READINESS_TIMEOUT).send().await;
            let seen = match answer {
                Ok(answer) if answer.status().is_success() => return,
                Ok(answer) => answer.status().to_string(),
                Err(error) => {
                    assert!(!error.is_timeout(), "/readyz did not answer");
                    error.to_string()
                }
            };
            assert!(child.try_wait().unwrap().is_none(), "the server did not start; it said why");
            assert!(begun.elapsed() < Duration::from_secs(20), "the server did not become ready: {seen}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Ends it as a power cut would, as far as a process can.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Asks it to stop, and gives the time it took and whether it called that a success.
    pub(crate) async fn terminate(&mut self) -> (Duration, bool) {
        let mut child = self.child.take().unwrap();
        let begun = Instant::now();
        Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().unwrap();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return (begun.elapsed(), status.success());
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "the server did not stop");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) fn call(&self, http: &reqwest::Client, id: &str) -> SimulatedCall {
        self.call_from(http, id, NUMBER)
    }

    /// The same from a number of its own.
    pub(crate) fn call_from(&self, http: &reqwest::Client, id: &str, number: &str) -> SimulatedCall {
        let signer = Verifier::hmac(HmacPlan::new(WEBHOOK_SECRET)).unwrap();
        SimulatedCall::new(http.clone(), &self.url(), signer, id, number)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The server, with no settings at all.
pub(crate) fn command() -> Command {
    program("voice_server")
}

/// An example beside this test's own program, in an empty environment but for what is to be logged.
pub(crate) fn program(name: &str) -> Command {
    let own = std::env::current_exe().unwrap();
    let program = own.parent().unwrap().parent().unwrap().join("examples").join(name);
    assert!(
        program.exists(),
        "{name} is not built: `cargo test -p examples` builds it, `--test it` alone does not"
    );
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null());
    if let Ok(level) = std::env::var("RUST_LOG") {
        command.env("RUST_LOG", level);
    }
    command
}

pub(crate) fn org() -> OrgBuilder {
    Org::builder()
        .client("client", CLIENT_SECRET)
        .field("Case", Field::external_id("Voice_Key__c"))
        .field("Task", Field::external_id("Voice_Key__c"))
        .field("ContentVersion", Field::external_id("Voice_Key__c"))
}

pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap()
}
