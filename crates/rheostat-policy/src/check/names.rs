//! Names of metrics and labels: which are accepted, which are taken.

/// Whether it can name a label.
pub(crate) fn is_label_name(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name
            .bytes()
            .next()
            .is_some_and(|byte| !byte.is_ascii_digit())
}

/// Whether the exposition needs it for itself.
pub(crate) fn is_reserved_label(name: &str) -> bool {
    name == "le" || name == "quantile" || name.starts_with("__")
}

/// Whether it can name a metric.
pub(crate) fn is_metric_name(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
        && name
            .bytes()
            .next()
            .is_some_and(|byte| !byte.is_ascii_digit())
}

/// The nearest name that is accepted.
pub(crate) fn sanitised(name: &str) -> String {
    let mut out: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if out.bytes().next().is_none_or(|byte| byte.is_ascii_digit()) {
        out.insert(0, '_');
    }
    out
}
