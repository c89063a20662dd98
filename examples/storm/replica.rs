//! The server as a child process that can be killed at any moment.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use salesforce_emulator::Org;

use crate::{org::CLIENT_SECRET, plan::Plan, restart_port::restart_port};

/// What signs the webhooks of a storm.
pub(crate) const WEBHOOK_SECRET: &str = "storm-webhook-secret";
/// What signs confirmations, on all replicas.
const CONFIRMATION_SECRET: &str = "storm-confirmation-secret";

/// One server.
pub(crate) struct Replica {
    program: PathBuf,
    port: u16,
    /// The setting `JOURNAL`.
    journal: String,
    org_url: String,
    budget: String,
    http: reqwest::Client,
    child: Option<Child>,
    /// The largest share of memory that any of its processes came to, in kB.
    memory: u64,
}

impl Replica {
    /// A server on a free port.
    pub(crate) fn new(org: &Org, journal: String, plan: &Plan) -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let program = own.with_file_name("voice_server");
        if !program.exists() {
            return Err("build the server first: cargo build --example voice_server".to_owned());
        }
        let budget = match plan.limit {
            Some((calls, span)) => format!("{calls}/{}s", span.as_secs()),
            None => "off".to_owned(),
        };
        Ok(Self {
            program,
            port: restart_port().map_err(|error| error.to_string())?,
            journal,
            org_url: org.url().to_owned(),
            budget,
            http: reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?,
            child: None,
            memory: 0,
        })
    }

    /// Where its webhooks go.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/webhook/vapi", self.port)
    }

    /// Starts it, and waits until it can make writes durable.
    pub(crate) async fn start(&mut self) -> Result<(), String> {
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .stdin(Stdio::null())
            .env("PORT", self.port.to_string())
            .env("WEBHOOK_SECRET", WEBHOOK_SECRET)
            .env("WEBHOOK_SCHEME", "hmac")
            .env("CONFIRMATION_SECRET", CONFIRMATION_SECRET)
            .env("SF_LOGIN_URL", &self.org_url)
            .env("SF_CLIENT_ID", "client")
            .env("SF_CLIENT_SECRET", CLIENT_SECRET)
            .env("SF_API_CALLS", &self.budget)
            // Far off, and counted all the same.
            .env("WRITE_LIMITS", "1000000/1000000")
            .env("RUST_LOG", std::env::var("RUST_LOG").unwrap_or_else(|_| "off".to_owned()))
            .env("JOURNAL", &self.journal);
        let child = self.child.insert(command.spawn().map_err(|error| error.to_string())?);
        let ready = format!("http://127.0.0.1:{}/readyz", self.port);
        let begun = Instant::now();
        while !self.http.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
            if child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return Err("the server did not start; it said why".to_owned());
            }
            if begun.elapsed() > Duration::from_secs(30) {
                return Err("the server did not become ready".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Ends it as a power cut would, as far as a process can.
    pub(crate) fn kill(&mut self) -> Result<(), String> {
        self.note_memory();
        let Some(mut child) = self.child.take() else { return Ok(()) };
        child.kill().and_then(|()| child.wait()).map(drop).map_err(|error| error.to_string())
    }

    /// Ends it, and tells the largest share of memory, in kB.
    pub(crate) fn stop(mut self) -> Result<u64, String> {
        self.kill()?;
        Ok(self.memory)
    }

    /// The kernel's word for it, where there is one.
    fn note_memory(&mut self) {
        let Some(child) = &self.child else { return };
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        self.memory = self.memory.max(peak.unwrap_or_default());
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
