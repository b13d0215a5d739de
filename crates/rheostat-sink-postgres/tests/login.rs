//! Who we are to a server, and whom we trust: passwords, certificates, TLS; and that none of it is shown.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use common::postgres::OPENSSL;
use common::{POSTGRES, Postgres, Program, QUICK, STREAM};
use rheostat_testkit::real;

/// `shop` proves a password, `old` has one of the old kind, `plain` sends it, `cert` shows a certificate and proves a
/// password, over nothing but TLS.
const LOGINS: &str = "hostssl all cert 127.0.0.1/32 scram-sha-256 clientcert=verify-full\n\
                      host all cert 127.0.0.1/32 reject\n\
                      host all shop 127.0.0.1/32 scram-sha-256\n\
                      host all old 127.0.0.1/32 md5\n\
                      host all plain 127.0.0.1/32 password";
const ROLES: &str = "CREATE ROLE shop LOGIN SUPERUSER PASSWORD 'canary-good'; \
                     CREATE ROLE plain LOGIN SUPERUSER PASSWORD 'canary-good'; \
                     CREATE ROLE cert LOGIN SUPERUSER PASSWORD 'canary-good'; \
                     SET password_encryption = 'md5'; CREATE ROLE old LOGIN SUPERUSER PASSWORD 'canary-good'";

fn keys(server: &Postgres, user: &str, more: &str) -> String {
    format!(
        "address = '{}'\nuser = '{user}'\ndatabase = 'postgres'\ntable = 'events'\ncreate = true\n{QUICK}\n{more}",
        server.address
    )
}

fn one(program: &Program) {
    program.run(|| tracing::info!(target: "shop", "order placed"));
    program.kit.drain();
}

fn arrives(server: &Postgres, user: &str, more: &str) {
    let before = "SELECT CASE WHEN to_regclass('events') IS NULL THEN 0 ELSE 1 END";
    let count = |server: &Postgres| match server.number(before) {
        0 => 0,
        _ => server.number("SELECT count(*) FROM events"),
    };
    let was = count(server);
    let program = Program::new(&keys(server, user, more), STREAM);
    one(&program);
    program.flush();
    assert_eq!(count(server), was + 1, "{user} {more}");
}

/// Says so, and shows no password.
fn is_refused(server: &Postgres, user: &str, more: &str, said: &str) {
    let program = Program::new(&keys(server, user, more), STREAM);
    one(&program);
    real::eventually(said, || program.said().contains(said));
    assert!(!program.said().contains("canary"), "{}", program.said());
    let all = format!("{:?}", program.kit.queues().status());
    assert!(!all.contains("canary"), "{all}");
}

