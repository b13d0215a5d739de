//! What may stand at a key, in words.

use crate::vocabulary::Type;

/// What may stand there, with an article and an example.
pub(crate) fn expected(ty: &Type) -> String {
    match ty {
        Type::Bool => "`true` or `false`".to_owned(),
        Type::Text | Type::Raw => "a string".to_owned(),
        Type::Integer(_, _) => "a whole number".to_owned(),
        Type::Float => "a number".to_owned(),
        Type::Duration | Type::Period => "a duration such as `\"150us\"`".to_owned(),
        Type::Size => "a size such as `\"64KiB\"`".to_owned(),
        Type::Rate => "a rate such as `\"1000/s\"`".to_owned(),
        Type::Ratio => "a ratio such as `0.05` or `\"1/20\"`".to_owned(),
        Type::Level => "a level such as `\"info\"`".to_owned(),
        Type::Choice(words) | Type::ChoiceWithLater(words, _) => words_in(words),
        Type::Path | Type::OwnFile => "a path in a string".to_owned(),
        Type::Address => "a host and port such as `\"127.0.0.1:9464\"`".to_owned(),
        Type::Url => "a URL such as `\"http://127.0.0.1:4317\"`".to_owned(),
        Type::Value => "a value such as `\"status | class\"` or `1`".to_owned(),
        Type::Condition => "a condition such as `\"status >= 500\"`".to_owned(),
        Type::Template => "a template such as `\"{method} {route}\"`".to_owned(),
        Type::FieldGlobs => "a list of globs such as `[\"user\", \"http.*\"]`".to_owned(),
        Type::Values => "a list of values such as `[\"tenant\"]`".to_owned(),
        Type::TextMap => "a table of strings such as `{ service = \"shop\" }`".to_owned(),
        Type::Secret => {
            "a secret such as `{ env = \"NAME\" }` or `{ file = \"/run/secrets/name\" }`".to_owned()
        }
        Type::Table(_) => "a table".to_owned(),
        Type::Named(of) => format!("a table of names, each {}", expected(of)),
        Type::List(of) => format!("a list, each {}", expected(of)),
        Type::OneOrMany(of) => format!("{}, or a list of them", expected(of)),
        Type::OrFalse(of) => format!("`false`, or {}", expected(of)),
        Type::AnyOf(types) => any_of(types),
        Type::Any => "anything".to_owned(),
        Type::PathGlob => "a glob such as `\"shop::**\"`".to_owned(),
        Type::FileGlob => "a glob such as `\"src/*.rs\"`".to_owned(),
        Type::NameGlob => "a glob such as `\"request*\"`".to_owned(),
        Type::Lines => "a line such as `41`, or a range such as `\"40..60\"`".to_owned(),
        Type::LevelSet => "a level such as `\"info\"` or `\"=info\"`, or a list".to_owned(),
        Type::DateTime => "a date and time such as `2026-03-01T18:00:00Z`".to_owned(),
        Type::Selector => {
            "a selector such as `{ target = \"shop::**\" }`, or the name of one".to_owned()
        }
        Type::Mapped => "a value, or a table with `of`".to_owned(),
        Type::Labels => {
            "labels such as `[\"method\"]` or `{ class = \"status | class\" }`".to_owned()
        }
        Type::LabelSets => "label names, or a table of closed sets".to_owned(),
        Type::Redactions => "a list of globs and tables such as `[\"password\"]`".to_owned(),
        Type::Buckets => "bounds such as `[0.1, 1]`, or `\"exponential\"`".to_owned(),
        Type::SinkName => "the name of a sink in a string".to_owned(),
        Type::RingName => "the name of a ring in a string".to_owned(),
        Type::MetricName => "the name of a metric in a string".to_owned(),
        Type::FileMode => "a file mode such as `\"0640\"`".to_owned(),
        Type::EitherOr(_, of) | Type::Beside(_, of) => expected(of),
        Type::Unit => "a unit such as `\"seconds\"`".to_owned(),
    }
}

fn any_of(types: &[Type]) -> String {
    let all: Vec<String> = types.iter().map(expected).collect();
    all.join(", or ")
}

/// `a`, `b` or `c`
pub(crate) fn words_in(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "nothing".to_owned(),
    }
}
