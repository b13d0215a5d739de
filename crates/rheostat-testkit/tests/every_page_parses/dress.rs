//! What a random policy says of its metrics, and what a program records by itself: names, helps and labels that
//! an exposition has to get right.

use proptest::prelude::*;
use proptest::sample::select;
use regex::Regex;
use rheostat_metrics::Registry;

/// Names that look like parts of other metrics, or like nothing good.
const NAMES: &[&str] = &[
    "x",
    "x_total",
    "x_total_total",
    "x_bucket",
    "x_sum",
    "x_count",
    "x_info",
    "x_created",
    "x_seconds",
    "x_seconds_total",
    "x_bytes",
    "x_ratio",
    "a:b",
    "_9",
    "own_0_total",
    "own_0",
    "own_1_total",
    "h_0",
    "h_0_sum",
    "h_1_bucket",
    "g_0",
    "g_1_total",
    "shared",
    "shared_total",
    "took_0_seconds",
    "le",
    "quantile",
];

/// Texts that have to be escaped somewhere, or look as if they ended something.
fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        3 => "[ -~]{0,24}",
        1 => any::<String>(),
        1 => "[\\\\\"\n\r\t{},=#' ]{0,12}",
        1 => select(vec!["", "\\", "\"", "\n", "a\n# EOF\n", "# TYPE x counter", "größer", "\u{2028}", "…"])
            .prop_map(str::to_owned),
    ]
}

/// `[metrics.NAME]` for one of the policy's metrics.
#[derive(Clone, Debug)]
struct Declaration {
    help: Option<String>,
    unit: Option<&'static str>,
    buckets: Option<&'static str>,
    max_series: Option<u8>,
}

/// What is added to a policy.
#[derive(Clone, Debug)]
pub(crate) struct Dress {
    const_label: Option<(&'static str, String)>,
    max_series: Option<u8>,
    missing: Option<String>,
    declarations: Vec<Option<Declaration>>,
    more: Option<(&'static str, &'static str, &'static str, String)>,
}

fn declaration() -> impl Strategy<Value = Declaration> {
    let unit = select(vec![
        "seconds",
        "milliseconds",
        "bytes",
        "ratio",
        "celsius",
        "widgets",
    ]);
    let buckets = select(vec![
        "'exponential'",
        "[0.5]",
        "[-1, 0, 1e9]",
        "{ start = 0.001, factor = 10, count = 7 }",
        "{ start = -2, width = 1, count = 5 }",
    ]);
    (
        prop::option::weighted(0.6, text()),
        prop::option::weighted(0.2, unit),
        prop::option::weighted(0.5, buckets),
        prop::option::weighted(0.3, 1_u8..3),
    )
        .prop_map(|(help, unit, buckets, max_series)| Declaration {
            help,
            unit,
            buckets,
            max_series,
        })
}

/// Any addition.
pub(crate) fn dress() -> impl Strategy<Value = Dress> {
    let label = select(vec!["service", "tenant", "b", "class"]);
    let action = select(vec!["count", "histogram", "gauge"]);
    let more = (
        action,
        select(NAMES),
        select(vec!["tenant", "a.b", "x-y", "größe", "__a"]),
        text(),
    );
    (
        prop::option::weighted(0.4, (label, text())),
        prop::option::weighted(0.3, 1_u8..4),
        prop::option::weighted(0.2, text()),
        prop::collection::vec(prop::option::weighted(0.5, declaration()), 8),
        prop::option::weighted(0.5, more),
    )
        .prop_map(
            |(const_label, max_series, missing, declarations, more)| Dress {
                const_label,
                max_series,
                missing,
                declarations,
                more,
            },
        )
}

impl Dress {
    /// The policy with all of it.
    pub(crate) fn on(&self, policy: &str) -> String {
        let mut defaults = String::from("[defaults]\n");
        if let Some((name, value)) = &self.const_label {
            defaults += &format!("const_labels = {{ {name} = {} }}\n", quoted(value));
        }
        if let Some(most) = self.max_series {
            defaults += &format!("max_series = {most}\n");
        }
        if let (Some(missing), false) = (&self.missing, policy.contains("missing = ")) {
            defaults += &format!("missing = {}\n", quoted(missing));
        }
        let mut text = policy.replacen("[defaults]\n", &defaults, 1);
        for (name, said) in metrics_of(policy).iter().zip(&self.declarations) {
            if let Some(said) = said {
                text += &said.of(name);
            }
        }
        if let Some((action, name, label, value)) = &self.more {
            let value = quoted(&format!("'{}'", value.replace('\'', "''")));
            text += &format!(
                "[[rules]]\nname = 'more'\nmatch = {{ event = '*', level = 'trace' }}\n\
                 {action} = {{ metric = '{name}', of = '1', labels = {{ '{label}' = {value} }} }}\n"
            );
        }
        text
    }
}

impl Declaration {
    fn of(&self, name: &str) -> String {
        let mut text = format!("[metrics.{name}]\n");
        if let Some(help) = &self.help {
            text += &format!("help = {}\n", quoted(help));
        }
        if let (Some(unit), false) = (self.unit, name.ends_with("_seconds")) {
            text += &format!("unit = '{unit}'\n");
        }
        if let (Some(buckets), true) = (
            self.buckets,
            name.starts_with('h') || name.starts_with("took"),
        ) {
            text += &format!("buckets = {buckets}\n");
        }
        if let Some(most) = self.max_series {
            text += &format!("max_series = {most}\n");
        }
        text
    }
}

/// The names that a policy's actions mention, each once.
fn metrics_of(policy: &str) -> Vec<&str> {
    let mention = Regex::new("metric = '([^']+)'").expect("a regex");
    let mut names: Vec<&str> = mention
        .captures_iter(policy)
        .map(|found| found.extract::<1>().1[0])
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A text as TOML writes it, and as no variable is looked for in it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.replace("${", "$${").chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => out += &format!("\\u{:04X}", u32::from(letter)),
            letter => out.push(letter),
        }
    }
    out + "\""
}

