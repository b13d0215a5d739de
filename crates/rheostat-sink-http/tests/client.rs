//! What all sinks over HTTP share: TLS, logins, packing, connections that stay, answers without end.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use common::relay::{Mode, Relay};
use common::servers;
use common::{Program, STREAM};
use rheostat_policy::MapEnvironment;
use rheostat_testkit::real::{self, Need, Server, eventually, free_port, python};

const PYTHON: Need = Need::Module("ssl", "python3");
const OPENSSL: Need = Need::Program("openssl", "version", "openssl");
const QUICK: &str = "retry = { first = '5ms', max = '20ms' }\nbatch = { every = '5ms' }";

/// Makes a key and a certificate; signed by `ca` unless it is the CA itself.
fn certificate(folder: &Path, name: &str, ca: bool) {
    let at = |name: &str| folder.join(name).display().to_string();
    let mut command = Command::new("openssl");
    command.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ]);
    command.args(["-days", "3650", "-subj", &format!("/CN={name}")]);
    command.args([
        "-keyout",
        &at(&format!("{name}.key")),
        "-out",
        &at(&format!("{name}.pem")),
    ]);
    if !ca {
        command.args(["-CA", &at("ca.pem"), "-CAkey", &at("ca.key")]);
        command.args([
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=CA:FALSE",
        ]);
    }
    let made = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(made.unwrap().success(), "openssl made no {name}");
}

