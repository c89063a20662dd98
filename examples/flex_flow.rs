//! Prints the Studio flow that forks a call to an agent assistant and hands it to an agent of Flex, and
//! publishes it if asked to.
//!
//! ```sh
//! cargo run --example flex_flow                        # prints the definition
//! cargo run --example flex_flow -- --publish           # makes the flow
//! cargo run --example flex_flow -- --publish --flow FW..   # changes the flow, if there is something to change
//! ```
//!
//! Settings from the environment: `CONNECTOR_URL` (the agent assistant's server), `REGISTRATION_KEY`,
//! `CONVERSATION_PREFIX`, `FUNCTION_URL`, `SIPREC_CONNECTOR`, `FLEX_WORKFLOW`, `FLEX_CHANNEL`; to publish also
//! `TWILIO_ACCOUNT_SID` and `TWILIO_AUTH_TOKEN`.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use lexopt::ValueExt as _;
use serde_json::json;
use twilio_client::resource::studio::FlowStatus;
use twilio_client::resource::studio::flow::{
    Flow, ForkStream, HttpRequest, RunFunction, SayPlay, SendToFlex, Trigger,
};
use twilio_client::sid::FlowSid;
use twilio_client::{AuthToken, Client, Credentials};

const NAME: &str = "Agent assist, then an agent";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (mut publish, mut deployed) = (false, None);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("publish") => publish = true,
            lexopt::Arg::Long("flow") => deployed = Some(arguments.value()?.parse::<FlowSid>()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let flow = flow();
    for finding in flow.lint() {
        writeln!(std::io::stderr(), "{finding}")?;
        if finding.is_error() {
            return Err("the flow is not sent".into());
        }
    }
    writeln!(std::io::stdout(), "{:#}", flow.to_json())?;
    if publish { send(&flow, deployed.as_ref()).await } else { Ok(()) }
}

/// Registers the call with the assistant, names the conversation, forks both sides of the audio, and hands the
/// call to an agent. Whatever fails on the way, the caller goes to the agent at once, without the assistant.
fn flow() -> Flow {
    let server = setting("CONNECTOR_URL", "https://connector.example.com");
    let prefix = setting("CONVERSATION_PREFIX", "projects/example/conversations");
    let caller = "{{trigger.call.From | replace_first:'+','' }}";
    let conversation = format!("{prefix}/TW-{caller}-{{{{trigger.call.CallSid}}}}");
    let register = HttpRequest::post("register_twilio", &format!("{server}/register-app"))
        // A key for this purpose alone: the account's token would open everything.
        .parameter("registrationKey", &setting("REGISTRATION_KEY", "set-REGISTRATION_KEY"))
        .parameter("callSid", "{{trigger.call.CallSid}}")
        .on_success("name_conversation")
        .on_failed("send_to_agent");
    let name = RunFunction::new(
        "name_conversation",
        &setting("FUNCTION_URL", "https://functions.example.com/conversation-name"),
    )
    .parameter("token", "{{widgets.register_twilio.parsed.token}}")
    .parameter("conversationIntegrationKey", caller)
    .parameter("conversationName", &conversation)
    .on_success("fork_audio")
    .on_fail("send_to_agent");
    let fork = ForkStream::siprec("fork_audio", &setting("SIPREC_CONNECTOR", "agent-assist"), "both_tracks")
        .stream_name("agent-assist")
        .parameter("conversation", &conversation)
        .on_next("send_to_agent");
    let agent = SendToFlex::new(
        "send_to_agent",
        &setting("FLEX_WORKFLOW", "WW00000000000000000000000000000000"),
        &setting("FLEX_CHANNEL", "TC00000000000000000000000000000000"),
    )
    .attributes(&json!({
        "type": "inbound",
        "name": "{{trigger.call.From}}",
        "call_sid": "{{trigger.call.CallSid}}",
        "conversationName": conversation,
    }))
    .on_failed_to_enqueue("say_sorry")
    .on_failure("say_sorry");
    Flow::new(NAME, Trigger::new("Trigger").on_call("register_twilio"))
        .with(register)
        .with(name)
        .with(fork)
        .with(agent)
        .with(SayPlay::say("say_sorry", "We cannot connect you right now. Please call again."))
}

async fn send(flow: &Flow, deployed: Option<&FlowSid>) -> Result<(), Box<dyn Error>> {
    let account = needed("TWILIO_ACCOUNT_SID")?.parse()?;
    let token = AuthToken::new(needed("TWILIO_AUTH_TOKEN")?)?;
    let client = Client::builder(account, Credentials::auth_token(token)).build()?;
    client.flows().validate(NAME, flow).await?;
    let published = match deployed {
        None => client.flows().create(NAME, &FlowStatus::Published, flow).await?,
        Some(sid) => {
            let old = client.flows().fetch(sid).await?;
            let old = Flow::from_json(&old.definition.unwrap_or_default())?;
            let changes = flow.changes_from(&old);
            writeln!(std::io::stderr(), "{} changes: {changes:?}", changes.len())?;
            if changes.is_empty() {
                return Ok(());
            }
            client.flows().update(sid, &FlowStatus::Published, Some(flow)).await?
        }
    };
    writeln!(std::io::stderr(), "{} is published", published.sid)?;
    Ok(())
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn needed(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("set {name} to publish the flow"))
}