#[test]
fn a_password_is_proved_as_the_server_asks_for_it() {
    if !real::have("postgres: a_password_is_proved", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start_with("", LOGINS, |_| {});
    server.sql(ROLES);
    for user in ["shop", "old", "plain"] {
        arrives(&server, user, "password = { env = 'GOOD' }");
        is_refused(
            &server,
            user,
            "password = { env = 'WRONG' }",
            &format!("password authentication failed for user \"{user}\" (SQLSTATE 28P01)"),
        );
        is_refused(&server, user, "", "password missing");
    }
    is_refused(&server, "nobody", "", "role \"nobody\" does not exist");
}

#[test]
fn what_was_wrong_with_a_login_is_waited_for() {
    if !real::have("postgres: what_was_wrong_with_a_login", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start_with("", LOGINS, |_| {});
    server.sql("CREATE ROLE shop LOGIN SUPERUSER PASSWORD 'another'");
    let keys = keys(&server, "shop", "password = { env = 'GOOD' }");
    let program = Program::new(&keys, STREAM);
    one(&program);
    real::eventually("it is refused", || program.said().contains("28P01"));
    server.sql("ALTER ROLE shop PASSWORD 'canary-good'");
    program.flush();
    assert_eq!(server.number("SELECT count(*) FROM events"), 1);
}

#[test]
fn who_may_only_insert_inserts() {
    if !real::have("postgres: who_may_only_insert", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start_with("", LOGINS, |_| {});
    server.sql(
        "CREATE ROLE shop LOGIN PASSWORD 'canary-good'; CREATE SCHEMA telemetry; \
         CREATE TABLE telemetry.events (time timestamptz, id text, message text); CREATE INDEX ON telemetry.events (time); \
         GRANT USAGE ON SCHEMA telemetry TO shop; GRANT INSERT ON telemetry.events TO shop",
    );
    let more = "password = { env = 'GOOD' }\nschema = 'telemetry'\nonly = ['events']";
    let program = Program::new(&keys(&server, "shop", more), STREAM);
    one(&program);
    program.flush();
    assert_eq!(
        server.sql("SELECT message FROM telemetry.events"),
        "order placed"
    );
}

/// A root that signs a server for `localhost` and 127.0.0.1, and clients; and one that signs nothing we know.
fn certificates(folder: &Path) {
    let run = |line: &str| {
        let mut command = Command::new("openssl");
        let ran = command
            .args(line.split(' '))
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(
            ran.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
    };
    fs::write(
        folder.join("san"),
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
    )
    .unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    run(&format!(
        "req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=root -days 2"
    ));
    run(&format!(
        "req -x509 {key} -keyout other.key -out other.pem -subj /CN=other -days 2"
    ));
    for (name, by) in [("localhost", "ca"), ("cert", "ca"), ("shop", "ca")] {
        run(&format!(
            "req {key} -keyout {name}.key -out {name}.csr -subj /CN={name}"
        ));
        run(&format!(
            "x509 -req -in {name}.csr -CA {by}.pem -CAkey {by}.key -CAcreateserial -out {name}.pem -days 2 -extfile san"
        ));
    }
    let private = fs::Permissions::from_mode(0o600);
    fs::set_permissions(folder.join("localhost.key"), private).unwrap();
}

#[test]
fn tls_is_spoken_to_whom_the_policy_trusts_with_a_certificate_and_a_password() {
    if !real::have("postgres: tls_is_spoken", &[POSTGRES, OPENSSL]) {
        return;
    }
    let config = "ssl = on\nssl_cert_file = '../localhost.pem'\nssl_key_file = '../localhost.key'\nssl_ca_file = '../ca.pem'";
    let server = Postgres::start_with(config, LOGINS, certificates);
    server.sql(ROLES);
    let file = |name: &str| server.folder.path().join(name).display().to_string();
    let tls = |ca: &str, client: Option<&str>| {
        let client = client.map(|client| {
            let (cert, key) = (
                file(&format!("{client}.pem")),
                file(&format!("{client}.key")),
            );
            format!(", cert = '{cert}', key = '{key}'")
        });
        let password = "password = { env = 'GOOD' }";
        format!(
            "{password}\ntls = {{ ca = '{}'{} }}",
            file(ca),
            client.unwrap_or_default()
        )
    };
    arrives(&server, "shop", &tls("ca.pem", None));
    let spoken = server.sql(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'shop'",
    );
    assert!(!spoken.contains('f'), "{spoken}");
    arrives(&server, "cert", &tls("ca.pem", Some("cert")));
    is_refused(
        &server,
        "shop",
        &tls("other.pem", None),
        "invalid peer certificate",
    );
    is_refused(
        &server,
        "cert",
        &tls("ca.pem", None),
        "requires a valid client certificate",
    );
    is_refused(
        &server,
        "cert",
        &tls("ca.pem", Some("shop")),
        "authentication failed for user",
    );
    is_refused(
        &server,
        "cert",
        "password = { env = 'GOOD' }",
        "pg_hba.conf rejects connection",
    );
    let wrong = tls("ca.pem", Some("cert")).replace("GOOD", "WRONG");
    is_refused(&server, "cert", &wrong, "password authentication failed");
}

#[test]
fn a_server_without_tls_gets_no_password_where_the_policy_wants_tls() {
    if !real::have("postgres: a_server_without_tls", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start_with("", LOGINS, |_| {});
    server.sql(ROLES);
    is_refused(
        &server,
        "plain",
        "password = { env = 'GOOD' }\ntls = {}",
        "server does not support TLS",
    );
}
