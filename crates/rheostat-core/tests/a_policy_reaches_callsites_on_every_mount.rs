//! A policy applied while the program runs reaches what fires, on every mount.

mod common;

use common::everywhere;

fn login(user: u64) {
    tracing::info!(target: "app", user, "login");
}

fn work(tenant: &str) {
    let span =
        tracing::info_span!(target: "app", "request", tenant, status = tracing::field::Empty);
    let _inside = span.enter();
    tracing::debug!(target: "app::db", rows = 3, "query");
    span.record("status", 200);
}

const POLICY: &str = r#"
    [[rules]]
    name = "logins"
    match = { target = "app", event = "*" }
    count = { metric = "logins_total", labels = ["user"] }

    [[rules]]
    name = "queries"
    match = { target = "app::db", event = "*" }
    count = { metric = "queries_total", labels = ["rows", "tenant"] }

    [[rules]]
    name = "requests"
    match = { target = "app", span = "request" }
    count = { metric = "requests_total", labels = ["tenant", "status"] }
"#;

#[test]
fn a_policy_reaches_callsites_on_every_mount() {
    everywhere("a_policy_reaches_callsites_on_every_mount", |_, world| {
        login(1);
        work("acme");
        assert_eq!(world.heard(), [""; 0], "there is no policy yet");
        world.apply(POLICY);
        login(7);
        work("acme");
        assert_eq!(
            world.heard(),
            [
                "logins user=7",
                "queries rows=3 tenant=acme",
                "requests close status=200 tenant=acme",
            ]
        );
        world.apply("");
        login(8);
        work("acme");
        assert_eq!(world.heard(), [""; 0], "the rules are gone");
        assert_eq!(world.status().open_spans, 0);
    });
}
