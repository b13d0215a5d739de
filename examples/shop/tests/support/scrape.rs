//! Prometheus text, read by a parser that shares nothing with the one who wrote it.

use std::collections::BTreeMap;

/// Every sample of a scrape by name and labels.
#[derive(Debug)]
pub(crate) struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    /// Reads the classic text format, or what a Python reader made of another.
    pub(crate) fn read(text: &str) -> Self {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        Self(lines.map(sample).collect())
    }

    /// The value of the series with exactly these labels, besides `service`.
    pub(crate) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.0.get(&key(name, labels)).copied()
    }

    /// The same as a count; no such series is no count.
    pub(crate) fn count(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        whole(self.value(name, labels).unwrap_or(0.0))
    }

    /// The sum over all series of a name.
    pub(crate) fn sum(&self, name: &str) -> u64 {
        let bare = format!("{name}{{");
        let of_name = self
            .0
            .iter()
            .filter(|(key, _)| *key == name || key.starts_with(&bare));
        whole(of_name.map(|(_, value)| value).sum())
    }

    /// The names of all series, for saying what was there instead.
    pub(crate) fn series(&self) -> String {
        self.0
            .iter()
            .map(|(key, value)| format!("{key} {value}\n"))
            .collect()
    }
}

/// A float that has to be a whole number.
fn whole(value: f64) -> u64 {
    assert!(value >= 0.0 && value.fract() == 0.0, "{value} is no count");
    value as u64
}

fn sample(line: &str) -> (String, f64) {
    let (series, value) = match line.rfind('}') {
        Some(end) => (&line[..=end], line[end + 1..].trim()),
        None => line
            .split_once(' ')
            .unwrap_or_else(|| panic!("no sample: {line}")),
    };
    let value = value.split(' ').next().unwrap_or_default();
    let value = value
        .parse()
        .unwrap_or_else(|_| panic!("no number: {line}"));
    match series.split_once('{') {
        None => (series.to_owned(), value),
        Some((name, labels)) => {
            let labels = pairs(labels.trim_end_matches('}'));
            let borrowed: Vec<(&str, &str)> = labels
                .iter()
                .map(|(k, v)| (k.as_str(), v.as_str()))
                .collect();
            (key(name, &borrowed), value)
        }
    }
}

/// One spelling for each series: labels sorted, without the constant one.
fn key(name: &str, labels: &[(&str, &str)]) -> String {
    let mut labels: Vec<_> = labels
        .iter()
        .filter(|(label, _)| *label != "service")
        .collect();
    labels.sort_unstable();
    let labels: Vec<String> = labels
        .iter()
        .map(|(label, value)| format!("{label}={}", plain(label, value)))
        .collect();
    if labels.is_empty() {
        name.to_owned()
    } else {
        format!("{name}{{{}}}", labels.join(","))
    }
}

/// Bounds are numbers: `200` and `200.0` are one bucket.
fn plain(label: &str, value: &str) -> String {
    let bound = if label == "le" {
        value.parse::<f64>().ok()
    } else {
        None
    };
    bound.map_or_else(|| value.to_owned(), |bound| bound.to_string())
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start_matches(',');
    while let Some((name, quoted)) = rest.split_once("=\"") {
        let end = closing_quote(quoted);
        let value = quoted[..end]
            .replace("\\\"", "\"")
            .replace("\\n", "\n")
            .replace("\\\\", "\\");
        pairs.push((name.trim().to_owned(), value));
        rest = quoted[end + 1..].trim_start_matches(',');
    }
    pairs
}

fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return at,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    panic!("no closing quote: {text}")
}
