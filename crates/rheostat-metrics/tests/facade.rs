//! A foreign recorder as the backend: the exporter that many programs have already.

use std::sync::Arc;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use rheostat_metrics::{
    Backend, Bounds, Defaults, Facade, Identity, LabelBuffer, MAX_LABEL, Metric, Settings,
};

fn facade() -> (Facade, PrometheusHandle) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    (Facade::new(recorder), handle)
}

fn labels(values: &[&str]) -> LabelBuffer {
    let mut labels = LabelBuffer::new(MAX_LABEL);
    values.iter().for_each(|value| labels.push(value));
    labels
}

fn apply(facade: &Facade, identity: &Identity, settings: Settings, defaults: Defaults) -> Metric {
    let metric = facade.prepare(identity, &settings);
    facade.apply(vec![(metric.clone(), settings)], defaults);
    metric
}

#[test]
fn every_kind_reaches_the_recorder_with_its_labels() {
    let (facade, exporter) = facade();
    let hits = facade.prepare(
        &Identity::counter("hits_total", &["a"]),
        &Settings::default(),
    );
    let depth = facade.prepare(&Identity::gauge("depth", &[]), &Settings::default());
    let took = Identity::histogram("took", &["b"], Bounds::usual());
    let took = facade.prepare(&took, &Settings::default());
    let all = [&hits, &depth, &took].map(|metric| (metric.clone(), Settings::default()));
    let defaults = Defaults {
        const_labels: Arc::from([("service".into(), "shop".into())]),
        ..Defaults::default()
    };
    facade.apply(all.into(), defaults);
    hits.add(&labels(&["x"]), 3);
    hits.add(&labels(&["x"]), 4);
    depth.set(&labels(&[]), 2.5).expect("finite");
    depth.shift(&labels(&[]), -1.0).expect("finite");
    took.record(&labels(&[""]), 0.25).expect("finite");
    let page = exporter.render();
    for line in [
        r#"hits_total{service="shop",a="x"} 7"#,
        r#"depth{service="shop"} 1.5"#,
        r#"took_count{service="shop"} 1"#,
        r#"took_sum{service="shop"} 0.25"#,
    ] {
        assert!(page.contains(line), "no {line} in\n{page}");
    }
}

#[test]
fn fractions_add_up_to_whole_counts() {
    let (facade, exporter) = facade();
    let identity = Identity::counter("c_total", &[]);
    let metric = apply(&facade, &identity, Settings::default(), Defaults::default());
    for _ in 0..5 {
        metric.add_float(&labels(&[]), 0.5).expect("fine");
    }
    assert!(
        exporter.render().contains("c_total 2\n"),
        "{}",
        exporter.render()
    );
}

#[test]
fn caps_hold_in_front_of_a_recorder_that_has_none() {
    let (facade, exporter) = facade();
    let settings = Settings {
        max_series: 3,
        ..Settings::default()
    };
    let identity = Identity::counter("c_total", &["n"]);
    let metric = apply(&facade, &identity, settings, Defaults::default());
    for n in 0..10 {
        metric.add(&labels(&[&n.to_string()]), 1);
    }
    let page = exporter.render();
    assert!(page.contains(r#"c_total{n="overflow"} 7"#), "{page}");
    assert_eq!(page.matches("c_total{").count(), 4);
}

#[test]
fn help_and_a_metric_that_returns_go_on_in_the_recorder() {
    let (facade, exporter) = facade();
    let identity = Identity::counter("c_total", &[]);
    let settings = Settings {
        help: Some("What it counts.".into()),
        ..Settings::default()
    };
    apply(&facade, &identity, settings.clone(), Defaults::default()).add(&labels(&[]), 1);
    facade.apply(Vec::new(), Defaults::default());
    apply(&facade, &identity, settings, Defaults::default()).add(&labels(&[]), 1);
    let page = exporter.render();
    assert!(page.contains("# HELP c_total What it counts."), "{page}");
    assert!(page.contains("c_total 2\n"), "{page}");
}
