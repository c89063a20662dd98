//! The org that all clients are asked to work with.

use std::io::Read;
use std::process::ExitCode;

use salesforce_emulator::{Field, Org};
use serde_json::json;

/// How many contacts a query finds: one page of the largest size.
pub(crate) const ROWS: usize = 2000;

pub(crate) const QUERY: &str = "SELECT Id, FirstName, LastName, Title, Phone FROM Contact";

/// Runs the org as long as `work` takes.
#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
pub(crate) fn serve(work: impl FnOnce(&str) -> ExitCode) -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let org = Org::builder().client("client", "secret").field("Case", Field::external_id("Voice_Key__c"));
    let org = runtime.block_on(org.start()).expect("an org");
    for number in 0..ROWS {
        let contact = json!({
            "FirstName": "Grace", "LastName": format!("Hopper {number}"),
            "Title": "Rear admiral, \"Amazing\"", "Phone": format!("+1 415 555 {number:04}"),
        });
        org.insert("Contact", contact).expect("a contact");
    }
    work(org.url())
}

pub(crate) fn wait_for_the_end_of_input() {
    let mut rest = Vec::new();
    // Whatever ends it, it is over.
    let _ = std::io::stdin().read_to_end(&mut rest);
}
