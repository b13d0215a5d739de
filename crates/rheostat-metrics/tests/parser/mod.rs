//! A strict reader of the two text formats, written from their published grammars for these tests alone.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};

/// A page that parsed.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) kinds: BTreeMap<String, String>,
    pub(crate) helps: BTreeMap<String, String>,
    pub(crate) units: BTreeMap<String, String>,
    pub(crate) samples: Vec<Sample>,
}

/// One line with a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
    pub(crate) exemplar: Option<(BTreeMap<String, String>, f64)>,
}

impl Page {
    pub(crate) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: BTreeMap<String, String> = labels
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect();
        let mut found = self.samples.iter();
        found
            .find(|sample| sample.name == name && sample.labels == labels)
            .map(|sample| sample.value)
    }
}

/// Reads classic text.
pub(crate) fn text(page: &str) -> Result<Page, String> {
    read(page, false)
}

/// Reads OpenMetrics.
pub(crate) fn openmetrics(page: &str) -> Result<Page, String> {
    let body = page.strip_suffix("# EOF\n").ok_or("no # EOF at the end")?;
    read(body, true)
}

fn read(text: &str, open: bool) -> Result<Page, String> {
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("the last line does not end".into());
    }
    let mut page = Page::default();
    let mut family = String::new();
    let mut done = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for line in text.split_terminator('\n') {
        if let Some(comment) = line.strip_prefix("# ") {
            let (word, rest) = comment.split_once(' ').ok_or("a bare comment")?;
            let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            metric_name(name)?;
            if name != family {
                if !done.insert(name.to_owned()) {
                    return Err(format!("{name} comes twice"));
                }
                family = name.to_owned();
            }
            let into = match word {
                "TYPE" => &mut page.kinds,
                "HELP" => &mut page.helps,
                "UNIT" if open => &mut page.units,
                _ => return Err(format!("unknown comment {line}")),
            };
            if word == "UNIT" && !name.ends_with(&format!("_{rest}")) {
                return Err(format!("{name} does not end in its unit {rest}"));
            }
            if into.insert(name.to_owned(), rest.to_owned()).is_some() {
                return Err(format!("{word} of {name} comes twice"));
            }
            continue;
        }
        let sample = sample(line, open)?;
        let kind = page.kinds.get(&family).ok_or("a sample before its TYPE")?;
        belongs(&sample, &family, kind, open)?;
        if !seen.insert(format!("{} {:?}", sample.name, sample.labels)) {
            return Err(format!("twice: {line}"));
        }
        page.samples.push(sample);
    }
    for name in page.kinds.keys() {
        if page.helps.get(name).is_none_or(|help| help.is_empty()) {
            return Err(format!("{name} has no help"));
        }
    }
    histograms(&page)?;
    Ok(page)
}

fn belongs(sample: &Sample, family: &str, kind: &str, open: bool) -> Result<(), String> {
    let suffix = sample
        .name
        .strip_prefix(family)
        .ok_or_else(|| format!("{} among the samples of {family}", sample.name))?;
    let fits = match (kind, open) {
        ("counter", true) => suffix == "_total" || suffix == "_created",
        ("counter", false) | ("gauge", _) => suffix.is_empty(),
        ("histogram", _) => {
            ["_bucket", "_sum", "_count"].contains(&suffix) || (open && suffix == "_created")
        }
        _ => false,
    };
    let bound = sample.labels.contains_key("le");
    if !fits || bound != (suffix == "_bucket") {
        return Err(format!(
            "{} does not belong to the {kind} {family}",
            sample.name
        ));
    }
    if kind == "counter" && sample.value.is_sign_negative() {
        return Err(format!("{} is negative", sample.name));
    }
    Ok(())
}

fn histograms(page: &Page) -> Result<(), String> {
    let of = page.kinds.iter().filter(|(_, kind)| *kind == "histogram");
    for (name, _) in of {
        let mut last: BTreeMap<BTreeMap<String, String>, (f64, f64)> = BTreeMap::new();
        for sample in &page.samples {
            if sample.name == format!("{name}_bucket") {
                let mut labels = sample.labels.clone();
                let bound = number(&labels.remove("le").unwrap_or_default())?;
                if let Some((before, count)) = last.get(&labels)
                    && (*before >= bound || *count > sample.value)
                {
                    return Err(format!("{name}: buckets go down at le={bound}"));
                }
                last.insert(labels, (bound, sample.value));
            } else if sample.name == format!("{name}_count")
                && last.get(&sample.labels) != Some(&(f64::INFINITY, sample.value))
            {
                return Err(format!("{name}: the count is not the last bucket"));
            }
        }
    }
    Ok(())
}

fn sample(line: &str, open: bool) -> Result<Sample, String> {
    let end = line.find(['{', ' ']).ok_or("no value")?;
    let name = line[..end].to_owned();
    metric_name(&name)?;
    let mut rest = &line[end..];
    let mut labels = BTreeMap::new();
    if rest.starts_with('{') {
        (labels, rest) = label_set(rest)?;
    }
    let rest = rest.strip_prefix(' ').ok_or("no space before the value")?;
    let (value, exemplar) = match rest.split_once(" # ") {
        Some((value, exemplar)) if open => (value, Some(read_exemplar(exemplar)?)),
        _ => (rest, None),
    };
    Ok(Sample {
        name,
        labels,
        value: number(value)?,
        exemplar,
    })
}

fn read_exemplar(text: &str) -> Result<(BTreeMap<String, String>, f64), String> {
    let (labels, rest) = label_set(text)?;
    let length: usize = labels.iter().map(|(k, v)| k.len() + v.len()).sum();
    if length > 128 {
        return Err("the exemplar is too long".into());
    }
    let rest = rest.strip_prefix(' ').ok_or("no value in the exemplar")?;
    let (value, time) = rest.split_once(' ').ok_or("no time in the exemplar")?;
    number(time)?;
    Ok((labels, number(value)?))
}

fn label_set(text: &str) -> Result<(BTreeMap<String, String>, &str), String> {
    let mut rest = text.strip_prefix('{').ok_or("no labels")?;
    let mut labels = BTreeMap::new();
    loop {
        if let Some(after) = rest.strip_prefix('}') {
            return Ok((labels, after));
        }
        if !labels.is_empty() {
            rest = rest.strip_prefix(',').ok_or("no comma between labels")?;
        }
        let (name, after) = rest.split_once("=\"").ok_or("no label value")?;
        let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty()
            || name.starts_with(|c: char| c.is_ascii_digit())
            || !name.chars().all(good)
        {
            return Err(format!("bad label name {name:?}"));
        }
        let (value, after) = quoted(after)?;
        if labels.insert(name.to_owned(), value).is_some() {
            return Err(format!("label {name} comes twice"));
        }
        rest = after;
    }
}

fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, c @ ('"' | '\\'))) => value.push(c),
                _ => return Err("bad escape".into()),
            },
            c => value.push(c),
        }
    }
    Err("a label value does not end".into())
}

fn metric_name(name: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let fine = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
    if fine && name.chars().all(good) {
        return Ok(());
    }
    Err(format!("bad metric name {name:?}"))
}

fn number(text: &str) -> Result<f64, String> {
    match text {
        "+Inf" => Ok(f64::INFINITY),
        "-Inf" => Ok(f64::NEG_INFINITY),
        "NaN" => Ok(f64::NAN),
        text if text.contains("inf") => Err(format!("bad number {text}")),
        text => text.parse().map_err(|_| format!("bad number {text:?}")),
    }
}
