//! A private PostgreSQL server on a unix socket, out of the binaries that are installed.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Write as _},
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// Somebody who owns nothing: PostgreSQL refuses to run as root.
const NOBODY: u32 = 65_534;

/// How a server is stopped.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// As an operator in a hurry does: connections are cut, and what is in memory is flushed.
    Fast,
    /// As a crash does: nothing is flushed, and the next start recovers from the log.
    Crash,
}

/// A server that lasts as long as this value, or this process.
#[derive(Debug)]
pub(crate) struct PrivatePostgres {
    folder: TempDir,
    binaries: PathBuf,
    server: Option<Child>,
    /// The process that `postgres` itself is.
    pid: u32,
}

impl PrivatePostgres {
    /// A new server, which runs; none where the binaries are missing.
    pub(crate) fn start() -> io::Result<Option<Self>> {
        let Some(binaries) = binaries() else { return Ok(None) };
        let folder = tempfile::Builder::new().prefix("voice-crm-pg").tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777))?;
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
        }
        let made = command(&binaries.join("initdb"))
            .args(["--auth=trust", "--username=voice", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(folder.path().join("data"))
            .output()?;
        if !made.status.success() {
            let said = String::from_utf8_lossy(&made.stderr);
            return Err(io::Error::other(format!("initdb: {said}")));
        }
        let mut server = Self { folder, binaries, server: None, pid: 0 };
        server.run()?;
        Ok(Some(server))
    }

    /// Starts the server again, and waits until it takes connections.
    pub(crate) fn run(&mut self) -> io::Result<()> {
        // A shell holds the end of a pipe; however this process ends, the pipe does, and so does the server.
        // A server that is to come back keeps its folder.
        let script = "\"$0\" \"$@\" & server=$!; echo $server; read signal; kill -${signal:-INT} $server
            wait $server; [ -n \"$signal\" ] || rm -rf \"$FOLDER\"";
        let mut shell = command(Path::new("sh"));
        shell
            .args(["-c", script])
            .env("FOLDER", self.folder.path())
            .arg(self.binaries.join("postgres"))
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .args(["-c", "listen_addresses=", "-c", "max_connections=60", "-k"])
            .arg(self.folder.path());
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = shell.spawn()?;
        let (said, mut pid) = (server.stdout.take(), String::new());
        self.server = Some(server);
        // Once its number is there, so is the process that a stop is to end.
        said.map(|said| BufReader::new(said).read_line(&mut pid)).transpose()?;
        self.pid = pid.trim().parse().map_err(io::Error::other)?;
        let begun = Instant::now();
        while !self.takes_connections() {
            if begun.elapsed() > Duration::from_secs(30) {
                return Err(io::Error::other("PostgreSQL did not start"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn takes_connections(&self) -> bool {
        let status = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default();
        status.lines().nth(7).is_some_and(|line| line.trim() == "ready")
    }

    /// Stops the server.
    pub(crate) fn stop(&mut self, how: Stop) -> io::Result<()> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let signal = match how {
            Stop::Fast => "INT\n",
            Stop::Crash => "QUIT\n",
        };
        if let Some(mut pipe) = server.stdin.take() {
            pipe.write_all(signal.as_bytes())?;
        }
        server.wait()?;
        // A server that crashed leaves its word of being ready behind, which the next start would believe.
        let _ = fs::remove_file(self.folder.path().join("data/postmaster.pid"));
        Ok(())
    }

    /// Sends a signal to every process of the server.
    #[cfg(target_os = "linux")]
    #[allow(dead_code, reason = "not every program that has this file does so")]
    pub(crate) fn signal(&self, name: &str) -> io::Result<()> {
        let status = |pid: u32| fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let parent = format!("PPid:\t{}", self.pid);
        let all =
            fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let children = all.filter(|pid| status(*pid).lines().any(|line| line == parent));
        // The one that makes the others first, so that no new one is missed.
        for pid in [self.pid].into_iter().chain(children.collect::<Vec<u32>>()) {
            Command::new("kill").args([format!("-{name}"), pid.to_string()]).status()?;
        }
        Ok(())
    }

    /// Where it takes connections; everybody on this machine may, so nothing in it is secret.
    pub(crate) fn url(&self) -> String {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://voice@{folder}/postgres")
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        let _ = self.stop(Stop::Fast);
    }
}

/// Where the binaries are: named by `VOICE_CRM_PG_BIN`, on the path, or where Debian puts them.
fn binaries() -> Option<PathBuf> {
    let named = std::env::var_os("VOICE_CRM_PG_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    // The folder that a link on the path leads to holds the others too.
    let on_path = std::env::split_paths(&path)
        .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok()?.parent().map(Path::to_path_buf));
    named
        .into_iter()
        .chain(on_path)
        .chain(debian)
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

fn command(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    let nobody = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")];
    command.args(nobody).args(["--clear-groups", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}
