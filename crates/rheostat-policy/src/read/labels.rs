//! `labels`: a list of refs and tables, or a table of name to value.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Reader;
use super::defaults::count;
use crate::check::names::{is_label_name, is_reserved_label, sanitised};
use crate::codes::metrics as codes;
use crate::diagnostic::Report;
use crate::expr::{Expr, ExprKind, Ref};
use crate::model::{Label, Mapped};
use crate::place::Place;
use crate::toml::{Entry, Node, Table, Value};
use crate::vocabulary::{KeyDef, Type};

/// Labels so far, in the order of their names, and where each stands.
type Found = BTreeMap<Arc<str>, (Label, Place)>;

/// The keys of the table form of a value.
pub(crate) fn mapped_keys() -> Vec<KeyDef> {
    vec![
        KeyDef::new("of", Type::Value, "the value", r#""status | class""#).required(),
        KeyDef::new(
            "map",
            Type::TextMap,
            "texts that stand for other texts, after the transforms",
            r#"{ 2xx = "success", 5xx = "failure" }"#,
        ),
        KeyDef::new(
            "default",
            Type::Text,
            "what stands for a value that is unmapped or missing",
            r#""unknown""#,
        ),
        KeyDef::new(
            "max_values",
            Type::Integer(1, 1_000_000),
            "beyond this many distinct values: `other`",
            "20",
        ),
    ]
}

impl Reader<'_> {
    /// Labels in the order of their names; what cannot be one is left out after a finding.
    pub(crate) fn labels(&mut self, node: &Node) -> Vec<Label> {
        let mut found = Found::new();
        match &node.value {
            Value::List(nodes) => {
                for element in nodes {
                    match &element.value {
                        Value::Table(table) => self.label_table(table, &mut found),
                        Value::Text(_) => self.label_alone(element, &mut found),
                        _ => self.wrong_type(element, "the name of a field, or a table"),
                    }
                }
            }
            Value::Table(table) => self.label_table(table, &mut found),
            // The walk has reported the type.
            _ => {}
        }
        found.into_values().map(|(label, _)| label).collect()
    }

    fn label_table(&mut self, table: &Table, found: &mut Found) {
        for entry in &table.entries {
            let Some(name) = self.label_name(&entry.key, entry.key_place, true) else {
                continue;
            };
            if let Some(value) = self.mapped(entry) {
                self.add_label(Label { name, value }, entry.key_place, found);
            }
        }
    }

    fn mapped(&mut self, entry: &Entry) -> Option<Mapped> {
        let Value::Table(table) = &entry.node.value else {
            return Some(plain(self.value(&entry.node)?));
        };
        let of = format!("the label `{}`", entry.key);
        let read = self.walk(table, entry.node.place, &mapped_keys(), &of);
        Some(Mapped {
            of: read.args.expr("of")?.clone(),
            map: read.args.map("map").cloned(),
            default: read.args.text("default").cloned(),
            max_values: read
                .args
                .integer("max_values")
                .map(|_| count(&read.args, "max_values")),
        })
    }

    /// A field or built-in, which names the label itself.
    fn label_alone(&mut self, node: &Node, found: &mut Found) {
        let Some(value) = self.value(node) else {
            return;
        };
        let Some(name) = name_of(&value) else {
            let better = format!(
                "{{ {} = {} }}",
                name_inside(&value),
                self.written(node.place)
            );
            self.report(
                Report::new(
                    &codes::LABEL_NEEDS_NAME,
                    node.place,
                    "this value does not name its label",
                )
                .under("only a field or a built-in does")
                .fix(format!("give it a name: `{better}`"), node.place, better),
            );
            return;
        };
        if let Some(name) = self.label_name(&name, node.place, false) {
            self.add_label(
                Label {
                    name,
                    value: plain(value),
                },
                node.place,
                found,
            );
        }
    }

    fn add_label(&mut self, label: Label, place: Place, found: &mut Found) {
        if let Some((_, first)) = found.get(&label.name) {
            let report = Report::new(
                &codes::DUPLICATE_LABEL,
                place,
                format!("two labels are named `{}`", label.name),
            )
            .under("the second one")
            .also(*first, "the first one");
            self.report(report.help("take one of them out, or name it otherwise"));
            return;
        }
        found.insert(label.name.clone(), (label, place));
    }

    fn label_name(&mut self, name: &str, place: Place, written: bool) -> Option<Arc<str>> {
        let fixed: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        if !is_label_name(&fixed) {
            let better = sanitised(&fixed);
            let mut report = Report::new(
                &codes::BAD_LABEL_NAME,
                place,
                format!("`{name}` cannot name a label"),
            )
            .under("letters, digits and `_`, not beginning with a digit");
            if written {
                report = report.fix(format!("write `{better}`"), place, better);
            }
            self.report(report);
            return None;
        }
        if is_reserved_label(&fixed) {
            let better = format!("{}_", fixed.trim_start_matches('_'));
            let with = if written {
                better.clone()
            } else {
                format!("{{ {better} = {} }}", self.written(place))
            };
            self.report(
                Report::new(
                    &codes::RESERVED_LABEL,
                    place,
                    format!("`{fixed}` cannot be the name of a label"),
                )
                .under("belongs to the exposition")
                .fix(format!("name it `{better}`"), place, with),
            );
            return None;
        }
        Some(Arc::from(fixed))
    }
}

fn plain(of: Expr) -> Mapped {
    Mapped {
        of,
        map: None,
        default: None,
        max_values: None,
    }
}

/// The name that a value gives to its label.
fn name_of(value: &Expr) -> Option<String> {
    let ExprKind::Ref(name) = &value.kind else {
        return None;
    };
    match name {
        Ref::Name(name) | Ref::Own(name) | Ref::OfSpan { name, .. } | Ref::Since(name) => {
            Some(name.to_string())
        }
        Ref::BuiltIn(built_in) => Some(built_in.name().to_owned()),
    }
}

/// A name for a value that has none: that of the first field in it.
fn name_inside(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Pipe(of, _) | ExprKind::Negate(of) | ExprKind::Not(of) => name_inside(of),
        ExprKind::Arithmetic(_, left, _)
        | ExprKind::Compare(_, left, _)
        | ExprKind::Text(_, left, _) => name_inside(left),
        _ => name_of(value).map_or_else(|| "label".to_owned(), |name| sanitised(&name)),
    }
}
