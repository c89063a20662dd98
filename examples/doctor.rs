//! Says whether an org has what the bridge needs, and what to do where it does not.
//!
//! ```sh
//! SF_LOGIN_URL=https://example.my.salesforce.com SF_CLIENT_ID=.. SF_CLIENT_SECRET=.. \
//!     cargo run --example doctor
//! ```

use std::process::ExitCode;

use salesforce_client::{Client, Error};

#[path = "shared/org_client.rs"]
mod org_client;
#[path = "shared/org_needs.rs"]
#[allow(dead_code, reason = "where the org keeps the fields matters when they are created")]
mod org_needs;

use org_needs::{KEY_FIELD, Met, NEEDS, look};

#[tokio::main]
async fn main() -> ExitCode {
    let client = match org_client::org_client(|name| std::env::var(name).ok()) {
        Ok(client) => client,
        Err(sentence) => {
            say(false, &sentence);
            return ExitCode::FAILURE;
        }
    };
    match examine(&client).await {
        Ok(0) => {
            say(true, "the org is ready");
            ExitCode::SUCCESS
        }
        Ok(faults) => {
            say(false, &format!("{faults} to mend: `cargo run --example provision` does it"));
            ExitCode::FAILURE
        }
        Err(error) => {
            say(false, &error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Looks at everything and counts what is wrong.
async fn examine(client: &Client) -> Result<usize, Error> {
    client.ready().await?;
    say(true, "the login works");
    let calls = client.limits().await?;
    if let Some(calls) = calls.get("DailyApiRequests") {
        say(calls.remaining > 0, &format!("{} of {} API calls are left today", calls.remaining, calls.max));
    }
    let mut faults = 0;
    for need in NEEDS {
        let met = look(client, need).await?;
        let what = match met {
            Met::Fine => "is an external id, unique and writable",
            Met::Missing => "is missing, or the integration user may not see it",
            Met::Wrong(why) => why,
        };
        say(met == Met::Fine, &format!("{}.{KEY_FIELD}: {what}", need.object));
        faults += usize::from(met != Met::Fine);
    }
    Ok(faults)
}

#[expect(clippy::print_stdout, reason = "it is what the program is for")]
fn say(good: bool, sentence: &str) {
    println!("{} {sentence}", if good { "ok  " } else { "FAIL" });
}
