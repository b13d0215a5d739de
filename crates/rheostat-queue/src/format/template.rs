//! Templates of sinks, such as a subject or an index, filled from a record.

use rheostat_core::Value;
use rheostat_core::flow::RecordView;
use rheostat_policy::expr::{BuiltIn, Ref};
use rheostat_policy::model::{Template, TemplatePart};

use super::number::plain;

/// What stands where a hole has no value.
const MISSING: &str = "missing";

/// Appends a template with its holes filled by what the record holds: its own
/// fields, those of its spans that travel with it, and built-in values.
/// `escape` appends the text of one hole.
pub fn fill(
    template: &Template,
    record: &RecordView<'_>,
    out: &mut Vec<u8>,
    escape: impl Fn(&str, &mut Vec<u8>),
) {
    for part in &template.0 {
        match part {
            TemplatePart::Text(text) => out.extend_from_slice(text.as_bytes()),
            TemplatePart::Hole(hole) => {
                let value = look_up(hole, record);
                let mut made = Vec::new();
                let text = match value {
                    Value::Missing => Some(MISSING),
                    other => plain(other, &mut made),
                };
                match text {
                    Some(text) => escape(text, out),
                    None => escape(&String::from_utf8_lossy(&made), out),
                }
            }
        }
    }
}

fn look_up<'r>(hole: &Ref, record: &RecordView<'r>) -> Value<'r> {
    let own = |name: &str| {
        let mut found = record.fields().filter(|(field, _)| *field == name);
        found.next().map(|(_, value)| value)
    };
    let found = match hole {
        Ref::Own(name) => own(name),
        // The nearest span is the last one.
        Ref::Name(name) => own(name).or_else(|| {
            let all = record.spans().flat_map(|span| span.fields());
            let named = all.filter(|(field, value)| *field == &**name && value.is_some());
            named.last().map(|(_, value)| value)
        }),
        Ref::OfSpan { span, name } => {
            let all = record.spans().filter(|view| view.name == &**span);
            let fields = all.flat_map(|view| view.fields());
            let named = fields.filter(|(field, _)| *field == &**name);
            named.last().map(|(_, value)| value)
        }
        Ref::BuiltIn(name) => built_in(*name, record),
        Ref::Since(_) => None,
    };
    found.unwrap_or(Value::Missing)
}

/// Those that a record carries along.
fn built_in<'r>(name: BuiltIn, record: &RecordView<'r>) -> Option<Value<'r>> {
    Some(match name {
        BuiltIn::Level => Value::Text(record.level().as_str()),
        BuiltIn::Target => Value::Text(record.target()),
        BuiltIn::Name => Value::Text(record.name()),
        BuiltIn::Kind => Value::Text(if record.is_span() { "span" } else { "event" }),
        BuiltIn::Thread => Value::Text(record.thread()),
        BuiltIn::File => Value::Text(record.file()?),
        BuiltIn::Line => Value::U64(record.line()?.into()),
        BuiltIn::Message => record.message()?,
        _ => return None,
    })
}
