//! Which functions does the voice agent get, and does what the platform was told still hold?
//!
//! `cargo run --example manifest -- --dialect openai` prints the built-in support desk in that form;
//! `--check FILE` compares a file with it, for CI, and fails when they differ.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a person at a terminal")]

use std::{fs, process::ExitCode};

use lexopt::Arg::Long;
use voice_crm_core::{
    dispatch::Dispatcher,
    function::Dialect,
    functions::Desk,
    phrase::{Language, Phrasebook},
};

const USAGE: &str =
    "usage: manifest [--dialect plain|vapi|openai|anthropic|mcp] [--language CODE] [--check FILE]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

struct Settings {
    dialect: Dialect,
    language: Language,
    check: Option<String>,
}

fn settings() -> Result<Settings, Box<dyn std::error::Error>> {
    let mut settings = Settings { dialect: Dialect::Vapi, language: Language::ENGLISH, check: None };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("dialect") => {
                settings.dialect = match arguments.value()?.to_string_lossy().as_ref() {
                    "plain" => Dialect::Plain,
                    "vapi" => Dialect::Vapi,
                    "openai" => Dialect::OpenAiStrict,
                    "anthropic" => Dialect::Anthropic,
                    "mcp" => Dialect::Mcp,
                    other => return Err(format!("{other} is no dialect\n{USAGE}").into()),
                };
            }
            Long("language") => settings.language = Language::parse(&arguments.value()?.to_string_lossy())?,
            Long("check") => settings.check = Some(arguments.value()?.to_string_lossy().into_owned()),
            other => return Err(format!("{}\n{USAGE}", other.unexpected()).into()),
        }
    }
    Ok(settings)
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let settings = settings()?;
    // The functions of your own service stand here.
    let dispatcher = Desk::new().register(Dispatcher::builder()).build()?;
    let list = dispatcher.manifest().to_json(settings.dialect, &Phrasebook::standard(), settings.language);
    let text = format!("{list:#}\n");
    let Some(file) = settings.check else {
        print!("{text}");
        return Ok(());
    };
    if fs::read_to_string(&file)? == text {
        println!("{file} is what the functions are.");
        return Ok(());
    }
    Err(format!("{file} is not what the functions are any more; write it anew: manifest > {file}").into())
}
