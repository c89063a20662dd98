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
//! `FUNCTION_URL`, `FLEX_WORKFLOW`, `FLEX_CHANNEL`, `CONVERSATION_PREFIX`, `SIPREC_CONNECTOR`. To print, all have
//! examples in their place; to publish, the first five have to be set, and `TWILIO_ACCOUNT_SID` and
//! `TWILIO_AUTH_TOKEN` as well. `TWILIO_URL` stands in for Twilio's hosts.

use std::error::Error;
use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;
use std::str::FromStr;

use lexopt::ValueExt as _;
use serde_json::json;
use twilio_client::resource::studio::FlowStatus;
use twilio_client::resource::studio::flow::{
    Flow, ForkStream, HttpRequest, RunFunction, SayPlay, SendToFlex, Trigger,
};
use twilio_client::sid::{FlowSid, TaskChannelSid, WorkflowSid};
use twilio_client::{AccountSid, AuthToken, Client, Credentials};
use url::Url;

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
    let flow = flow(&Settings::read(publish)?);
    for finding in flow.lint() {
        writeln!(std::io::stderr(), "{finding}")?;
        if finding.is_error() {
            return Err("the flow is not sent".into());
        }
    }
    writeln!(std::io::stdout(), "{:#}", flow.to_json())?;
    if publish { send(&flow, deployed.as_ref()).await } else { Ok(()) }
}

/// What differs from one contact centre to the next.
struct Settings {
    connector: Url,
    registration_key: String,
    function: Url,
    workflow: WorkflowSid,
    channel: TaskChannelSid,
    prefix: String,
    siprec: String,
}

impl Settings {
    /// To print a flow, examples do; what is published has to be meant.
    fn read(publish: bool) -> Result<Self, String> {
        let or = |name, example: &str| setting(name, (!publish).then_some(example));
        Ok(Self {
            connector: parsed("CONNECTOR_URL", &or("CONNECTOR_URL", "https://connector.example.com")?)?,
            registration_key: or("REGISTRATION_KEY", "set-REGISTRATION_KEY")?,
            function: parsed(
                "FUNCTION_URL",
                &or("FUNCTION_URL", "https://functions.example.com/conversation-name")?,
            )?,
            workflow: parsed("FLEX_WORKFLOW", &or("FLEX_WORKFLOW", "WW00000000000000000000000000000000")?)?,
            channel: parsed("FLEX_CHANNEL", &or("FLEX_CHANNEL", "TC00000000000000000000000000000000")?)?,
            prefix: setting("CONVERSATION_PREFIX", Some("projects/example/conversations"))?,
            siprec: setting("SIPREC_CONNECTOR", Some("agent-assist"))?,
        })
    }
}

/// Registers the call with the assistant, names the conversation, forks both sides of the audio, and hands the
/// call to an agent. Whatever fails on the way, the caller goes to the agent at once, without the assistant.
fn flow(settings: &Settings) -> Flow {
    let caller = "{{trigger.call.From | replace_first:'+','' }}";
    let conversation = format!("{}/TW-{caller}-{{{{trigger.call.CallSid}}}}", settings.prefix);
    let server = settings.connector.as_str().trim_end_matches('/');
    let register = HttpRequest::post("register_twilio", &format!("{server}/register-app"))
        // A key for this purpose alone: the account's token would open everything.
        .parameter("registrationKey", &settings.registration_key)
        .parameter("callSid", "{{trigger.call.CallSid}}")
        .on_success("name_conversation")
        .on_failed("send_to_agent");
    let name = RunFunction::new("name_conversation", settings.function.as_str())
        .parameter("token", "{{widgets.register_twilio.parsed.token}}")
        .parameter("conversationIntegrationKey", caller)
        .parameter("conversationName", &conversation)
        .on_success("fork_audio")
        .on_fail("send_to_agent");
    let fork = ForkStream::siprec("fork_audio", &settings.siprec, "both_tracks")
        .stream_name("agent-assist")
        .parameter("conversation", &conversation)
        .on_next("send_to_agent");
    let agent = SendToFlex::new("send_to_agent", settings.workflow.as_str(), settings.channel.as_str())
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
    let client = client()?;
    let published = match deployed {
        None => {
            client.flows().validate(NAME, flow).await.map_err(|error| explained(&error))?;
            client
                .flows()
                .create(NAME, &FlowStatus::Published, flow)
                .await
                .map_err(|error| explained(&error))?
        }
        Some(sid) => {
            let old = client.flows().fetch(sid).await.map_err(|error| explained(&error))?;
            let old = Flow::from_json(&old.definition.unwrap_or_default())?;
            let changes = flow.changes_from(&old);
            writeln!(std::io::stderr(), "{} changes: {changes:?}", changes.len())?;
            if changes.is_empty() {
                return Ok(());
            }
            client.flows().validate(NAME, flow).await.map_err(|error| explained(&error))?;
            client
                .flows()
                .update(sid, &FlowStatus::Published, Some(flow))
                .await
                .map_err(|error| explained(&error))?
        }
    };
    writeln!(std::io::stderr(), "{} is published", published.sid)?;
    Ok(())
}

fn client() -> Result<Client, Box<dyn Error>> {
    let account: AccountSid = parsed("TWILIO_ACCOUNT_SID", &setting("TWILIO_ACCOUNT_SID", None)?)?;
    let token = AuthToken::new(setting("TWILIO_AUTH_TOKEN", None)?)
        .map_err(|error| format!("TWILIO_AUTH_TOKEN: {error}"))?;
    let mut builder = Client::builder(account, Credentials::auth_token(token));
    if let Ok(url) = std::env::var("TWILIO_URL") {
        builder = builder.base_url(parsed("TWILIO_URL", &url)?);
    }
    builder.build().map_err(|error| with_source(&error).into())
}

/// What Twilio says of a flow names its widgets and no callers, so it may be shown.
fn explained(error: &twilio_client::Error) -> String {
    let details = error
        .refusal()
        .and_then(|refusal| refusal.details())
        .map(|details| format!("\n{details:#}"))
        .unwrap_or_default();
    format!("{}{details}", with_source(error))
}

fn with_source(error: &dyn Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

fn setting(name: &str, example: Option<&str>) -> Result<String, String> {
    match (std::env::var(name), example) {
        (Ok(value), _) if !value.is_empty() => Ok(value),
        (_, Some(example)) => Ok(example.to_owned()),
        _ => Err(format!("set {name} to publish the flow")),
    }
}

/// The value is not repeated, for it may be a secret in the wrong place.
fn parsed<T: FromStr<Err: Display>>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|error| format!("{name}: {error}"))
}
