//! The subject of a message: text as the policy has it, with holes that a record fills.

use rheostat_core::flow::RecordView;
use rheostat_core::sink::Failure;
use rheostat_policy::model::{Sink, Template, TemplatePart};
use rheostat_queue::format::fill;

/// What a hole may add at most, in bytes: a server reads lines of 4 KiB.
const LONGEST: usize = 128;
/// What stands where there is no text.
const MISSING: &str = "missing";

/// A subject with holes.
#[derive(Clone, Debug)]
pub(crate) struct Subject(Template);

impl Subject {
    /// Reads the key `subject` of a sink, and looks at what is fixed of it and of `metrics_subject`.
    pub(crate) fn read(sink: &Sink) -> Result<Self, Failure> {
        let template = sink.args.template("subject").cloned();
        let template = template.ok_or_else(|| Failure::new("it has no `subject`"))?;
        let shape: String = template
            .0
            .iter()
            .map(|part| match part {
                TemplatePart::Text(text) => text,
                TemplatePart::Hole(_) => MISSING,
            })
            .collect();
        check("subject", &shape)?;
        if let Some(metrics) = sink.args.text("metrics_subject") {
            check("metrics_subject", metrics)?;
        }
        Ok(Self(template))
    }

    /// That of a record.
    pub(crate) fn of(&self, record: &RecordView<'_>) -> String {
        let mut out = Vec::new();
        fill(&self.0, record, &mut out, token);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Where no record is: each hole has no value.
    pub(crate) fn of_nothing(&self) -> String {
        let parts = self.0.0.iter().map(|part| match part {
            TemplatePart::Text(text) => text,
            TemplatePart::Hole(_) => MISSING,
        });
        parts.collect()
    }

    /// All that it can become: a `*` for each token that has a hole.
    pub(crate) fn pattern(&self) -> String {
        let mut marked = String::new();
        for part in &self.0.0 {
            match part {
                TemplatePart::Text(text) => marked.push_str(text),
                // No text of a subject holds a control character.
                TemplatePart::Hole(_) => marked.push('\0'),
            }
        }
        let tokens = marked.split('.');
        let tokens = tokens.map(|token| if token.contains('\0') { "*" } else { token });
        tokens.collect::<Vec<_>>().join(".")
    }
}

/// Whether a subject can be published to.
fn check(key: &str, subject: &str) -> Result<(), Failure> {
    let wrong = if subject.split('.').any(str::is_empty) {
        "has an empty token"
    } else if subject.contains(char::is_whitespace) || subject.contains(char::is_control) {
        "has a space in it"
    } else if subject.split('.').any(|token| token == "*" || token == ">") {
        "has a wildcard, and nothing can be published to those"
    } else {
        return Ok(());
    };
    Err(Failure::new(format!("its `{key}` {wrong}")))
}

/// Appends a text as a part of one token: what would end it or mean something becomes `_`.
fn token(text: &str, out: &mut Vec<u8>) {
    let text = if text.is_empty() { MISSING } else { text };
    let start = out.len();
    for one in text.chars() {
        let plain = !one.is_whitespace() && !one.is_control() && !".*>".contains(one);
        let mut room = [0; 4];
        let one = if plain { one } else { '_' }.encode_utf8(&mut room);
        if out.len() - start + one.len() > LONGEST {
            return;
        }
        out.extend_from_slice(one.as_bytes());
    }
}

/// Whether what is published to `subject` is told to whoever listens to `pattern`.
pub(crate) fn covers(pattern: &str, subject: &str) -> bool {
    let (mut tokens, mut wanted) = (subject.split('.'), pattern.split('.'));
    loop {
        match (wanted.next(), tokens.next()) {
            (Some(">"), Some(_)) | (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(wanted), Some(token)) if wanted == token => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use rheostat_policy::expr::Ref;

    use super::*;

    fn made(text: &str) -> String {
        let mut out = Vec::new();
        token(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn hole() -> TemplatePart {
        TemplatePart::Hole(Ref::Own("tenant".into()))
    }

    #[test]
    fn nothing_in_a_token_ends_it_or_means_anything() {
        assert_eq!(made("a.b c\t*>\r\nPUB x"), "a_b_c_____PUB_x");
        assert_eq!(made("shop::db"), "shop::db");
        assert_eq!(made(""), "missing");
    }

    #[test]
    fn a_token_is_cut_at_a_character() {
        let cut = made(&"ž".repeat(1000));
        assert_eq!(cut, "ž".repeat(64));
    }

    #[test]
    fn a_stream_of_its_subjects_has_a_wildcard_for_each_token_with_a_hole() {
        let text = |text: &str| TemplatePart::Text(text.into());
        let parts = vec![text("shop.x-"), hole(), hole(), text(".orders."), hole()];
        assert_eq!(Subject(Template(parts)).pattern(), "shop.*.orders.*");
    }

    #[test]
    fn what_cannot_be_published_to_is_refused() {
        let why = |subject: &str| check("subject", subject).unwrap_err().to_string();
        assert!(why("shop..x").contains("empty token"));
        assert!(why("").contains("empty token"));
        assert!(why("shop x").contains("space"));
        assert!(why("shop.>").contains("wildcard"));
        assert!(check("subject", "shop.x-1").is_ok());
    }

    #[test]
    fn a_pattern_covers_what_it_matches_token_by_token() {
        assert!(covers("shop.*", "shop.a"));
        assert!(covers("shop.>", "shop.a.b"));
        assert!(!covers("shop.*", "shop.a.b"));
        assert!(!covers("shop.*", "metrics"));
    }
}
