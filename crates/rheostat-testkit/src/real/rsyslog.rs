//! rsyslog as a receiver, which writes down what it understood as JSON.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{Need, Running, free_port};

/// rsyslog.
pub const RSYSLOG: Need = Need::Program("rsyslogd", "-v", "rsyslog");
/// What rsyslog needs for TLS.
pub const RSYSLOG_TLS: Need = Need::File(
    "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so",
    "rsyslog-openssl",
);

/// The receiver, over UDP, TCP and a datagram socket at the same time.
pub struct Rsyslog {
    /// The server.
    pub running: Running,
}

impl Rsyslog {
    /// Starts one without TLS.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    pub fn start() -> Self {
        Self::with(folder(), "", "")
    }

    /// The same with certificates for this machine and `name`, that a CA of its
    /// own has signed: `ca.pem`; `other.pem` is a CA that has signed nothing.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    pub fn start_with_tls(name: &str) -> Self {
        let folder = folder();
        certificates(folder.path(), name);
        let at = folder.path().display();
        let global = format!(
            "DefaultNetstreamDriver=\"ossl\" DefaultNetstreamDriverCAFile=\"{at}/ca.pem\" \
             DefaultNetstreamDriverCertFile=\"{at}/cert.pem\" DefaultNetstreamDriverKeyFile=\"{at}/key.pem\""
        );
        let tcp =
            "StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\"";
        Self::with(folder, &global, tcp)
    }

    fn with(folder: TempDir, global: &str, tcp: &str) -> Self {
        let port = free_port();
        let at = folder.path().display();
        let config = format!(
            "global(workDirectory=\"{at}\" {global})\n\
             module(load=\"imudp\")\nmodule(load=\"imtcp\" {tcp})\nmodule(load=\"imuxsock\" sysSock.Use=\"off\")\n\
             input(type=\"imudp\" address=\"127.0.0.1\" port=\"{port}\" rcvbufSize=\"64m\")\n\
             input(type=\"imtcp\" address=\"127.0.0.1\" port=\"{port}\")\n\
             input(type=\"imuxsock\" Socket=\"{at}/socket\" UseSpecialParser=\"off\" ParseHostname=\"on\" RateLimit.Interval=\"0\")\n\
             template(name=\"json\" type=\"list\") {{ property(name=\"jsonmesg\") constant(value=\"\\n\") }}\n\
             action(type=\"omfile\" file=\"{at}/messages\" template=\"json\")\n"
        );
        std::fs::write(folder.path().join("config"), config).expect("a file");
        let mut command = Command::new("rsyslogd");
        command
            .arg("-n")
            .arg("-f")
            .arg(folder.path().join("config"));
        command.arg("-i").arg(folder.path().join("pid"));
        let (udp, tcp) = (listening("udp", port), listening("tcp", port));
        let socket = folder.path().join("socket");
        // Connecting to TCP would be seen as a message by TLS.
        let ready = move || udp() && tcp() && socket.exists();
        let running = Running::start(format!("127.0.0.1:{port}"), command, folder, ready);
        Self { running }
    }

    /// It ends, and so does its socket.
    ///
    /// # Panics
    ///
    /// Where it does not end.
    pub fn stop(&mut self) {
        self.running.end();
        std::fs::remove_file(self.socket()).unwrap_or_default();
    }

    /// The datagram socket.
    pub fn socket(&self) -> PathBuf {
        self.running.file("socket")
    }

    /// What it got from us, in the order of arrival.
    ///
    /// # Panics
    ///
    /// Where rsyslog wrote anything else.
    pub fn messages(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.running.file("messages")).unwrap_or_default();
        // The last line may be half written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole
            .lines()
            .map(|line| serde_json::from_str(line).expect("rsyslog writes JSON"))
            .filter(|message: &Value| message["app-name"] != "rsyslogd")
            .collect()
    }
}

fn folder() -> TempDir {
    // What begins with a dot is hidden, for some.
    let folder = tempfile::Builder::new().prefix("rsyslog").tempdir();
    folder.expect("a folder")
}

fn listening(protocol: &'static str, port: u16) -> impl Fn() -> bool {
    let listening = format!("0100007F:{port:04X} 00000000:0000");
    move || {
        let sockets = std::fs::read_to_string(format!("/proc/net/{protocol}"));
        sockets.is_ok_and(|sockets| sockets.contains(&listening))
    }
}

fn certificates(at: &Path, name: &str) {
    let openssl = |words: &str| {
        let ran = Command::new("openssl")
            .args(words.split(' '))
            .current_dir(at)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(ran.is_ok_and(|status| status.success()), "openssl {words}");
    };
    let new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    for ca in ["ca", "other"] {
        openssl(&format!(
            "req -x509 {new} -days 2 -keyout {ca}.key -out {ca}.pem -subj /CN={ca}"
        ));
    }
    openssl(&format!(
        "req {new} -keyout key.pem -out csr -subj /CN=server"
    ));
    let names = format!("subjectAltName=IP:127.0.0.1,DNS:{name}\n");
    std::fs::write(at.join("extensions"), names).expect("a file");
    openssl(
        "x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem -extfile extensions",
    );
}
