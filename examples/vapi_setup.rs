//! Publishes the support desk to Vapi: a stored tool for each function of the dispatcher, and the assistant that may
//! call them. It shows first what will change, and running it again changes nothing.
//!
//! ```sh
//! VAPI_API_KEY=.. cargo run --example vapi_setup -- --dry-run \
//!     --url https://bridge.example.com/webhook/vapi --credential-id ..
//! ```
//!
//! While a function runs, Vapi says its filler phrase, in the language that the assistant listens for.
//!
//! Tools are found by the names of their functions and the assistant by its own, so what somebody made by hand under
//! these names is taken over.

use std::process::ExitCode;

use vapi_types::{
    assistant::Assistant,
    client::{Client, Stored},
    server::Server,
    tool::Tool,
};
use voice_crm_core::{
    dispatch::Dispatcher,
    functions::Desk,
    phrase::{Language, Phrasebook},
};

#[path = "shared/assistant.rs"]
mod assistant;
#[path = "vapi_setup/difference.rs"]
mod difference;
#[path = "shared/vapi_client.rs"]
mod vapi_client;

use difference::differences;
use vapi_client::cause;

struct Wanted {
    server: Server,
    dry_run: bool,
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
    let assistant = assistant::support_desk();
    let tools = tools(&wanted.server, language(&assistant))?;
    let stored = client.tools().list().all().await.map_err(|error| cause(&error))?;
    let mut ids = Vec::new();
    for (name, tool) in &tools {
        ids.push(publish_tool(&client, name, tool, &stored, wanted.dry_run).await?);
    }
    publish_assistant(&client, &wanted, assistant, ids).await?;
    say(if wanted.dry_run { "Nothing was changed." } else { "Vapi is set up." });
    Ok(())
}

/// The language that the assistant listens for; English for one that listens for several.
fn language(assistant: &Assistant) -> Language {
    let spoken = assistant.transcriber.as_ref().and_then(|transcriber| transcriber.language.as_deref());
    spoken.and_then(|tag| Language::parse(tag).ok()).unwrap_or_default()
}

/// A tool for each function, whose calls go to the bridge, with what is said while it runs.
fn tools(server: &Server, language: Language) -> Result<Vec<(&'static str, Tool)>, String> {
    let dispatcher = Desk::new().register(Dispatcher::builder()).build().map_err(|error| cause(&error))?;
    let book = Phrasebook::standard();
    let tool = |entry: &voice_crm_core::function::ManifestEntry| {
        (entry.name, Tool::from(entry.vapi_tool(&book, language).server(server.clone())))
    };
    Ok(dispatcher.manifest().entries().iter().map(tool).collect())
}

/// Makes the stored tool what it should be, and gives its id.
async fn publish_tool(
    client: &Client,
    name: &str,
    tool: &Tool,
    stored: &[Stored<Tool>],
    dry_run: bool,
) -> Result<String, String> {
    let has_name = |stored: &&Stored<Tool>| match &stored.value {
        Tool::Function(tool) => {
            tool.function.as_ref().and_then(|function| function.name.as_deref()) == Some(name)
        }
        _ => false,
    };
    let same: Vec<_> = stored.iter().filter(has_name).collect();
    let title = format!("tool {name}");
    match same.as_slice() {
        [] => {
            say(&format!("+ {title}"));
            if dry_run {
                return Ok(format!("(id of {name})"));
            }
            let made = client.tools().create(tool).await.map_err(|error| cause(&error))?;
            Ok(made.id)
        }
        [only] => {
            if show(&title, &differences(&only.value, tool)) && !dry_run {
                client.tools().update(&only.id, tool).await.map_err(|error| cause(&error))?;
            }
            Ok(only.id.clone())
        }
        _ => Err(format!("there are several tools for the function {name}; delete all but one")),
    }
}

async fn publish_assistant(
    client: &Client,
    wanted: &Wanted,
    assistant: Assistant,
    ids: Vec<String>,
) -> Result<(), String> {
    let model = assistant.model.clone().unwrap_or_default().tool_ids(ids);
    let assistant = assistant.model(model).server(wanted.server.clone());
    if let Some(finding) = assistant.lint().first() {
        return Err(format!("the assistant is not fit to be published: {finding}"));
    }
    let name = assistant.name.clone().unwrap_or_default();
    let stored = client.assistants().list().all().await.map_err(|error| cause(&error))?;
    let same: Vec<_> = stored.iter().filter(|stored| stored.value.name == assistant.name).collect();
    let title = format!("assistant {name}");
    match same.as_slice() {
        [] => {
            say(&format!("+ {title}"));
            if !wanted.dry_run {
                client.assistants().create(&assistant).await.map_err(|error| cause(&error))?;
            }
        }
        [only] => {
            if show(&title, &differences(&only.value, &assistant)) && !wanted.dry_run {
                client.assistants().update(&only.id, &assistant).await.map_err(|error| cause(&error))?;
            }
        }
        _ => return Err(format!("there are several assistants called {name}; rename all but one")),
    }
    Ok(())
}

/// Says what differs, and whether anything does.
fn show(title: &str, differences: &[String]) -> bool {
    say(&format!("{} {title}", if differences.is_empty() { "=" } else { "~" }));
    for difference in differences {
        say(&format!("    {difference}"));
    }
    !differences.is_empty()
}

fn arguments() -> Result<Wanted, String> {
    let (mut server, mut dry_run) = (Server::default(), false);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("dry-run") => dry_run = true,
            lexopt::Arg::Long("url") => server.url = Some(value(&mut parser)?),
            lexopt::Arg::Long("credential-id") => server.credential_id = Some(value(&mut parser)?),
            _ => return Err(USAGE.to_owned()),
        }
    }
    if server.url.is_none() { Err(USAGE.to_owned()) } else { Ok(Wanted { server, dry_run }) }
}

fn value(parser: &mut lexopt::Parser) -> Result<String, String> {
    let value = parser.value().map_err(|error| error.to_string())?;
    value.into_string().map_err(|_| USAGE.to_owned())
}

#[expect(clippy::print_stdout, reason = "this program talks to a person")]
fn say(line: &str) {
    println!("{line}");
}

const USAGE: &str =
    "usage: vapi_setup --url URL-OF-THE-BRIDGE [--credential-id ID] [--dry-run], with VAPI_API_KEY set";
