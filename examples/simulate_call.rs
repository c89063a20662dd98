//! Sends the signed webhooks of a support call to any server, as Vapi would.
//!
//! ```sh
//! cargo run --example simulate_call -- --url http://127.0.0.1:3000/webhook/vapi --secret .. \
//!     [--scheme hmac|article|secret|bearer] [--form modern|legacy|both] [--number +14155550199]
//! ```

use std::process::ExitCode;

use serde_json::json;
use vapi_types::webhook::Verifier;

#[path = "shared/journal_store.rs"]
#[allow(dead_code, reason = "the journal is the server's")]
mod journal_store;
#[path = "voice_server/settings.rs"]
#[allow(dead_code, reason = "only the schemes are shared")]
mod settings;
#[path = "shared/simulated_call.rs"]
#[allow(dead_code, reason = "this program shows whole answers, not their sentences")]
mod simulated_call;

use simulated_call::{Answer, SimulatedCall};

struct Wanted {
    url: String,
    signer: Verifier,
    modern: bool,
    legacy: bool,
    number: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            say(&sentence);
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<bool, String> {
    let wanted = arguments()?;
    let http = reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
    let id = format!("simulated-{:08x}", fastrand::u32(..));
    let call = SimulatedCall::new(http, &wanted.url, wanted.signer, &id, &wanted.number);
    let mut case = json!({
        "accountNumber": "ACC-1001",
        "issueType": "Technical",
        "description": format!("Simulated call {id}: the router does not start."),
    });
    let mut answers = Vec::new();
    if wanted.modern {
        answers.push(("assistant-request", call.assistant_request().await));
        answers.push(("find_customer", call.tool_call("tool-1", "find_customer", &json!({})).await));
        answers.push(("create_case", call.tool_call("tool-2", "create_case", &case).await));
        answers.push(("create_case, delivered again", call.tool_call("tool-2", "create_case", &case).await));
    }
    if wanted.legacy {
        // Another trouble: the same one would be the same case.
        case["description"] = format!("Simulated call {id}: the telephone is silent.").into();
        answers.push(("function-call", call.function_call("createSalesforceCase", &case).await));
    }
    let transcript = "AI: How can I help you?\nUser: My router does not start.";
    answers
        .push(("end-of-call-report", call.end_of_call(42, transcript, "The router does not start.").await));
    let mut well = true;
    for (what, answer) in answers {
        well &= report(what, answer);
    }
    Ok(well)
}

fn report(what: &str, answer: Result<Answer, reqwest::Error>) -> bool {
    match answer {
        Ok(answer) => {
            let body = answer.body.to_string();
            let shown: String = body.chars().take(200).collect();
            say(&format!("{what}: {} after {} ms: {shown}", answer.status, answer.took.as_millis()));
            answer.status == 200 && answer.body["results"][0]["error"].is_null()
        }
        Err(error) => {
            say(&format!("{what}: no answer: {}", error.without_url()));
            false
        }
    }
}

fn arguments() -> Result<Wanted, String> {
    let (mut url, mut secret) = (None, None);
    let (mut scheme, mut form, mut number) =
        ("hmac".to_owned(), "both".to_owned(), "+14155550199".to_owned());
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let lexopt::Arg::Long(name) = argument else { return Err(usage()) };
        let name = name.to_owned();
        let value = parser.value().map_err(|error| error.to_string())?.to_string_lossy().into_owned();
        match name.as_str() {
            "url" => url = Some(value),
            "secret" => secret = Some(value),
            "scheme" => scheme = value,
            "form" => form = value,
            "number" => number = value,
            _ => return Err(usage()),
        }
    }
    let (Some(url), Some(secret)) = (url, secret) else { return Err(usage()) };
    if !["modern", "legacy", "both"].contains(&form.as_str()) {
        return Err("--form must be one of modern, legacy and both".to_owned());
    }
    let signer = settings::webhook_proof::of_secret(&scheme, secret)?;
    Ok(Wanted { url, signer, modern: form != "legacy", legacy: form != "modern", number })
}

fn usage() -> String {
    "usage: simulate_call --url URL --secret SECRET [--scheme hmac|article|secret|bearer] \
     [--form modern|legacy|both] [--number NUMBER]"
        .to_owned()
}

#[expect(clippy::print_stdout, reason = "this program talks to a person")]
fn say(line: &str) {
    println!("{line}");
}
