//! A CRM of your own behind the bridge, and the suite that says whether it keeps the contract.
//!
//! ```sh
//! cargo run --example own_crm
//! ```

use std::process::ExitCode;

use voice_crm_core::{
    conformance::{self, CrmUnderTest},
    crm::{ChangeKind, Crm, RecordRef},
    outbox::async_trait,
    phone::PhoneNumber,
};

use pinboard::Pinboard;

mod pinboard;

#[async_trait]
impl CrmUnderTest for Pinboard {
    fn crm(&self) -> &dyn Crm {
        self
    }

    async fn add_person(&self, name: &str, number: &PhoneNumber) -> RecordRef {
        self.add_person(name, number)
    }

    async fn count(&self, kind: ChangeKind) -> usize {
        self.count(kind)
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "this program talks to a person")]
async fn main() -> ExitCode {
    match conformance::crm(|| async { Pinboard::default() }).await {
        Ok(()) => {
            conformance::rules().for_each(|rule| println!("kept: {rule}"));
            ExitCode::SUCCESS
        }
        Err(violation) => {
            println!("{violation}");
            ExitCode::FAILURE
        }
    }
}
