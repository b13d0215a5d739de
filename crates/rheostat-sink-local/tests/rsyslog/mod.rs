//! rsyslog as a receiver, which writes down what it understood as JSON.

#![allow(unreachable_pub, reason = "a module of a test")]

use std::collections::BTreeMap;
#[cfg(feature = "tls")]
use std::path::Path;
use std::path::PathBuf;
use std::process::{Command, Stdio};

#[cfg(feature = "tls")]
use rheostat_testkit::real::Need;
use rheostat_testkit::real::{Server, eventually, free_port};
use serde_json::Value;
use tempfile::TempDir;

/// What rsyslog needs for TLS.
#[cfg(feature = "tls")]
pub const TLS: Need = Need::File(
    "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so",
    "rsyslog-openssl",
);

pub struct Rsyslog {
    server: Option<Server>,
    port: u16,
    folder: TempDir,
}

impl Rsyslog {
    pub fn start() -> Self {
        Self::with("", "")
    }

    fn with(global: &str, tcp: &str) -> Self {
        // What begins with a dot is hidden, for some.
        let folder = tempfile::Builder::new().prefix("rsyslog").tempdir();
        let folder = folder.expect("a folder");
        let port = free_port();
        let at = folder.path().display();
        let config = format!(
            "global(workDirectory=\"{at}\" {global})\n\
             module(load=\"imudp\")\nmodule(load=\"imtcp\" {tcp})\nmodule(load=\"imuxsock\" sysSock.Use=\"off\")\n\
             input(type=\"imudp\" address=\"127.0.0.1\" port=\"{port}\")\n\
             input(type=\"imtcp\" address=\"127.0.0.1\" port=\"{port}\")\n\
             input(type=\"imuxsock\" Socket=\"{at}/socket\" UseSpecialParser=\"off\" ParseHostname=\"on\" RateLimit.Interval=\"0\")\n\
             template(name=\"json\" type=\"list\") {{ property(name=\"jsonmesg\") constant(value=\"\\n\") }}\n\
             action(type=\"omfile\" file=\"{at}/messages\" template=\"json\")\n"
        );
        std::fs::write(folder.path().join("config"), config).expect("a file");
        let mut this = Self {
            server: None,
            port,
            folder,
        };
        this.start_again();
        this
    }

    /// With certificates that a CA of its own has signed; `other.pem` is a CA that has signed nothing.
    #[cfg(feature = "tls")]
    pub fn start_with_tls() -> Self {
        let folder = TempDir::new().expect("a folder").keep();
        certificates(&folder);
        let at = folder.display();
        let global = format!(
            "DefaultNetstreamDriver=\"ossl\" DefaultNetstreamDriverCAFile=\"{at}/ca.pem\" \
             DefaultNetstreamDriverCertFile=\"{at}/cert.pem\" DefaultNetstreamDriverKeyFile=\"{at}/key.pem\""
        );
        let this = Self::with(
            &global,
            "StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\"",
        );
        for name in ["ca.pem", "other.pem"] {
            std::fs::copy(folder.join(name), this.file(name)).expect("a file is copied");
        }
        this
    }

    pub fn start_again(&mut self) {
        let config = self.file("config");
        let server = Server::start(
            Command::new("rsyslogd")
                .arg("-n")
                .arg("-f")
                .arg(&config)
                .arg("-i")
                .arg(self.file("pid"))
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        self.server = Some(server);
        // The last of its inputs; connecting to TCP would be seen as a message by TLS.
        let (udp, tcp) = (self.listening("udp"), self.listening("tcp"));
        eventually("rsyslog listens", || {
            udp() && tcp() && self.socket().exists()
        });
    }

    fn listening(&self, protocol: &'static str) -> impl Fn() -> bool + use<> {
        let listening = format!("0100007F:{:04X} 00000000:0000", self.port);
        move || {
            let sockets = std::fs::read_to_string(format!("/proc/net/{protocol}"));
            sockets.is_ok_and(|sockets| sockets.contains(&listening))
        }
    }

    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.end();
        }
        std::fs::remove_file(self.socket()).unwrap_or_default();
    }

    pub fn signal(&self, name: &str) {
        if let Some(server) = &self.server {
            server.signal(name);
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn socket(&self) -> PathBuf {
        self.file("socket")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What it got from us, in the order of arrival.
    pub fn messages(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.file("messages")).unwrap_or_default();
        // The last line may be half written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole
            .lines()
            .map(|line| serde_json::from_str(line).expect("rsyslog writes JSON"))
            .filter(|message: &Value| message["app-name"] != "rsyslogd")
            .collect()
    }
}

/// The parameters of structured data by element and name, read strictly.
pub fn structured(text: &str) -> BTreeMap<(String, String), String> {
    let mut all = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        rest = rest.strip_prefix('[').expect("an element begins with [");
        let end = rest.find([' ', ']']).expect("an element has a name");
        let element = &rest[..end];
        rest = &rest[end..];
        while let Some(param) = rest.strip_prefix(' ') {
            let (name, value) = param.split_once("=\"").expect("name=\"value");
            assert!(!name.is_empty() && name.len() <= 32, "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_graphic()), "{name}");
            let (value, after) = unescaped(value);
            let before = all.insert((element.to_owned(), name.to_owned()), value);
            assert_eq!(before, None, "{name} twice");
            rest = after;
        }
        rest = rest.strip_prefix(']').expect("an element ends with ]");
    }
    all
}

fn unescaped(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    loop {
        match chars.next() {
            Some((at, '"')) => return (value, &text[at + 1..]),
            Some((_, '\\')) => match chars.next() {
                Some((_, escaped @ ('"' | '\\' | ']'))) => value.push(escaped),
                other => panic!("escaped for nothing: {other:?}"),
            },
            Some((_, ']')) | None => panic!("not closed: {text}"),
            Some((_, char)) => value.push(char),
        }
    }
}

#[cfg(feature = "tls")]
fn certificates(at: &Path) {
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
    std::fs::write(at.join("extensions"), "subjectAltName=IP:127.0.0.1\n").expect("a file");
    openssl(
        "x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem -extfile extensions",
    );
}
