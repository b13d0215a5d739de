//! A vocabulary as JSON, for tools that check policies where the program does not run.

use rheostat_policy::Vocabulary;
use rheostat_policy::vocabulary::{ActionDef, KeyDef, SinkDef, SinkUse, Type};

use crate::json;

/// All actions and sink types, with everything that a check needs of them.
pub(crate) fn document(vocabulary: &Vocabulary) -> String {
    let actions = vocabulary.actions.iter().map(action);
    let sinks = vocabulary.sinks.iter().map(sink);
    format!(
        "{{\"actions\":{},\n\"sinks\":{}}}\n",
        lines(actions),
        lines(sinks)
    )
}

fn action(action: &ActionDef) -> String {
    let metric = action.metric.map(|kind| kind.as_str());
    let sink = action.sink.as_ref().map(sink_use);
    format!(
        "{{{},\"selects\":{},\"metric\":{},\"sink\":{},\"limits\":{},\"phases\":{},\"keys\":{},\"not_in_this_build\":{}}}",
        head(action.name, action.doc, action.example),
        json::text(action.selects.as_str()),
        json::optional(metric),
        sink.unwrap_or_else(|| "null".to_owned()),
        action.limits,
        action.phases,
        keys(&action.keys),
        action.not_in_this_build,
    )
}

fn sink_use(sink: &SinkUse) -> String {
    format!(
        "{{\"class\":{},\"default\":{}}}",
        json::text(sink.class.as_str()),
        json::optional(sink.default)
    )
}

fn sink(sink: &SinkDef) -> String {
    let takes: Vec<&str> = sink.takes.iter().map(|class| class.as_str()).collect();
    format!(
        "{{{},\"takes\":{},\"formats\":{},\"keys\":{},\"not_in_this_build\":{}}}",
        head(sink.name, sink.doc, sink.example),
        words(&takes),
        words(&sink.formats),
        keys(&sink.keys),
        sink.not_in_this_build,
    )
}

fn head(name: &str, doc: &str, example: &str) -> String {
    format!(
        "\"name\":{},\"doc\":{},\"example\":{}",
        json::text(name),
        json::text(doc),
        json::text(example)
    )
}

fn keys(keys: &[KeyDef]) -> String {
    list(keys.iter().map(|key| {
        format!(
            "{{{},\"type\":{},\"required\":{},\"default\":{},\"not_in_this_build\":{}}}",
            head(key.name, key.doc, key.example),
            ty(&key.ty),
            key.required,
            json::optional(key.default),
            key.not_in_this_build,
        )
    }))
}

/// A word, or what is made of others: its word, and those.
fn ty(of: &Type) -> String {
    let made = |word: &str, of: String| format!("{{\"{word}\":{of}}}");
    match of {
        Type::Integer(least, most) => made("integer", format!("[{least},{most}]")),
        Type::Choice(choices) => made("choice", words(choices)),
        Type::ChoiceWithLater(now, later) => made(
            "choice_with_later",
            list([words(now), words(later)].into_iter()),
        ),
        Type::OrFalse(of) => made("or_false", ty(of)),
        Type::List(of) => made("list", ty(of)),
        Type::OneOrMany(of) => made("one_or_many", ty(of)),
        Type::Named(of) => made("named", ty(of)),
        Type::EitherOr(other, of) => {
            made("either_or", list([json::text(other), ty(of)].into_iter()))
        }
        Type::Beside(other, of) => made("beside", list([json::text(other), ty(of)].into_iter())),
        Type::AnyOf(of) => made("any_of", list(of.iter().map(ty))),
        Type::Table(of) => made("table", keys(of)),
        simple => json::text(simple.word().unwrap_or("any")),
    }
}

fn words(words: &[&str]) -> String {
    list(words.iter().map(|word| json::text(word)))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn lines(items: impl Iterator<Item = String>) -> String {
    format!("[\n{}\n]", items.collect::<Vec<_>>().join(",\n"))
}
