//! The arguments of the program; whatever is wrong with them is said in one sentence.

use std::{net::IpAddr, str::FromStr, time::Duration};

use lexopt::{Arg, Parser, ValueExt};
use salesforce_emulator::{CustomObject, Field, Org, OrgBuilder};

/// What the arguments ask for.
pub(crate) enum Command {
    Help,
    Run(Box<Settings>),
}

/// An org as the arguments describe it.
pub(crate) struct Settings {
    pub(crate) builder: OrgBuilder,
    pub(crate) is_login_host: bool,
    /// The port of the admin API, if there is to be one.
    pub(crate) admin_port: Option<u16>,
}

/// Reads all arguments.
pub(crate) fn read(mut arguments: Parser) -> Result<Command, String> {
    let mut settings = Settings { builder: Org::builder(), is_login_host: false, admin_port: None };
    let (mut id, mut secret): (Option<String>, Option<String>) = (None, None);
    let (mut host, mut port) = (IpAddr::from([127, 0, 0, 1]), 0);
    while let Some(argument) = arguments.next().map_err(|error| sentence(&error))? {
        let builder = &mut settings.builder;
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("port") => port = value(&mut arguments, "--port", "a number from 0 to 65535")?,
            Arg::Long("admin-port") => {
                settings.admin_port =
                    Some(value(&mut arguments, "--admin-port", "a number from 0 to 65535")?);
            }
            Arg::Long("host") => host = value(&mut arguments, "--host", "an IP address")?,
            Arg::Long("client-id") => id = Some(value(&mut arguments, "--client-id", "a text")?),
            Arg::Long("client-secret") => secret = Some(value(&mut arguments, "--client-secret", "a text")?),
            Arg::Long("org") => {
                let path: String = value(&mut arguments, "--org", "the path of a TOML file")?;
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| format!("The org file {path} cannot be read: {error}."))?;
                let read = std::mem::replace(builder, Org::builder()).toml(&text);
                *builder = read.map_err(|error| format!("{path}: {error}."))?;
            }
            Arg::Long("login-host") => settings.is_login_host = true,
            Arg::Long("jwt-tokens") => change(builder, |builder| builder.jwt_tokens(true)),
            Arg::Long("public-url") => {
                let url: String = value(&mut arguments, "--public-url", "a URL")?;
                change(builder, |builder| builder.public_url(url));
            }
            Arg::Long("latency-ms") => {
                let latency = value(&mut arguments, "--latency-ms", "a number of milliseconds")?;
                change(builder, |builder| builder.latency(Duration::from_millis(latency)));
            }
            Arg::Long("external-id") => {
                let given: String = value(&mut arguments, "--external-id", FIELD)?;
                let (object, field) = given
                    .split_once('.')
                    .filter(|(object, field)| !object.is_empty() && !field.is_empty())
                    .ok_or_else(|| format!("--external-id needs {FIELD}."))?;
                change(builder, |builder| builder.field(object, Field::external_id(field)));
            }
            Arg::Long("object") => {
                let name: String = value(&mut arguments, "--object", "a name such as Voice_Call__c")?;
                change(builder, |builder| builder.object(CustomObject::new(name)));
            }
            other => return Err(sentence(&other.unexpected())),
        }
    }
    let Settings { mut builder, is_login_host, admin_port } = settings;
    if id.is_some() || secret.is_some() {
        let (id, secret) =
            (id.unwrap_or_else(|| "client".to_owned()), secret.unwrap_or_else(|| "secret".to_owned()));
        builder = builder.client(id, secret);
    }
    let builder = builder.act_as_login_host(is_login_host).address((host, port).into());
    Ok(Command::Run(Box::new(Settings { builder, is_login_host, admin_port })))
}

fn change(builder: &mut OrgBuilder, with: impl FnOnce(OrgBuilder) -> OrgBuilder) {
    *builder = with(std::mem::replace(builder, Org::builder()));
}

fn value<T: FromStr>(arguments: &mut Parser, option: &str, wanted: &str) -> Result<T, String> {
    let given = arguments.value().map_err(|_| format!("{option} needs {wanted}."))?;
    // The value itself is not repeated: it may be a secret.
    given.string().ok().and_then(|text| text.parse().ok()).ok_or_else(|| format!("{option} needs {wanted}."))
}

fn sentence(error: &lexopt::Error) -> String {
    format!("The arguments are wrong: {error}; --help tells which there are.")
}

const FIELD: &str = "an object and a field such as Case.Voice_Key__c";

/// What `--help` prints.
pub(crate) const HELP: &str = "\
A Salesforce org on this machine, for tests and demos. Its records live in memory.

Usage: salesforce-emulator [OPTIONS]

  --port N                   port to listen on (any free one)
  --admin-port N             port on 127.0.0.1 for switching faults, records and the clock (none)
  --host ADDRESS             address to listen on (127.0.0.1)
  --org FILE                 objects, fields, rules, users and records in TOML; options after it add to it
  --client-id ID             OAuth client id (client)
  --client-secret SECRET     OAuth client secret (secret)
  --external-id OBJECT.FIELD unique external id to add, such as Case.Voice_Key__c; may be repeated
  --object NAME              custom object to add, such as Voice_Call__c; may be repeated
  --public-url URL           instance URL that clients are told (the address they used)
  --login-host               refuse client credentials, as login.salesforce.com does
  --jwt-tokens               issue tokens that tell when they expire
  --latency-ms N             make every API call take this much longer
  -h, --help                 print this
";

#[cfg(test)]
mod tests {
    use super::{Command, read};

    fn parse(arguments: &[&str]) -> Result<Command, String> {
        read(lexopt::Parser::from_args(arguments))
    }

    #[test]
    fn every_documented_option_is_understood() {
        let all = [
            "--port",
            "8080",
            "--admin-port",
            "8081",
            "--host",
            "0.0.0.0",
            "--client-id",
            "c",
            "--client-secret",
            "s",
            "--external-id",
            "Case.Voice_Key__c",
            "--object",
            "Voice_Call__c",
            "--public-url",
            "https://org.example",
            "--login-host",
            "--jwt-tokens",
            "--latency-ms",
            "5",
        ];
        assert!(
            matches!(parse(&all), Ok(Command::Run(settings)) if settings.is_login_host && settings.admin_port == Some(8081))
        );
        assert!(matches!(parse(&["--help"]), Ok(Command::Help)));
    }

    #[test]
    fn a_wrong_argument_is_one_sentence_that_names_it() {
        for (arguments, named) in [
            (vec!["--port", "x"], "--port needs a number"),
            (vec!["--admin-port", "70000"], "--admin-port needs a number"),
            (vec!["--port"], "--port needs a number"),
            (vec!["--nonsense"], "'--nonsense'"),
            (vec!["stray"], "\"stray\""),
            (vec!["--external-id", "Case"], "Case.Voice_Key__c"),
            (vec!["--host", "localhost"], "--host needs an IP address"),
        ] {
            let sentence = parse(&arguments).err().unwrap();
            assert!(
                sentence.contains(named) && sentence.ends_with('.') && !sentence.contains('\n'),
                "{sentence}"
            );
        }
    }
}
