//! A real PostgreSQL of a test's own: on a free port, in a folder of its own, as a user that is not root.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rheostat_testkit::real::{Need, eventually, free_port};
use serde_json::Value;
use tempfile::TempDir;

/// Debian's server, with its `psql`.
pub const POSTGRES: Need = Need::File("/usr/lib/postgresql", "postgresql");
/// What makes certificates.
pub const OPENSSL: Need = Need::Program("openssl", "version", "openssl");

/// A server that runs.
pub struct Postgres {
    pub address: String,
    pub folder: TempDir,
    server: Option<Child>,
}

impl Postgres {
    /// Anybody may log in as `postgres` without a password.
    pub fn start() -> Self {
        Self::start_with("", "", |_| {})
    }

    /// With these lines in its configuration and, first of all, in its list of who may log in.
    /// `prepare` may put files into its folder, which are its own afterwards.
    pub fn start_with(config: &str, logins: &str, prepare: impl FnOnce(&Path)) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let port = free_port();
        let mut server = Self {
            address: format!("127.0.0.1:{port}"),
            folder,
            server: None,
        };
        prepare(server.folder.path());
        server.own();
        let made = server
            .command("initdb")
            .args(["--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8"])
            .args(["--locale", "C.UTF-8", "-D"])
            .arg(server.data())
            .output();
        must("initdb", made);
        let own = format!(
            "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n\
             fsync = off\nshared_buffers = 32MB\nmax_connections = 30\n{config}\n"
        );
        append(&server.data().join("postgresql.conf"), &own, false);
        append(&server.data().join("pg_hba.conf"), logins, true);
        server.go();
        server
    }

    /// Runs, or runs again at the same place with what it kept.
    pub fn go(&mut self) {
        let data = self.data();
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.server = Some(command.spawn().expect("the server starts"));
        eventually("the server answers", || {
            self.psql("postgres", "SELECT 1").status.success()
        });
    }

    /// Ends as after a crash: nothing is written down any more.
    pub fn crash(&mut self) {
        let Some(mut server) = self.server.take() else {
            return;
        };
        self.thaw_all(server.id());
        signal(server.id(), "QUIT");
        let until = Instant::now() + Duration::from_secs(20);
        while matches!(server.try_wait(), Ok(None)) {
            if Instant::now() > until {
                server.kill().expect("it is ours");
                server.wait().expect("it has ended");
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Stops all of its processes where they are: they neither read nor answer.
    pub fn freeze(&self) {
        let server = self.server.as_ref().expect("it runs").id();
        // The one that makes others first.
        signal(server, "STOP");
        for child in children(server) {
            signal(child, "STOP");
        }
    }

    /// Lets them go on.
    pub fn thaw(&self) {
        self.thaw_all(self.server.as_ref().expect("it runs").id());
    }

    fn thaw_all(&self, server: u32) {
        for child in children(server) {
            signal(child, "CONT");
        }
        signal(server, "CONT");
    }

    /// What a statement answers, rows as lines and cells set off by `|`.
    pub fn sql(&self, sql: &str) -> String {
        let output = self.psql("postgres", sql);
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(output.status.success(), "{sql}\n{err}");
        out.trim_end().to_owned()
    }

    /// A client that runs a statement in a transaction, and stays in it until the server ends it.
    pub fn holding(&self, sql: &str) -> Child {
        let (host, port) = self.address.split_once(':').expect("it has a port");
        let held = format!("{sql}; SELECT pg_sleep(600)");
        Command::new("psql")
            .args(["-X", "-h", host, "-p", port, "-U", "postgres", "-c", &held])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("psql runs")
    }

    /// Rows of a query, each a JSON object.
    pub fn rows(&self, query: &str) -> Vec<Value> {
        let text = self.sql(&format!(
            "SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM ({query}) q"
        ));
        match serde_json::from_str(&text).expect("it is JSON") {
            Value::Array(rows) => rows,
            other => panic!("{other}"),
        }
    }

    /// One number.
    pub fn number(&self, query: &str) -> u64 {
        self.sql(query).parse().expect("it is a number")
    }

    /// The keys by which a sink reaches it.
    pub fn keys(&self) -> String {
        keys(&self.address)
    }

    fn psql(&self, user: &str, sql: &str) -> Output {
        let (host, port) = self.address.split_once(':').expect("it has a port");
        Command::new("psql")
            .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1"])
            .args([
                "-h", host, "-p", port, "-U", user, "-d", "postgres", "-c", sql,
            ])
            .env("PGSSLMODE", "prefer")
            .env("PGTZ", "UTC")
            .output()
            .expect("psql runs")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A program of the server, run as whom the server has to run.
    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(programs().join(name));
        command.current_dir(self.folder.path()).env("TZ", "UTC");
        if let Some((user, group)) = nobody_special() {
            command.uid(user).gid(group);
        }
        command
    }

    /// Gives what is in its folder to whom it runs as.
    fn own(&self) {
        if let Some((user, group)) = nobody_special() {
            let inside = fs::read_dir(self.folder.path()).expect("the folder is ours");
            let inside = inside.map(|entry| entry.expect("it can be read").path());
            for path in inside.chain([self.folder.path().to_owned()]) {
                chown(&path, Some(user), Some(group)).expect("root may give it away");
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.crash();
    }
}

/// The keys by which a sink reaches a server at this address.
pub fn keys(address: &str) -> String {
    format!("address = '{address}'\nuser = 'postgres'\ntable = 'events'")
}

/// Where the newest server's programs are.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("it was looked for");
    let newest = versions
        .map(|entry| entry.expect("it can be read").path().join("bin"))
        .filter(|bin| bin.join("postgres").exists())
        .max();
    newest.expect("a server is installed")
}

/// User and group that the server runs as where we are root, as whom it refuses to run.
fn nobody_special() -> Option<(u32, u32)> {
    let id = |args: &[&str]| {
        let output = must("id", Command::new("id").args(args).output());
        output.trim().parse::<u32>().expect("it is a number")
    };
    (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])))
}

fn must(what: &str, output: std::io::Result<Output>) -> String {
    let output = output.unwrap_or_else(|error| panic!("{what}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn append(file: &Path, text: &str, first: bool) {
    let before = fs::read_to_string(file).expect("initdb wrote it");
    let whole = if first {
        format!("{text}\n{before}")
    } else {
        format!("{before}\n{text}")
    };
    fs::write(file, whole).expect("the folder is ours");
}

fn signal(process: u32, name: &str) {
    let mut command = Command::new("kill");
    command.args(["-s", name, &process.to_string()]);
    // A child may have ended meanwhile.
    let _ended = command.stderr(Stdio::null()).status();
}

/// The processes that a process made.
fn children(of: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").expect("there is a /proc");
    let numbers = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let parent = |process: u32| -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // Behind the name, which may hold anything, come the state and the parent.
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
    };
    numbers
        .filter(|process| parent(*process) == Some(of))
        .collect()
}
