//! A private PostgreSQL server on a unix socket, out of the binaries that are installed.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use secrecy::SecretString;
use tempfile::TempDir;
use voice_crm_core::journal::{PostgresJournal, PostgresOptions};

/// A server that lasts as long as this value, or this process.
pub(super) struct Cluster {
    folder: TempDir,
    binaries: PathBuf,
    server: Option<Child>,
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

/// PostgreSQL refuses to run as root; somebody who owns nothing will do.
fn command(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}

impl Cluster {
    /// A new server; none where the binaries are missing, which is said once.
    #[expect(clippy::print_stderr, reason = "what is left out shall be seen")]
    pub(super) fn start() -> Option<Self> {
        static SAID: OnceLock<()> = OnceLock::new();
        let Some(binaries) = binaries() else {
            SAID.get_or_init(|| {
                eprintln!(
                    "left out: the tests of the PostgreSQL journal; initdb and postgres are not installed"
                );
            });
            return None;
        };
        let folder = tempfile::Builder::new().prefix("voice-crm-pg").tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        if is_root() {
            std::os::unix::fs::chown(folder.path(), Some(65534), Some(65534)).unwrap();
        }
        let made = command(&binaries.join("initdb"))
            .args(["--auth=trust", "--username=voice", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(folder.path().join("data"))
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut cluster = Self { folder, binaries, server: None };
        cluster.run();
        Some(cluster)
    }

    /// Starts the server, and waits until it takes connections.
    pub(super) fn run(&mut self) {
        // A shell holds the end of a pipe; however this process ends, the pipe does, and so does the server.
        // A server that is to come back keeps its folder.
        let script = "\"$0\" \"$@\" & server=$!; echo $server; read line; kill -INT $server; wait $server
            [ \"$line\" = stop ] || rm -rf \"$FOLDER\"";
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
        let mut server = shell.spawn().unwrap();
        let mut pid = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut pid).unwrap();
        self.server = Some(server);
        let begun = Instant::now();
        while !self.takes_connections() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the server did not start");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn takes_connections(&self) -> bool {
        let status = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default();
        status.lines().nth(7).is_some_and(|line| line.trim() == "ready")
    }

    /// Stops the server at once, as an operator in a hurry does; connections are cut.
    pub(super) fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.stdin.take().unwrap().write_all(b"stop\n").unwrap();
            server.wait().unwrap();
        }
    }

    pub(super) fn url(&self) -> SecretString {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        SecretString::from(format!("postgres://voice@{folder}/postgres"))
    }

    /// A journal of its own, in a schema of its own.
    pub(super) fn options(&self) -> PostgresOptions {
        static SCHEMAS: AtomicU32 = AtomicU32::new(0);
        let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
        PostgresJournal::options(&self.url()).schema(format!("journal_{number}")).connections(4)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The server that all tests share that do it no harm.
pub(super) fn shared() -> Option<&'static Cluster> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    SHARED.get_or_init(Cluster::start).as_ref()
}
