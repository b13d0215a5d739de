//! Who the sink is to a server, and whom it trusts; no secret is ever shown.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::wire::Wire;
use common::{KEY, NATS, Program, STREAM, nats as start, nats_with};
use rheostat_core::ledger::Cause;
use rheostat_testkit::real::{self, Need, Running};

/// One record with these keys of a sink arrives.
fn arrives(nats: &Running, login: &str, keys: &str) {
    let wire = Wire::connect(&nats.address, login);
    wire.listen("shop");
    let program = Program::new(&format!("subject = 'shop'\n{keys}"), STREAM);
    program.run(|| tracing::info!(target: "shop", "one"));
    program.flush();
    assert_eq!(wire.wait_for(1)[0].json()["message"], "one");
}

/// With these nothing does; gives what is said of it.
fn is_refused(keys: &str) -> String {
    let keys = format!(
        "subject = 'shop'\nbatch = {{ every = '10ms' }}\nretry = {{ first = '5ms', max = '20ms' }}\n{keys}"
    );
    let program = Program::new(&keys, STREAM);
    program.run(|| tracing::info!(target: "shop", "one"));
    program.kit.drain();
    real::eventually("the login is refused", || !program.said().is_empty());
    let status = format!("{:?}", program.kit.queues().status());
    assert!(!status.contains("canary"), "{status}");
    assert_eq!(program.ended(Cause::Delivered), 0);
    program.said()
}

#[test]
fn a_password_lets_it_in_and_a_wrong_one_is_told_without_showing_it() {
    if !real::have("nats: a_password_lets_it_in", &[NATS]) {
        return;
    }
    let nats = start("authorization { user: shop, password: canary-good }");
    let at = format!("address = '{}'\nuser = 'shop'\n", nats.address);
    let login = ",\"user\":\"shop\",\"pass\":\"canary-good\"";
    arrives(&nats, login, &format!("{at}password = {{ env = 'GOOD' }}"));
    let said = is_refused(&format!("{at}password = {{ env = 'WRONG' }}"));
    assert!(said.contains("authorization violation"), "{said}");
}

#[test]
fn a_token_and_a_key_let_it_in() {
    if !real::have("nats: a_token_and_a_key_let_it_in", &[NATS]) {
        return;
    }
    let nats = start("authorization { token: canary-good }");
    let at = format!("address = '{}'\n", nats.address);
    let login = ",\"auth_token\":\"canary-good\"";
    arrives(&nats, login, &format!("{at}token = {{ env = 'GOOD' }}"));
    assert!(
        is_refused(&format!("{at}token = {{ env = 'WRONG' }}")).contains("authorization violation")
    );

    let users = format!(
        "authorization {{ users = [ {{ nkey: {KEY} }}, {{ user: reader, password: r }} ] }}"
    );
    let nats = start(&users);
    let at = format!("address = '{}'\n", nats.address);
    let login = ",\"user\":\"reader\",\"pass\":\"r\"";
    arrives(&nats, login, &format!("{at}nkey = {{ env = 'SEED' }}"));
    assert!(is_refused(&at).contains("authorization violation"));
}

#[test]
fn what_it_may_not_publish_is_said_in_the_servers_words() {
    if !real::have("nats: what_it_may_not_publish", &[NATS]) {
        return;
    }
    let nats = start(
        "authorization { users = [ { user: shop, password: canary-good, permissions: { publish: { deny: \"shop\" } } } ] }",
    );
    let at = format!(
        "address = '{}'\nuser = 'shop'\npassword = {{ env = 'GOOD' }}",
        nats.address
    );
    let said = is_refused(&at);
    assert!(
        said.to_lowercase()
            .contains("permissions violation for publish to \"shop\""),
        "{said}"
    );
    let said = is_refused(&format!("{at}\njetstream = true"));
    assert!(
        said.to_lowercase()
            .contains("permissions violation for publish to \"shop\""),
        "{said}"
    );
}

