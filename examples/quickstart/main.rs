//! One support call from ring to wrap-up, on this machine alone: the bridge on an HTTP port, an org and a
//! journal embedded, and the webhooks sent as Vapi would send them.
//!
//! ```sh
//! cargo run --example quickstart            # plays the call, tells the story, checks the org
//! cargo run --example quickstart -- --serve # and goes on serving, to try it by hand
//! ```
//!
//! It exits with an error when anything did not end as it should.

use std::{error::Error, net::SocketAddr, process::ExitCode, time::Duration};

use salesforce_client::{Client, LoginHost, RetryPolicy};
use salesforce_emulator::{Field, Org};
use secrecy::SecretString;
use serde_json::json;
use vapi_types::webhook::{HmacPlan, Verifier};
use voice_crm_core::{
    Bridge, channel::Vapi, function::Function as _, functions::CreateCase, journal::SqliteJournal,
    serve::Server,
};
use voice_crm_salesforce::SalesforceCrm;

#[path = "../shared/assistant.rs"]
mod assistant;
#[path = "../shared/simulated_call.rs"]
#[allow(dead_code, reason = "the quickstart plays the modern form alone")]
mod simulated_call;
mod story;

use simulated_call::SimulatedCall;
use story::Story;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What Vapi and the bridge share; in earnest it is long, random, and kept out of the code.
const WEBHOOK_SECRET: &str = "quickstart-webhook-secret";
/// The number that rings, and the one that the caller wants on file instead.
const NUMBER: &str = "+14155550199";
const NEW_NUMBER: &str = "+14155550123";

#[tokio::main]
async fn main() -> ExitCode {
    let serve = std::env::args().any(|argument| argument == "--serve");
    match run(serve).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            story::say(&format!("The quickstart could not run: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(serve: bool) -> Outcome<bool> {
    let org = open_org().await?;
    let folder = tempfile::tempdir()?;
    let signer = Verifier::hmac(HmacPlan::new(WEBHOOK_SECRET))?;
    // One repeat while the caller waits; the journal is patient in its own time.
    let once_more = RetryPolicy { max_attempts: 2, ..RetryPolicy::default() };
    let salesforce = Client::builder(LoginHost::parse(org.url())?)
        .client_credentials("client", SecretString::from("secret"))
        .retry_policy(once_more)
        .build()?;
    let listening = Server::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let url = format!("http://{}/webhook/vapi", listening.local_addr()?);
    let bridge = Bridge::builder()
        .channel("/webhook/vapi", Vapi::new(signer.clone()).assistant(assistant::support_desk()))
        .crm(SalesforceCrm::new(salesforce))
        .journal(SqliteJournal::open(folder.path().join("journal.db"))?)
        .support_desk()
        .alias("createSalesforceCase", CreateCase::NAME)
        .start()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(listening.serve(bridge.clone(), async {
        let _ = stopped.await;
    }));

    let http = reqwest::Client::builder().no_proxy().build()?;
    let call = SimulatedCall::new(http, &url, signer, "quickstart-call", NUMBER);
    let mut story = Story::new(&org, &bridge);
    let passed = story.play(&call).await?;
    if serve {
        story::say(&format!("\nServing on {url} until you press Ctrl-C. Another window may call it:\n"));
        story::say(&format!("  {}", story::curl(&url, WEBHOOK_SECRET)));
        tokio::signal::ctrl_c().await?;
    }
    let _ = stop.send(());
    server.await??;
    Ok(passed)
}

/// An org with one customer, and the fields that the bridge asks for.
async fn open_org() -> Outcome<Org> {
    let org = Org::builder()
        .field("Case", Field::external_id("Voice_Key__c"))
        .field("Task", Field::external_id("Voice_Key__c"))
        .field("ContentVersion", Field::external_id("Voice_Key__c"))
        .latency(Duration::from_millis(40))
        .start()
        .await?;
    let account =
        org.insert("Account", json!({ "Name": "Analytical Engines", "AccountNumber": "ACC-1001" }))?;
    let contact = json!({
        "FirstName": "Ada",
        "LastName": "Lovelace",
        "AccountId": account,
        // Stored as people type it; the bridge finds it all the same.
        "Phone": "(415) 555-0199",
    });
    org.insert("Contact", contact)?;
    org.reset_stats();
    Ok(org)
}