/// Something that the program records through the `metrics` facade.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    name: String,
    kind: u8,
    labels: Vec<(String, String)>,
    help: Option<String>,
    value: f64,
}

/// Any call.
pub(crate) fn call() -> impl Strategy<Value = Call> {
    let name = prop_oneof![
        4 => select(NAMES).prop_map(str::to_owned),
        1 => text(),
    ];
    let label = prop_oneof![
        select(vec!["tenant", "le", "b"]).prop_map(str::to_owned),
        text()
    ];
    (
        name,
        0_u8..3,
        prop::collection::vec((label, text()), 0..3),
        prop::option::weighted(0.5, text()),
        any::<f64>(),
    )
        .prop_map(|(name, kind, labels, help, value)| Call {
            name,
            kind,
            labels,
            help,
            value,
        })
}

impl Call {
    /// Makes it.
    pub(crate) fn on(&self, registry: &Registry) {
        use metrics::Recorder as _;
        let metadata = metrics::Metadata::new("test", metrics::Level::INFO, None);
        let labels = self.labels.iter();
        let labels: Vec<_> = labels
            .map(|(name, value)| metrics::Label::new(name.clone(), value.clone()))
            .collect();
        let key = metrics::Key::from_parts(self.name.clone(), labels);
        let (name, help) = (self.name.clone(), self.help.clone().map(Into::into));
        match self.kind {
            0 => {
                if let Some(help) = help {
                    registry.describe_counter(name.into(), None, help);
                }
                let counter = registry.register_counter(&key, &metadata);
                counter.increment(self.value.abs().min(1e15) as u64);
            }
            1 => registry.register_gauge(&key, &metadata).set(self.value),
            _ => registry
                .register_histogram(&key, &metadata)
                .record(self.value),
        }
    }
}
