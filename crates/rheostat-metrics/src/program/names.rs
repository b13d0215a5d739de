//! Names as every exposition format takes them.

use std::borrow::Cow;

use crate::spec::Kind;

/// The name under which a metric of the program is exposed: odd characters become `_`, a counter gets its suffix.
pub(super) fn metric(name: &str, kind: Kind) -> Cow<'_, str> {
    let name = mended(name, |c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
    if kind == Kind::Counter && !name.ends_with("_total") {
        Cow::Owned(format!("{name}_total"))
    } else {
        name
    }
}

/// The name of a label: odd characters become `_`.
pub(super) fn label(name: &str) -> Cow<'_, str> {
    mended(name, |c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a label of this name cannot be exposed beside those the formats use themselves.
pub(super) fn is_reserved(label: &str) -> bool {
    label == "le" || label == "quantile" || label.starts_with("__")
}

fn mended(name: &str, fits: impl Fn(char) -> bool) -> Cow<'_, str> {
    let starts_well = name.starts_with(|c: char| fits(c) && !c.is_ascii_digit());
    if starts_well && name.chars().all(&fits) {
        return Cow::Borrowed(name);
    }
    let mut mended = String::with_capacity(name.len() + 1);
    if !name.starts_with(|c: char| !c.is_ascii_digit()) {
        mended.push('_');
    }
    mended.extend(name.chars().map(|c| if fits(c) { c } else { '_' }));
    Cow::Owned(mended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_characters_become_underscores() {
        assert_eq!(
            metric("http.requests-sent", Kind::Gauge),
            "http_requests_sent"
        );
        assert_eq!(metric("2fast", Kind::Gauge), "_2fast");
        assert_eq!(metric("", Kind::Gauge), "_");
        assert_eq!(metric("größe", Kind::Gauge), "gr__e");
        assert_eq!(label("http.route:x"), "http_route_x");
    }

    #[test]
    fn a_counter_gets_its_suffix_once() {
        assert_eq!(metric("hits", Kind::Counter), "hits_total");
        assert_eq!(metric("hits_total", Kind::Counter), "hits_total");
    }
}
