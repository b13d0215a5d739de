//! `syslog`, read back from rsyslog: over UDP, TCP and TLS, field by field.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rheostat_core::ledger::Cause;
use rheostat_sink_local::SyslogSinks;
use rheostat_testkit::real::{self, RSYSLOG, Rsyslog, eventually};
use rheostat_testkit::{Kit, Mount};
use serde_json::Value;
use tracing::dispatcher::{self, Dispatch};

const LONG: Duration = Duration::from_secs(30);

/// The parameters of structured data by element and name, read strictly.
fn structured(text: &str) -> BTreeMap<(String, String), String> {
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

/// A program with one sink that gets all it fires.
struct Program {
    kit: Kit,
    dispatch: Dispatch,
}

impl Program {
    fn new(sink: &str) -> Self {
        let kit = Kit::new([Arc::new(SyslogSinks) as Arc<_>]);
        let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
        let text = format!(
            "version = 1\n[sinks.s]\ntype = 'syslog'\n{sink}\n\
             retry = {{ first = '5ms', max = '50ms' }}\n[[rules]]\nname = 'all'\n\
             match = {{ target = 'shop', event = '*' }}\nstream = {{ sink = 's', span_fields = ['path'] }}\n"
        );
        dispatcher::with_default(&dispatch, || {
            kit.must_apply(&text);
            kit.engine().installed();
        });
        Self { kit, dispatch }
    }

    fn run(&self, body: impl FnOnce()) {
        dispatcher::with_default(&self.dispatch, body);
        let report = self.kit.flush(LONG);
        assert!(report.is_complete(), "{report:?}");
    }
}

const ODD: &str = "quote \" bracket ] backslash \\ größe\nnext line";

fn an_order() {
    let span = tracing::info_span!(target: "shop", "request", path = "/orders");
    let _inside = span.enter();
    tracing::warn!(
        target: "shop",
        id = u64::MAX,
        change = i64::MIN,
        share = 0.1,
        paid = true,
        note = ODD,
        "order placed by \u{1b}[31m{}",
        "Åsa"
    );
}

/// What the receiver has of it, compared with what was fired.
fn assert_is_the_order(message: &Value) {
    let text = |key: &str| message[key].as_str().unwrap_or_default();
    assert_eq!(text("app-name"), "app");
    assert_eq!(text("hostname"), "web-1");
    assert_eq!(text("syslogfacility"), "19");
    assert_eq!(text("syslogseverity"), "4");
    assert_eq!(text("procid"), std::process::id().to_string());
    assert_eq!(text("msg").trim_start(), "order placed by \\u{1b}[31mÅsa");
    assert!(text("msgid").starts_with("syslog.rs:"), "{}", text("msgid"));
    let data = structured(text("structured-data"));
    let get = |element: &str, name: &str| {
        let found = data.get(&(element.to_owned(), name.to_owned()));
        found.map(String::as_str)
    };
    let fields = "fields@4711";
    assert_eq!(get(fields, "id"), Some("18446744073709551615"));
    assert_eq!(get(fields, "change"), Some("-9223372036854775808"));
    assert_eq!(get(fields, "share"), Some("0.1"));
    assert_eq!(get(fields, "paid"), Some("true"));
    assert_eq!(get(fields, "note"), Some(ODD.replace('\n', "\\n").as_str()));
    assert_eq!(get("spans@4711", "request.path"), Some("/orders"));
    let own = "rheostat@4711";
    assert_eq!(get(own, "target"), Some("shop"));
    assert_eq!(get(own, "level"), Some("warn"));
    assert_eq!(get(own, "kind"), Some("event"));
    assert_eq!(get(own, "rule"), Some("all"));
    assert_eq!(get(own, "spans"), Some("request"));
    let time = get(own, "time").expect("a time");
    let shown = text("timereported");
    assert_eq!(time.len(), "2026-11-22T00:00:00.123456789Z".len());
    assert!(
        text("rawmsg").contains(&format!(" {}Z ", &time[..26])),
        "{shown}"
    );
}

const KEYS: &str = "facility = 'local3'\napp_name = 'app'\nhostname = 'web-1'\nenterprise = 4711";

#[test]
fn each_field_comes_back_over_udp_and_tcp() {
    if !real::have("each_field_comes_back_over_udp_and_tcp", &[RSYSLOG]) {
        return;
    }
    let server = Rsyslog::start();
    for protocol in ["udp", "tcp"] {
        let before = server.messages().len();
        let program = Program::new(&format!(
            "address = '{}'\nprotocol = '{protocol}'\n{KEYS}",
            server.running.address
        ));
        program.run(an_order);
        eventually("the order arrives", || server.messages().len() > before);
        assert_is_the_order(&server.messages()[before]);
    }
}

#[test]
fn each_field_comes_back_over_a_unix_socket() {
    if !real::have("each_field_comes_back_over_a_unix_socket", &[RSYSLOG]) {
        return;
    }
    let server = Rsyslog::start();
    let program = Program::new(&format!("path = '{}'\n{KEYS}", server.socket().display()));
    program.run(an_order);
    eventually("the order arrives", || !server.messages().is_empty());
    assert_is_the_order(&server.messages()[0]);
}

#[test]
fn a_thousand_records_arrive_in_order_after_the_receiver_was_away() {
    let name = "a_thousand_records_arrive_in_order_after_the_receiver_was_away";
    if !real::have(name, &[RSYSLOG]) {
        return;
    }
    let mut server = Rsyslog::start();
    let address = format!("address = '{}'\nprotocol = 'tcp'", server.running.address);
    let program = Program::new(&address);
    let fire = |numbers: std::ops::Range<u64>| {
        for number in numbers {
            tracing::info!(target: "shop", number);
        }
    };
    program.run(|| fire(0..500));
    eventually("the first half arrives", || server.messages().len() >= 500);
    server.stop();
    dispatcher::with_default(&program.dispatch, || fire(500..1000));
    assert!(!program.kit.flush(Duration::from_millis(100)).is_complete());
    server.running.start_again();
    program.run(|| {});
    assert_eq!(program.kit.ended("all", "s", Cause::Delivered), 1000);
    eventually("all arrive", || server.messages().len() >= 1000);
    let numbers = server.messages().into_iter().map(|message| {
        let data = structured(message["structured-data"].as_str().unwrap_or_default());
        let number = &data[&("fields@32473".to_owned(), "number".to_owned())];
        number.parse::<u64>().expect("a number")
    });
    assert!(numbers.eq(0..1000));
}

#[test]
fn a_receiver_that_hangs_for_twice_the_timeout_loses_nothing() {
    let name = "a_receiver_that_hangs_for_twice_the_timeout_loses_nothing";
    if !real::have(name, &[RSYSLOG]) {
        return;
    }
    let server = Rsyslog::start();
    let program = Program::new(&format!(
        "address = '{}'\nprotocol = 'tcp'\ntimeout = '1s'\nmax_size = '4KiB'",
        server.running.address
    ));
    let long = "x".repeat(2000);
    let fire = |numbers: std::ops::Range<u64>| {
        for number in numbers {
            tracing::info!(target: "shop", number, long);
            // Rings are small beside this, and only the sink is tested.
            program.kit.drain();
        }
    };
    program.run(|| fire(0..10));
    server.running.signal("STOP");
    // More than the system holds for a connection, so that writes wait.
    dispatcher::with_default(&program.dispatch, || fire(10..5_000));
    assert!(!program.kit.flush(Duration::from_secs(2)).is_complete());
    server.running.signal("CONT");
    program.run(|| {});
    assert_eq!(program.kit.ended("all", "s", Cause::Delivered), 5_000);
    eventually("all arrive", || server.messages().len() >= 5_000);
    let numbers = server.messages().into_iter().map(|message| {
        let data = structured(message["structured-data"].as_str().unwrap_or_default());
        let number = &data[&("fields@32473".to_owned(), "number".to_owned())];
        number.parse::<u64>().expect("a number")
    });
    assert!(numbers.eq(0..5_000), "each once, in order");
}

#[test]
fn what_is_too_long_is_cut_and_says_so() {
    if !real::have("what_is_too_long_is_cut_and_says_so", &[RSYSLOG]) {
        return;
    }
    let server = Rsyslog::start();
    let program = Program::new(&format!(
        "address = '{}'\nmax_size = '1KiB'\n{KEYS}",
        server.running.address
    ));
    let long = "ö".repeat(1000);
    program.run(|| tracing::info!(target: "shop", small = 1, long, "{long}"));
    eventually("the record arrives", || !server.messages().is_empty());
    let message = server.messages().remove(0);
    assert!(
        message["rawmsg"]
            .as_str()
            .is_some_and(|raw| raw.len() <= 1024)
    );
    let data = structured(message["structured-data"].as_str().expect("data"));
    let get = |element: &str, name: &str| data.get(&(format!("{element}@4711"), name.to_owned()));
    assert_eq!(get("fields", "small").map(String::as_str), Some("1"));
    assert_eq!(get("rheostat", "omitted").map(String::as_str), Some("1"));
    let cut: usize = get("rheostat", "cut")
        .expect("a count")
        .parse()
        .expect("a number");
    let kept = message["msg"].as_str().expect("text").trim_start();
    assert!(kept.chars().all(|char| char == 'ö'));
    assert_eq!(kept.len() + cut, 2000);
}

#[cfg(feature = "tls")]
#[test]
fn tls_is_spoken_with_whom_the_policy_trusts_and_nobody_else() {
    let name = "tls_is_spoken_with_whom_the_policy_trusts_and_nobody_else";
    let needs = [
        RSYSLOG,
        real::Need::Program("openssl", "version", "openssl"),
        real::RSYSLOG_TLS,
    ];
    if !real::have(name, &needs) {
        return;
    }
    let server = Rsyslog::start_with_tls("localhost");
    let with = |ca: &str| {
        Program::new(&format!(
            "address = '{}'\nprotocol = 'tls'\ntls = {{ ca = '{}' }}\n{KEYS}",
            server.running.address,
            server.running.file(ca).display()
        ))
    };
    let trusting = with("ca.pem");
    trusting.run(an_order);
    eventually("the order arrives", || !server.messages().is_empty());
    assert_is_the_order(&server.messages()[0]);

    let distrusting = with("other.pem");
    dispatcher::with_default(&distrusting.dispatch, an_order);
    assert!(!distrusting.kit.flush(Duration::from_secs(1)).is_complete());
    let status = distrusting.kit.queues().status().remove(0);
    assert!(!status.up);
    assert_eq!(server.messages().len(), 1);
}

#[test]
fn without_tls_a_policy_that_wants_it_is_refused_with_the_feature_that_brings_it() {
    if cfg!(feature = "tls") {
        return;
    }
    let kit = Kit::new([Arc::new(SyslogSinks) as Arc<_>]);
    let text = "version = 1\n[sinks.s]\ntype = 'syslog'\naddress = '127.0.0.1:1'\nprotocol = 'tls'\n\
                [[rules]]\nmatch = { target = 'shop', event = '*' }\nstream = { sink = 's' }\n";
    let refused = kit.apply(text).expect_err("there is no TLS").to_string();
    assert!(refused.contains("the feature `tls`"), "{refused}");
}
