//! Creates in an org what the bridge needs: the key fields, a permission set for them, and its
//! assignment to the integration user. What is there already is left alone, so it can be run again.
//!
//! ```sh
//! SF_LOGIN_URL=https://example.my.salesforce.com SF_CLIENT_ID=.. SF_CLIENT_SECRET=.. \
//!     cargo run --example provision -- [--dry-run]
//! ```
//!
//! The user needs the permission "Customize Application", and "Manage Users" to assign the permission set.

use std::process::ExitCode;

#[path = "shared/org_client.rs"]
mod org_client;
#[path = "shared/org_needs.rs"]
#[allow(dead_code, reason = "looking at the needs is the doctor's part")]
mod org_needs;
#[path = "shared/org_provision.rs"]
mod org_provision;

#[tokio::main]
async fn main() -> ExitCode {
    let mut dry_run = false;
    for argument in std::env::args().skip(1) {
        if argument != "--dry-run" {
            say("the only option is --dry-run");
            return ExitCode::FAILURE;
        }
        dry_run = true;
    }
    match run(dry_run).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            say(&sentence);
            ExitCode::FAILURE
        }
    }
}

async fn run(dry_run: bool) -> Result<(), String> {
    let client = org_client::org_client(|name| std::env::var(name).ok())?;
    let steps = org_provision::provision(&client, dry_run).await.map_err(|error| error.to_string())?;
    let done = if dry_run { "would create" } else { "created" };
    for step in &steps {
        say(&format!("{done} {step}"));
    }
    if steps.is_empty() {
        say("nothing to do: the org has what the bridge needs");
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is what the program is for")]
fn say(sentence: &str) {
    println!("{sentence}");
}
