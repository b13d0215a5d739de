//! gRPC over TLS: whom the sink trusts, and who it is.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::{Collector, GRPC, OTLP, Program, STREAM};
use rheostat_testkit::real::{self, Need, eventually};

const OPENSSL: Need = Need::Program("openssl", "version", "openssl");

/// Makes a key and a certificate: the CA's, or one that it signs.
fn certificate(folder: &Path, name: &str) {
    let at = |name: &str| folder.join(name).display().to_string();
    let (key, pem, subject) = (
        at(&format!("{name}.key")),
        at(&format!("{name}.pem")),
        format!("/CN={name}"),
    );
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "3650"]);
    command.args(["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", &subject]);
    command.args(["-keyout", &key, "-out", &pem]);
    if name != "ca" {
        command.args(["-CA", &at("ca.pem"), "-CAkey", &at("ca.key")]);
        command.args(["-addext", "subjectAltName=IP:127.0.0.1"]);
        command.args(["-addext", "basicConstraints=CA:FALSE"]);
    }
    let made = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(made.unwrap().success(), "openssl made no {name}");
}

#[test]
fn grpc_is_spoken_over_tls_to_whom_the_policy_trusts() {
    let name = "grpc_is_spoken_over_tls_to_whom_the_policy_trusts";
    if !real::have(name, &[OTLP, GRPC, OPENSSL]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for name in ["ca", "server", "client"] {
        certificate(folder, name);
    }
    let collector = Collector::start_with(Some(folder));
    let program = |tls: &str| {
        let keys = collector.keys("grpc").replace("http://", "https://");
        Program::new(&format!("{keys}{tls}"), STREAM)
    };
    let file = |name: &str| folder.join(name).display().to_string();

    let unknown = program("");
    unknown.fire(0..1);
    eventually("an unknown CA is not trusted", || {
        unknown.said().contains("UnknownIssuer")
    });
    let nobody = program(&format!("tls = {{ ca = '{}' }}", file("ca.pem")));
    nobody.fire(0..1);
    eventually("who shows no certificate is not served", || {
        nobody.said().contains("cannot reach")
    });
    assert!(collector.requests().is_empty());

    let known = program(&format!(
        "tls = {{ ca = '{}', cert = '{}', key = '{}' }}",
        file("ca.pem"),
        file("client.pem"),
        file("client.key")
    ));
    known.fire(0..10);
    known.flush();
    assert_eq!(collector.numbers(), (0..10).collect::<Vec<_>>());
}
