//! Calls a number with an assistant that is stored at Vapi, and follows the call to its end.
//!
//! ```sh
//! VAPI_API_KEY=.. cargo run --example outbound_call -- \
//!     --assistant ID --from PHONE-NUMBER-ID --to +14155550199 [--say "One moment, please."]
//! ```
//!
//! It never calls twice: if the answer to the creation is lost, it looks whether the call exists.

use std::{process::ExitCode, time::Duration};

use jiff::Timestamp;
use vapi_types::{
    call::{Call, CallStatus},
    client::{Client, CreateCall, ErrorKind, Say},
    customer::Customer,
};

#[path = "shared/vapi_client.rs"]
mod vapi_client;

use vapi_client::cause;

#[derive(Default)]
struct Wanted {
    call: CreateCall,
    to: String,
    words: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            say(&sentence);
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let wanted = arguments()?;
    let client = vapi_client::from_environment()?;
    let mut call = place(&client, &wanted).await?;
    let id = call.id.clone().unwrap_or_default();
    let mut words = wanted.words;
    let mut last = None;
    loop {
        if call.status != last {
            say(&format!("{id}: {}", call.status.as_ref().map_or("unknown", CallStatus::as_str)));
            last.clone_from(&call.status);
        }
        if call.status == Some(CallStatus::Ended) {
            break;
        }
        if call.status == Some(CallStatus::InProgress)
            && let Some(words) = words.take()
        {
            let control = client.control(&call).map_err(|error| cause(&error))?;
            control.say(&Say::now(words)).await.map_err(|error| cause(&error))?;
        }
        tokio::time::sleep(EVERY).await;
        call = client.calls().get(&id).await.map_err(|error| cause(&error))?;
    }
    let reason = call.ended_reason.as_ref().map_or("unknown", |reason| reason.as_str());
    say(&format!("It ended: {reason}"));
    Ok(())
}

/// Places the call, or finds it where it is not known whether it was placed.
async fn place(client: &Client, wanted: &Wanted) -> Result<Call, String> {
    let begun = Timestamp::now();
    let error = match client.calls().create(&wanted.call, Customer::at(&wanted.to)).await {
        Ok(call) => return Ok(call),
        Err(error) if error.kind() == ErrorKind::Ambiguous => error,
        Err(error) => return Err(cause(&error)),
    };
    say("The answer was lost; looking whether the call was placed.");
    // The clocks need not agree to the second.
    let from = begun.checked_sub(Duration::from_secs(60)).unwrap_or(begun);
    let recent = client.calls().list().created_from(from).all().await.map_err(|error| cause(&error))?;
    let is_it = |call: &Call| {
        let number = call.customer.as_ref().and_then(|customer| customer.number.as_deref());
        number == Some(wanted.to.as_str()) && call.assistant_id == wanted.call.assistant_id
    };
    recent.into_iter().find(is_it).ok_or_else(|| cause(&error))
}

fn arguments() -> Result<Wanted, String> {
    let mut wanted = Wanted::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let lexopt::Arg::Long(name) = argument else { return Err(USAGE.to_owned()) };
        let name = name.to_owned();
        let value = parser.value().map_err(|error| error.to_string())?;
        let value = value.into_string().map_err(|_| USAGE.to_owned())?;
        match name.as_str() {
            "assistant" => wanted.call.assistant_id = Some(value),
            "from" => wanted.call.phone_number_id = Some(value),
            "to" => wanted.to = value,
            "say" => wanted.words = Some(value),
            _ => return Err(USAGE.to_owned()),
        }
    }
    let is_complete =
        wanted.call.assistant_id.is_some() && wanted.call.phone_number_id.is_some() && !wanted.to.is_empty();
    if is_complete { Ok(wanted) } else { Err(USAGE.to_owned()) }
}

#[expect(clippy::print_stdout, reason = "this program talks to a person")]
fn say(line: &str) {
    println!("{line}");
}

/// How often the call is looked at.
const EVERY: Duration = Duration::from_secs(1);
const USAGE: &str = "usage: outbound_call --assistant ID --from PHONE-NUMBER-ID --to NUMBER [--say WORDS], with VAPI_API_KEY set";