#[test]
fn it_needs_no_right_but_to_publish_unless_a_stream_has_to_answer() {
    if !real::have("nats: it_needs_no_right_but_to_publish", &[NATS]) {
        return;
    }
    for rights in [
        "publish: \"shop\", subscribe: \"none\"",
        "subscribe: \"none\"",
        "publish: \"shop\"",
    ] {
        let users = format!(
            "authorization {{ users = [ {{ user: reader, password: r }}, \
             {{ user: shop, password: canary-good, permissions: {{ {rights} }} }} ] }}"
        );
        let nats = start(&users);
        let wire = Wire::connect(&nats.address, ",\"user\":\"reader\",\"pass\":\"r\"");
        wire.listen("shop");
        let who = format!(
            "address = '{}'\nuser = 'shop'\npassword = {{ env = 'GOOD' }}\nonly = ['events']\n",
            nats.address
        );
        let program = Program::new(&format!("{who}subject = 'shop'"), STREAM);
        for number in 0..3_usize {
            program.run(|| tracing::info!(target: "shop", number, "one"));
            program.flush();
            assert_eq!(wire.wait_for(number + 1).len(), number + 1, "{rights}");
        }
        assert_eq!(program.said(), "", "{rights}");
        wire.make_stream("SHOP", &["shop"], serde_json::json!({}));
        if rights.contains("subscribe") {
            let said = is_refused(&format!("{who}jetstream = true"));
            assert!(
                said.contains("Permissions Violation for Subscription"),
                "{said}"
            );
        }
    }
}

#[test]
fn two_ways_to_log_in_are_one_too_many() {
    let kit = rheostat_testkit::Kit::new(rheostat_sink_nats::all());
    let environment = rheostat_policy::MapEnvironment::new().with_var("GOOD", "canary-good");
    let text = format!(
        "version = 1\n[sinks.s]\ntype = 'nats'\naddress = '127.0.0.1:1'\nsubject = 'shop'\n\
         token = {{ env = 'GOOD' }}\nnkey = {{ env = 'GOOD' }}\n{STREAM}"
    );
    let found = kit.apply_in(&text, &environment).unwrap_err().to_string();
    assert!(
        found.contains("logs in in two ways") && !found.contains("canary"),
        "{found}"
    );
}

#[test]
fn it_speaks_tls_to_whom_it_trusts_and_to_nobody_else() {
    if !real::have(
        "nats: it_speaks_tls",
        &[NATS, Need::Program("openssl", "version", "openssl")],
    ) {
        return;
    }
    let nats = nats_with(|folder| {
        certificates(folder);
        let at = |name: &str| folder.join(name).display().to_string();
        format!(
            "tls {{ cert_file: \"{}\", key_file: \"{}\", ca_file: \"{}\", verify: true }}",
            at("cert.pem"),
            at("key.pem"),
            at("ca.pem")
        )
    });
    let at = |name: &str| nats.file(name).display().to_string();
    let with = |ca: &str| {
        format!(
            "address = '{}'\nsubject = 'shop'\njetstream = true\ncreate = 'SHOP'\nbatch = {{ every = '10ms' }}\nretry = {{ first = '5ms', max = '20ms' }}\n\
             tls = {{ ca = '{}', cert = '{}', key = '{}' }}",
            nats.address,
            at(ca),
            at("cert.pem"),
            at("key.pem")
        )
    };
    let program = Program::new(&with("ca.pem"), STREAM);
    program.run(|| tracing::info!(target: "shop", "one"));
    program.flush();
    // The stream acknowledged it, and no one else can read without a certificate.
    assert_eq!(program.ended(Cause::Delivered), 1);

    let distrusting = Program::new(&with("other.pem"), STREAM);
    distrusting.run(|| tracing::info!(target: "shop", "two"));
    distrusting.kit.drain();
    real::eventually("it trusts nobody", || {
        distrusting.said().to_lowercase().contains("certificate")
    });
    assert_eq!(distrusting.ended(Cause::Delivered), 0);
}

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
    std::fs::write(at.join("extensions"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    openssl(
        "x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem -extfile extensions",
    );
}