#[test]
fn a_server_is_trusted_by_its_ca_and_shown_a_certificate() {
    if !real::have("client: a_server_is_trusted", &[PYTHON, OPENSSL]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    certificate(folder, "ca", true);
    certificate(folder, "server", false);
    certificate(folder, "client", false);
    let port = free_port();
    let mut command = python();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/py/tls.py");
    command.arg(script).arg(port.to_string()).arg(folder);
    let _server = Server::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
    eventually("the server listens", || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    let keys = |tls: &str| {
        format!(
            "type = 'influxdb'\nurl = 'https://127.0.0.1:{port}/in'\nbucket = 'b'\ncompression = 'gzip'\n\
             headers = {{ authorization = 'Token canary' }}\n{QUICK}\n{tls}\n"
        )
    };
    let file = |name: &str| folder.join(name).display().to_string();

    let unknown = Program::new(&keys(""), STREAM);
    unknown.run(|| tracing::info!(target: "shop", "to nobody"));
    unknown.kit.drain();
    eventually("an unknown CA is not trusted", || {
        unknown.said().contains("UnknownIssuer")
    });
    let nobody = format!("tls = {{ ca = '{}' }}", file("ca.pem"));
    let nobody = Program::new(&keys(&nobody), STREAM);
    nobody.run(|| tracing::info!(target: "shop", "from nobody"));
    nobody.kit.drain();
    eventually("who shows no certificate is not served", || {
        nobody.said().contains("cannot reach")
    });

    let tls = format!(
        "tls = {{ ca = '{}', cert = '{}', key = '{}' }}",
        file("ca.pem"),
        file("client.pem"),
        file("client.key")
    );
    let program = Program::new(&keys(&tls), STREAM);
    for _ in 0..5 {
        let text = "x".repeat(4000);
        program.run(|| tracing::info!(target: "shop", text, "known"));
        program.flush();
    }
    let seen = std::fs::read_to_string(folder.join("seen")).unwrap();
    let lines: Vec<&str> = seen.lines().collect();
    assert_eq!(lines.len(), 5, "{seen}");
    let mut connections: Vec<&str> = Vec::new();
    for line in lines {
        assert!(
            line.starts_with("POST /in/write?db=b&precision=ns "),
            "{line}"
        );
        let (rest, connection) = line.rsplit_once(' ').unwrap();
        assert!(rest.ends_with(" gzip Token canary"), "{line}");
        connections.push(connection);
    }
    connections.dedup();
    assert_eq!(connections.len(), 1, "one connection is enough");
}

#[test]
fn files_that_cannot_be_read_are_findings_and_the_policy_is_not_applied() {
    let program = Program::new(
        "type = 'influxdb'\nurl = 'http://127.0.0.1:1'\nbucket = 'b'",
        STREAM,
    );
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    for (tls, said) in [
        (
            "ca = '/nowhere/ca.pem'".to_owned(),
            "cannot read the certificates in /nowhere/ca.pem",
        ),
        (
            format!("ca = '{}'", empty.display()),
            "there is no certificate",
        ),
    ] {
        let policy = format!(
            "version = 1\n[sinks.s]\ntype = 'influxdb'\nurl = 'https://h'\nbucket = 'b'\ntls = {{ {tls} }}\n{STREAM}"
        );
        let found = program.kit.apply(&policy).unwrap_err().to_string();
        assert!(found.contains(said), "{found}");
    }
}

#[test]
fn a_login_is_sent_and_never_shown() {
    let relay = Relay::http("127.0.0.1:1");
    let program = Program::new(
        &format!(
            "type = 'influxdb'\nurl = 'http://{}'\nbucket = 'b'",
            relay.address
        ),
        STREAM,
    );
    let environment = MapEnvironment::new().with_var("SECRET", "canary+/");
    for (login, header) in [
        (
            "user = 'joe'\npassword = { env = 'SECRET' }",
            "Basic am9lOmNhbmFyeSsv",
        ),
        ("token = { env = 'SECRET' }", "Bearer canary+/"),
        ("org = 'o'\ntoken = { env = 'SECRET' }", "Token canary+/"),
        ("headers = { x-key = { env = 'SECRET' } }", "canary+/"),
    ] {
        // The relay quotes what it was sent, as careless servers do.
        let body = format!("refused {header} canary%2B%2F");
        relay.set(Mode::Answer(format!(
            "HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )));
        let policy = format!(
            "version = 1\n[sinks.s]\ntype = 'influxdb'\nurl = 'http://{}'\nbucket = 'b'\n{QUICK}\n{login}\n{STREAM}",
            relay.address
        );
        program
            .run(|| program.kit.apply_in(&policy, &environment))
            .unwrap();
        program.run(|| tracing::info!(target: "shop", "one"));
        program.kit.drain();
        eventually("it is refused", || program.said().contains("403 Forbidden"));
        let said = program.said();
        assert!(
            !said.contains("canary") && !said.contains("am9l"),
            "{login}: {said}"
        );
    }
}

#[test]
fn who_answers_without_end_is_hung_up_on() {
    let relay = Relay::http("127.0.0.1:1");
    let keys = format!(
        "type = 'influxdb'\nurl = 'http://{}'\nbucket = 'b'\n{QUICK}",
        relay.address
    );
    let program = Program::new(&keys, STREAM);
    let body = "x".repeat(8 << 20);
    relay.set(Mode::Answer(format!(
        "HTTP/1.1 503 Busy\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )));
    program.run(|| tracing::info!(target: "shop", "one"));
    program.kit.drain();
    eventually("it is told of", || program.said().contains("503"));
    assert!(program.said().len() < 4000, "the reason is bounded");
}

#[test]
fn a_server_that_is_gone_is_found_again() {
    if !real::have("client: a_server_that_is_gone", &[PYTHON]) {
        return;
    }
    let server = servers::script("opentsdb.py");
    let mut relay = Relay::http(&server.address);
    let rules = "[[rules]]\nmatch = { target = 'shop', event = '*' }\ncount = { metric = 'orders_total' }\n";
    let keys = format!(
        "type = 'opentsdb'\nurl = 'http://{}'\nmetrics_every = '50ms'\n{QUICK}",
        relay.address
    );
    let program = Program::new(&keys, rules);
    relay.leave();
    program.run(|| tracing::info!(target: "shop", "one"));
    eventually("nobody is there", || {
        program.said().contains("Connection refused")
    });
    relay.come_back();
    program.flush();
    let held = common::ask::must(&server.address, "GET", "/points", "");
    assert!(held.contains("orders_total"), "{held}");
}
