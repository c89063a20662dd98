//! The org as a program: `cargo run -p salesforce-emulator -- --port 8080`.
#![forbid(unsafe_code)]

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use crate::{
    admin::{Admin, Clock},
    command_line::{Command, Settings},
};

mod admin;
mod command_line;

#[tokio::main]
async fn main() -> ExitCode {
    match command_line::read(lexopt::Parser::from_env()) {
        Ok(Command::Help) => say(&mut io::stdout(), command_line::HELP),
        Ok(Command::Run(settings)) => match run(*settings).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(sentence) => fail(&sentence),
        },
        Err(sentence) => fail(&sentence),
    }
}

async fn run(settings: Settings) -> Result<(), String> {
    let Settings { builder, is_login_host, admin_port } = settings;
    let mut ends = Ends::new().map_err(|error| format!("The signals cannot be listened for: {error}."))?;
    let clock = Clock::default();
    let told = clock.clone();
    let org =
        builder.clock(move || told.now()).start().await.map_err(|error| {
            match std::error::Error::source(&error) {
                Some(source) => format!("The org cannot start: {error}: {source}."),
                None => format!("The org cannot start: {error}."),
            }
        })?;
    let org = Arc::new(org);
    let switches = match admin_port {
        Some(port) => {
            let (listener, address) = admin::listen(port)
                .await
                .map_err(|error| format!("The admin API cannot listen on port {port}: {error}."))?;
            let admin = Admin { org: Arc::clone(&org), clock };
            Some((tokio::spawn(admin::serve(Arc::new(admin), listener)), address))
        }
        None => None,
    };
    let admin_note = switches.as_ref().map_or_else(String::new, |(_, address)| {
        format!("Switch faults, records and the clock: http://{address}/\n")
    });
    let (url, client_id) = (org.url(), org.client_id());
    let note = if is_login_host { "It refuses client credentials, as a login host does.\n" } else { "" };
    let greeting = format!(
        "A Salesforce org listens on {url} (API versions 31.0 to 68.0).\n{note}Look at it: {url}/\n{admin_note}Get a token:\n  curl {url}/services/oauth2/token \
         -d grant_type=client_credentials -d client_id={client_id} -d client_secret=...\nStop it with Ctrl-C.\n"
    );
    say(&mut io::stdout(), &greeting);
    ends.wait().await;
    if let Some((serving, _)) = switches {
        serving.abort();
        let _ = serving.await;
    }
    if let Some(org) = Arc::into_inner(org) {
        org.shutdown().await;
    }
    Ok(())
}

fn fail(sentence: &str) -> ExitCode {
    say(&mut io::stderr(), &format!("{sentence}\n"));
    ExitCode::from(2)
}

/// Writes a text; whoever closed the other end does not want to read it.
fn say(to: &mut impl Write, text: &str) -> ExitCode {
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
    ExitCode::SUCCESS
}

/// The signals that stop the program.
#[cfg(unix)]
struct Ends {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Ends {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// The signal that stops the program.
#[cfg(not(unix))]
struct Ends;

#[cfg(not(unix))]
impl Ends {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
