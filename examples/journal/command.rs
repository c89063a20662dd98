//! What the operator asks for, read from the command line.

use std::io::BufRead as _;

use lexopt::{Arg, Parser, ValueExt};
use voice_crm_core::{
    crm::{JobKey, Reference},
    phone::{PhoneNumber, Region},
};

const USAGE: &str = "usage: journal list [--limit N] | show REFERENCE-OR-KEY | retry KEY | retry --code CODE | \
    discard KEY | erase +NUMBER | stats";

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Command {
    List { limit: usize },
    Show(Named),
    Retry(JobKey),
    RetryAll { code: String },
    Discard(JobKey),
    Erase(PhoneNumber),
    Stats,
}

/// How a write is named.
#[derive(Debug)]
pub(crate) enum Named {
    Reference(Reference),
    Key(JobKey),
}

/// Reads the command line. The error is a sentence for the operator.
pub(crate) fn read() -> Result<Command, String> {
    let (mut words, mut limit, mut code) = (Vec::new(), 100, None);
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let wrong = |error: lexopt::Error| format!("{error}; {USAGE}");
        match argument {
            Arg::Long("limit") => {
                limit = parser.value().and_then(|value| value.parse()).map_err(wrong)?;
            }
            Arg::Long("code") => code = Some(parser.value().and_then(ValueExt::string).map_err(wrong)?),
            Arg::Value(word) => words.push(word.string().map_err(wrong)?),
            other => return Err(wrong(other.unexpected())),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let key = |text: &str| text.parse::<JobKey>().map_err(|error| format!("{text}: {error}"));
    match (words.as_slice(), code) {
        (["list"], None) => Ok(Command::List { limit }),
        (["show", name], None) => match (name.parse(), name.parse()) {
            (Ok(key), _) => Ok(Command::Show(Named::Key(key))),
            (_, Ok(reference)) => Ok(Command::Show(Named::Reference(reference))),
            _ => Err(format!("{name} is neither a reference of six characters nor a key of 32")),
        },
        (["retry", text], None) => key(text).map(Command::Retry),
        (["retry"], Some(code)) => Ok(Command::RetryAll { code }),
        (["discard", text], None) => key(text).map(Command::Discard),
        (["erase", number], None) => caller(number).map(Command::Erase),
        (["stats"], None) => Ok(Command::Stats),
        _ => Err(USAGE.to_owned()),
    }
}

/// A number with its country code; `-` reads it from standard input, where no history keeps it.
fn caller(text: &str) -> Result<PhoneNumber, String> {
    let mut line = text.to_owned();
    if text == "-" {
        line.clear();
        std::io::stdin().lock().read_line(&mut line).map_err(|error| error.to_string())?;
    }
    if !line.trim().starts_with('+') {
        return Err("the number must begin with + and the country code".to_owned());
    }
    PhoneNumber::parse(line.trim(), Region::US).map_err(|error| error.to_string())
}
