//! An event that one `stream` alone acts on goes a short way into the ring; a `count` beside it sends it the usual
//! way. The records are the same.

use std::fmt;
use std::time::Duration;

use rheostat_testkit::mock::{self};
use rheostat_testkit::{Kit, Mount, SeenRecord};
use tracing::{field, info, info_span};

/// Formats itself, and logs meanwhile.
struct Chatty;

impl fmt::Debug for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(target: "app", inner = 1, "while formatting");
        f.write_str("chatty")
    }
}

/// Panics while it formats itself, having written a part.
struct Panicking;

impl fmt::Display for Panicking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part")?;
        std::panic::resume_unwind(Box::new("formatting failed"))
    }
}

fn program() {
    info!(target: "app", "plain");
    info!(target: "app", a = 1_u8, b = -2_i64, c = 0.5, d = true, e = "text", f = u128::MAX, "of {}", "all kinds");
    info!(target: "app", g = i128::MIN, bytes = &b"\xff\x00"[..], h = ?Some("debug"), i = %"display");
    let error: &(dyn std::error::Error + 'static) = &fmt::Error;
    info!(target: "app", error, password = "hush", token = ?"hush", late = 1, message = "the message comes late");
    info!(target: "app", message = 7, a = field::Empty, b = None::<u64>, c = Some("c"));
    info!(target: "app", a = "");
    let long = "0123456789".repeat(60);
    info!(target: "app", long = %long, "a long field");
    info!(target: "app", a = 1, "a long message: {long}");
    info!(target: "app", secret = %format_args!("4711 {long}"), "a number in what is cut: 4711");
    for length in 190..260 {
        info!(target: "app", text = &long[..length], n = length, "fits, or does not");
        info!(target: "app", text = %&long[..length], n = ?length);
    }
    info!(target: "app", before = 1, panics = %Panicking, behind = 2, "but goes on");
    info!(target: "app", panics = %Panicking, "{}", Panicking);
    info!(target: "app", chatty = ?Chatty, "outer");
    let outer = info_span!(target: "app", "outer", tenant = "a", note = field::Empty).entered();
    outer.record("note", "later");
    info_span!(target: "app", "inner", n = 3).in_scope(|| {
        info!(target: "app", k = 1, "in two spans");
        info!(target: "app", parent: None, k = 2, "in none");
        info!(target: "app", parent: &outer, k = 3, "in one");
    });
}

/// What a sink gets of the program under a policy that ends with these lines.
fn records(sink: &str, rule: &str) -> Vec<SeenRecord> {
    let (audit, seen) = mock::sink("audit").build();
    let kit = Kit::new([audit]);
    let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
    tracing::dispatcher::with_default(&dispatch, || {
        kit.engine().installed();
        kit.must_apply(&format!(
            "version = 1
             {sink}
             [[rules]]
             name = 'all'
             match = {{ target = 'app', event = '*' }}
             {rule}"
        ));
        program();
    });
    assert!(kit.flush(Duration::from_secs(20)).is_complete());
    seen.records()
}

fn same(sink: &str, stream: &str) {
    // Each on a thread of its own, where the numbers of records begin anew.
    let of = |rule: &str| std::thread::scope(|scope| scope.spawn(|| records(sink, rule)).join());
    let short = of(stream).expect("the program runs");
    let usual = of(&format!("{stream}\ncount = {{ metric = 'n_total' }}")).expect("it runs again");
    assert!(short.len() > 150, "only {} records came", short.len());
    assert_eq!(short.len(), usual.len());
    for (short, usual) in short.iter().zip(&usual) {
        assert_eq!(short, usual);
    }
}

#[test]
fn records_with_all_their_fields() {
    same(
        "[sinks.audit]\ntype = 'audit'",
        "stream = { sink = 'audit', span_fields = ['*'] }",
    );
}

#[test]
fn records_of_which_some_is_hidden_and_some_renamed() {
    same(
        "[defaults]
         redact = ['password', { field = 'token', with = 'remove' }, { pattern = '[0-9]{4}', with = '****' },
                   { field = 'e', with = 'hash' }]
         [sinks.audit]
         type = 'audit'",
        "stream = { sink = 'audit', fields = ['*', '!d'], rename = { letter = 'a' } }",
    );
}

#[test]
fn records_whose_message_is_hidden() {
    same(
        "[defaults]\nredact = ['message']\n[sinks.audit]\ntype = 'audit'",
        "stream = { sink = 'audit' }",
    );
}

#[test]
fn records_whose_message_is_removed() {
    same(
        "[defaults]\nredact = [{ field = 'message', with = 'remove' }]\n[sinks.audit]\ntype = 'audit'",
        "stream = { sink = 'audit' }",
    );
}

#[test]
fn records_that_are_cut() {
    same(
        "[defaults]\nmax_value = '200B'\nmax_record = '1KiB'\n[sinks.audit]\ntype = 'audit'",
        "stream = { sink = 'audit' }",
    );
}

#[test]
fn records_behind_a_condition() {
    same(
        "[sinks.audit]\ntype = 'audit'",
        "where = '.n != 200 and .n != 250'\nstream = { sink = 'audit' }",
    );
}
