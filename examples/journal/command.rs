//! What the operator asks for, read from the command line.

use std::{fmt, io::BufRead as _, path::PathBuf};

use lexopt::{Arg, Parser, ValueExt};
use voice_crm_core::{
    outbox::{JobKey, Reference},
    phone::{PhoneNumber, Region},
};

const USAGE: &str = "usage: journal list [--limit N] | show REFERENCE-OR-KEY | retry REFERENCE-OR-KEY | \
    retry --code CODE | discard REFERENCE-OR-KEY | erase +NUMBER | stats | locks [--limit N] | unlock CONTACT-OR-NAME-OR-+NUMBER | \
    backup FILE";

/// What the operator asks for.
#[derive(Debug)]
pub(crate) enum Request {
    /// A copy of the journal in a new file.
    Backup(PathBuf),
    Operate(Command),
}

/// What is to be done with the jobs.
#[derive(Debug)]
pub(crate) enum Command {
    List { limit: usize },
    Show(Named),
    Retry(Wanted),
    Discard(Named),
    Erase(PhoneNumber),
    Stats,
    Locks { limit: usize },
    Unlock(Locked),
}

/// Who is to be unlocked.
#[derive(Debug)]
pub(crate) enum Locked {
    /// A contact, by its id in the CRM or by its name in the log.
    Contact(String),
    /// Whoever calls from a number.
    Number(PhoneNumber),
}

impl Locked {
    fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('+') || text == "-" {
            return caller(text).map(Self::Number);
        }
        Ok(Self::Contact(text.to_owned()))
    }
}

/// Which dead jobs are meant.
#[derive(Debug)]
pub(crate) enum Wanted {
    One(Named),
    /// All whose reason has this code.
    Code(String),
}

/// How a write is named.
#[derive(Debug)]
pub(crate) enum Named {
    Reference(Reference),
    Key(JobKey),
}

impl Named {
    fn parse(text: &str) -> Result<Self, String> {
        match (text.parse(), text.parse()) {
            (Ok(key), _) => Ok(Self::Key(key)),
            (_, Ok(reference)) => Ok(Self::Reference(reference)),
            _ => Err(format!("{text} is neither a reference of nine digits nor a key of 32")),
        }
    }

    /// The reference by which a journal finds it.
    pub(crate) fn reference(&self) -> Reference {
        match self {
            Self::Reference(reference) => reference.clone(),
            Self::Key(key) => key.reference(),
        }
    }

    /// Whether it names the job with this key.
    pub(crate) fn means(&self, key: JobKey) -> bool {
        match self {
            Self::Reference(reference) => key.reference() == *reference,
            Self::Key(own) => *own == key,
        }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference(reference) => f.write_str(reference.as_str()),
            Self::Key(key) => write!(f, "{key}"),
        }
    }
}

/// Reads the command line. The error is a sentence for the operator.
pub(crate) fn read() -> Result<Request, String> {
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
    if let (["backup", file], None) = (words.as_slice(), &code) {
        return Ok(Request::Backup(file.into()));
    }
    let command = match (words.as_slice(), code) {
        (["list"], None) => Ok(Command::List { limit }),
        (["show", name], None) => Named::parse(name).map(Command::Show),
        (["retry", name], None) => Named::parse(name).map(|named| Command::Retry(Wanted::One(named))),
        (["retry"], Some(code)) => Ok(Command::Retry(Wanted::Code(code))),
        (["discard", name], None) => Named::parse(name).map(Command::Discard),
        (["erase", number], None) => caller(number).map(Command::Erase),
        (["stats"], None) => Ok(Command::Stats),
        (["locks"], None) => Ok(Command::Locks { limit }),
        (["unlock", locked], None) => Locked::parse(locked).map(Command::Unlock),
        _ => Err(USAGE.to_owned()),
    };
    command.map(Request::Operate)
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
