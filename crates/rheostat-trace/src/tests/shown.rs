//! What a reader sees of a span: name, fields, events, and what is hidden.

use std::sync::Arc;

use rheostat_policy::model::{Redaction, RedactionWith};
use tracing::field::Empty;
use tracing::subscriber::with_default;
use tracing::{debug, error, info, info_span};
use tracing_core::LevelFilter;

use super::mini::{Mini, attribute};
use crate::hide::Shown;
use crate::shipping::{NamePart, NameTemplate, Shipping};

#[test]
fn fields_become_attributes_and_the_last_record_wins() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        let span = info_span!("request", method = "GET", status = 0, route = Empty);
        span.in_scope(|| {});
        span.record("status", 200);
        span.record("route", "/cart");
    });
    let span = mini.span("request");
    assert_eq!(attribute(&span, "method").as_deref(), Some("GET"));
    assert_eq!(attribute(&span, "status").as_deref(), Some("200"));
    assert_eq!(attribute(&span, "route").as_deref(), Some("/cart"));
    let keys = span["attributes"].as_array().expect("a list");
    assert_eq!(
        keys.iter()
            .filter(|attribute| attribute["key"] == "status")
            .count(),
        1
    );
    assert!(
        keys.iter()
            .all(|attribute| attribute["key"] != "rheostat.ticket")
    );
}

#[test]
fn the_name_is_otel_name_where_it_is_recorded() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        drop(info_span!("a", otel.name = "at open"));
        let late = info_span!("b", otel.name = Empty);
        late.in_scope(|| {});
        late.record("otel.name", "late");
    });
    assert_eq!(mini.names(), ["at open", "late"]);
}

#[test]
fn a_name_is_made_of_fields_recorded_by_the_close() {
    let mini = Mini::new();
    let hole = |nth, field: &str| NamePart::Hole {
        nth,
        field: Some(field.into()),
    };
    let parts = vec![
        hole(0, "method"),
        NamePart::Text(" ".into()),
        hole(1, "route"),
    ];
    let template = Some(NameTemplate(parts));
    let action = Arc::new(Shipping {
        name: template,
        ..mini.action()
    });
    // The small root gives a span no holes, so what fills them here was recorded.
    let service = mini.root_by(move |_| Some(Arc::clone(&action)));
    with_default(service, || {
        let span = info_span!("request", method = "GET", route = Empty);
        span.in_scope(|| {});
        span.record("route", "/cart");
    });
    assert_eq!(mini.names(), ["GET /cart"]);
}

#[test]
fn events_of_the_level_go_with_their_span() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        info_span!("request").in_scope(|| {
            info!(rows = 3, "read");
            debug!("too small");
            error!("broke");
        });
        info!("outside");
    });
    let span = mini.span("request");
    let events = span["events"].as_array().expect("a list");
    let names: Vec<_> = events
        .iter()
        .map(|event| event["name"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(names, ["read", "broke"]);
    assert_eq!(attribute(&events[0], "rows").as_deref(), Some("3"));
    assert_eq!(span["status"]["code"], 2);
}

#[test]
fn events_may_stay_at_home() {
    let mini = Mini::new();
    let action = Shipping {
        events: LevelFilter::OFF,
        ..mini.action()
    };
    with_default(mini.root(action), || {
        info_span!("request").in_scope(|| info!("read"))
    });
    assert!(
        mini.span("request")["events"]
            .as_array()
            .is_none_or(Vec::is_empty)
    );
}

#[test]
fn an_event_with_a_parent_of_its_own_goes_with_that() {
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        let one = info_span!("one");
        info_span!("two").in_scope(|| info!(parent: &one, "for one"));
    });
    assert_eq!(mini.span("one")["events"][0]["name"], "for one");
    assert!(
        mini.span("two")["events"]
            .as_array()
            .is_none_or(Vec::is_empty)
    );
}

#[test]
fn redacted_fields_are_hidden_in_spans_events_and_names() {
    let mini = Mini::new();
    let glob = |text: &str| glob(text);
    let redactions = vec![
        Redaction::Field(glob("password"), RedactionWith::Text("[redacted]".into())),
        Redaction::Field(glob("token"), RedactionWith::Remove),
        Redaction::Field(glob("user"), RedactionWith::Hash),
    ];
    let shown = Shown::new(
        None,
        redactions,
        Arc::new(|text| format!("#{}", text.len())),
        4096,
    );
    let part = NamePart::Hole {
        nth: 0,
        field: Some("password".into()),
    };
    let action = Shipping {
        shown,
        name: Some(NameTemplate(vec![part])),
        ..mini.action()
    };
    with_default(mini.root(action), || {
        let span = info_span!("login", password = "canary", user = "bob", token = Empty);
        span.in_scope(|| info!(password = "canary", "tried"));
        span.record("token", "canary");
    });
    let span = mini.spans().remove(0);
    assert_eq!(attribute(&span, "password").as_deref(), Some("[redacted]"));
    assert_eq!(attribute(&span, "user").as_deref(), Some("#3"));
    assert!(!span.to_string().contains("canary"), "{span}");
}

#[test]
fn fields_that_are_not_chosen_do_not_become_attributes() {
    let mini = Mini::new();
    let hash: crate::hide::Hash = Arc::new(|_| "#".to_owned());
    let shown = Shown::new(Some(vec![glob("http*")]), Vec::new(), hash, 4096);
    with_default(
        mini.root(Shipping {
            shown,
            ..mini.action()
        }),
        || {
            drop(info_span!("request", http.method = "GET", secret = 1));
        },
    );
    let span = mini.span("request");
    assert_eq!(attribute(&span, "http.method").as_deref(), Some("GET"));
    assert_eq!(attribute(&span, "secret"), None);
    assert!(attribute(&span, "busy_ns").is_some());
}

#[test]
fn a_debug_that_panics_costs_its_values_and_is_counted() {
    struct Bad;
    impl std::fmt::Debug for Bad {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("bad");
        }
    }
    let mini = Mini::new();
    with_default(mini.root(mini.action()), || {
        let span = info_span!("request", bad = ?Bad, late = Empty);
        span.in_scope(|| info!(bad = ?Bad, "event"));
        span.record("late", tracing::field::debug(Bad));
        span.record("late", 5);
    });
    assert_eq!(
        attribute(&mini.span("request"), "late").as_deref(),
        Some("5")
    );
    assert_eq!(mini.service.stats().panics, 3);
}

fn glob(text: &str) -> rheostat_policy::glob::Glob {
    super::glob(text)
}
