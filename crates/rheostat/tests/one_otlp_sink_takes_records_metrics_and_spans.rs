//! One `otlp` sink gets records, metrics and spans, and what they say of each other fits.
#![cfg(all(
    feature = "trace",
    feature = "sink-otlp",
    feature = "metrics",
    feature = "stream"
))]

use serde_json::Value;

/// All messages of one kind in the lines of a file, found by the name that holds them.
fn found<'v>(value: &'v Value, name: &str, all: &mut Vec<&'v Value>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| found(value, name, all)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::Array(values) if key == name => all.extend(values),
                    value => found(value, name, all),
                }
            }
        }
        _ => {}
    }
}

fn attributes(resource: &Value) -> Vec<String> {
    let all = resource["attributes"].as_array().into_iter().flatten();
    let mut all: Vec<String> = all
        .map(|one| format!("{}={}", one["key"], one["value"]))
        .collect();
    all.sort();
    all
}

#[test]
fn one_otlp_sink_takes_records_metrics_and_spans() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("otlp.jsonl");
    let policy = format!(
        "version = 1\n[defaults]\nconst_labels = {{ service = 'shop' }}\n\
         [sinks.otlp]\ntype = 'otlp'\npath = '{}'\n\
         [metrics.took_seconds]\nkind = 'histogram'\nunit = 'seconds'\nexemplars = true\n\
         [[rules]]\nmatch.span = 'request'\ntrace.sink = 'otlp'\n\
         [[rules]]\nmatch = {{ target = 'shop', event = '*' }}\nstream.sink = 'otlp'\n\
         count.metric = 'orders_total'\nhistogram = {{ metric = 'took_seconds', of = 'took' }}\n",
        path.display()
    );
    let guard = rheostat::builder()
        .policy_text(policy.as_str())
        .init()
        .expect("the policy holds");
    tracing::info_span!("request").in_scope(|| {
        tracing::info!(target: "shop", took = "250ms", "order");
    });
    drop(guard);

    let text = std::fs::read_to_string(&path).expect("it was written");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let all = |name| {
        let mut all = Vec::new();
        lines.iter().for_each(|line| found(line, name, &mut all));
        all
    };
    let (spans, logs, metrics) = (all("spans"), all("logRecords"), all("metrics"));
    assert_eq!((spans.len(), logs.len()), (1, 1), "{text}");
    let (span, log) = (spans[0], logs[0]);
    assert_eq!(log["body"]["stringValue"], "order");
    assert_eq!(
        log["traceId"], span["traceId"],
        "the record was inside the span"
    );
    assert_eq!(log["spanId"], span["spanId"]);

    let metric = |name: &str| {
        let of = |metric: &&&Value| metric["name"] == name;
        *metrics
            .iter()
            .find(of)
            .unwrap_or_else(|| panic!("{name}: {text}"))
    };
    let took = &metric("took_seconds")["exponentialHistogram"]["dataPoints"][0];
    assert_eq!((&took["count"], &took["sum"]), (&"1".into(), &0.25.into()));
    let exemplar = &took["exemplars"][0];
    assert_eq!(exemplar["traceId"], span["traceId"], "{took}");
    assert_eq!(exemplar["asDouble"], 0.25);
    assert_eq!(metric("orders_total")["sum"]["dataPoints"][0]["asInt"], "1");
    let up = metric("rheostat_sink_up")["gauge"]["dataPoints"].as_array();
    assert_eq!(up.map(Vec::len), Some(1), "one sink is told of once");

    let mut resources = Vec::new();
    for name in ["resourceSpans", "resourceLogs", "resourceMetrics"] {
        let groups = all(name);
        resources.push(attributes(&groups[0]["resource"]));
    }
    assert!(resources[0].contains(&r#""service.name"={"stringValue":"shop"}"#.to_owned()));
    assert_eq!(resources[0], resources[1]);
    assert_eq!(resources[0], resources[2]);
}
