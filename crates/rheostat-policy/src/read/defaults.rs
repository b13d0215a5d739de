//! `[defaults]`: what holds unless something says otherwise.

use std::sync::Arc;

use super::Reader;
use super::keys::Read;
use crate::codes::{file, metrics};
use crate::diagnostic::Report;
use crate::language::defaults_keys;
use crate::literal;
use crate::model::{Args, Defaults, Level};
use crate::place::Place;
use crate::toml::{Entry, Node, Table};

/// `[defaults]`, with what only the check needs.
pub(crate) struct Said<'t> {
    pub(crate) defaults: Defaults,
    /// The sinks that `sink.stream` and its kin name.
    pub(crate) sinks: Option<&'t Table>,
}

impl Reader<'_> {
    pub(crate) fn defaults<'t>(&mut self, entry: Option<&'t Entry>) -> Said<'t> {
        let empty = Table::default();
        let table = entry
            .and_then(|entry| entry.node.as_table())
            .unwrap_or(&empty);
        let place = entry.map_or(Place::default(), |entry| entry.node.place);
        let read = self.walk(table, place, &defaults_keys(), "[defaults]");
        let redact = match read.entry("redact") {
            Some(entry) => self.redactions(&entry.node),
            None => Vec::new(),
        };
        if let Some(entry) = read.entry("const_labels") {
            self.const_labels(&entry.node);
        }
        self.least_caps(&read);
        let sinks = entry
            .and_then(|entry| entry.node.as_table())
            .and_then(|table| table.get("sink"))
            .and_then(|entry| entry.node.as_table());
        let args = &read.args;
        Said {
            defaults: Defaults {
                scope_level: args.level("scope_level").copied().unwrap_or(Level::Info),
                hash_key: args.secret("hash_key").cloned(),
                const_labels: args.map("const_labels").cloned().unwrap_or_default(),
                max_series: count(args, "max_series"),
                max_keys: count(args, "max_keys"),
                missing: args.text("missing").cloned().unwrap_or(Arc::from("")),
                redact,
                max_record: args.size("max_record").copied().unwrap_or(u64::MAX),
                max_value: args.size("max_value").copied().unwrap_or(u64::MAX),
                max_label: args.size("max_label").copied().unwrap_or(u64::MAX),
            },
            sinks,
        }
    }

    /// Caps under which nothing is left of what they cap.
    fn least_caps(&mut self, read: &Read<'_>) {
        for (key, least) in [("max_record", 256), ("max_value", 4), ("max_label", 4)] {
            let (Some(entry), Some(size)) = (read.entry(key), read.args.size(key)) else {
                continue;
            };
            if *size >= least {
                continue;
            }
            let least = literal::format_size(least);
            self.report(
                Report::new(
                    &file::OUT_OF_RANGE,
                    entry.node.place,
                    format!("`{key}` must be at least {least}"),
                )
                .under("nothing would be left")
                .fix(
                    format!("write `{least}`"),
                    entry.node.place,
                    format!("\"{least}\""),
                ),
            );
        }
    }

    fn const_labels(&mut self, node: &Node) {
        let Some(table) = node.as_table() else {
            return;
        };
        for entry in &table.entries {
            if crate::check::names::is_label_name(&entry.key) {
                if crate::check::names::is_reserved_label(&entry.key) {
                    self.report(
                        Report::new(
                            &metrics::RESERVED_LABEL,
                            entry.key_place,
                            format!("`{}` cannot be the name of a label", entry.key),
                        )
                        .under("belongs to the exposition"),
                    );
                }
                continue;
            }
            let fixed = crate::check::names::sanitised(&entry.key);
            self.report(
                Report::new(
                    &metrics::BAD_LABEL_NAME,
                    entry.key_place,
                    format!("`{}` cannot be the name of a label", entry.key),
                )
                .under("letters, digits and `_`, not beginning with a digit")
                .fix(format!("write `{fixed}`"), entry.key_place, fixed),
            );
        }
    }
}

/// A whole number whose definition bounds it.
pub(crate) fn count(args: &Args, key: &str) -> u32 {
    args.integer(key)
        .and_then(|number| u32::try_from(*number).ok())
        .unwrap_or(u32::MAX)
}
