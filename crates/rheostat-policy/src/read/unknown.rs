//! Keys that a table does not have, and what was probably meant.

use super::Reader;
use crate::codes::structure;
use crate::diagnostic::Report;
use crate::language::rule_keys;
use crate::place::Place;
use crate::toml::Entry;
use crate::vocabulary::KeyDef;

impl Reader<'_> {
    pub(crate) fn unknown_key(&mut self, entry: &Entry, keys: &[KeyDef], of: &str) {
        let names: Vec<&'static str> = keys.iter().map(|def| def.name).collect();
        self.unknown_name(entry, &names, of);
    }

    pub(crate) fn unknown_name(&mut self, entry: &Entry, names: &[&'static str], of: &str) {
        let key = &entry.key;
        let mut report = Report::new(
            &structure::UNKNOWN_KEY,
            entry.key_place,
            format!("{of} has no key `{key}`"),
        )
        .under("not known here");
        report = match self.near(key, names.iter().copied()) {
            Some(near) => report.fix(format!("write `{near}`"), entry.key_place, near),
            None => report.help(known(names)),
        };
        self.report(report);
    }

    /// A key in an action's table that belongs to the rule, or to nobody.
    pub(crate) fn unknown_in_action(
        &mut self,
        entry: &Entry,
        keys: &[KeyDef],
        action: &str,
        table: Place,
    ) {
        let of_rule = rule_keys().iter().any(|def| def.name == &*entry.key)
            || self.vocabulary.action(&entry.key).is_some();
        if !of_rule {
            self.unknown_key(entry, keys, &format!("`{action}`"));
            return;
        }
        let key = &entry.key;
        let mut report = Report::new(
            &structure::KEY_BELOW_ACTION,
            entry.key_place,
            format!("`{key}` is a key of the rule, but stands in the table of `{action}`"),
        );
        let header = self.written(table);
        report = if header.starts_with('[') {
            let report = report
                .under(format!(
                    "belongs to `{action}`, whose table goes on to the next header"
                ))
                .also(table, "the table begins here");
            let text = format!("move this line above {header}");
            match self.line_moved(entry, table) {
                Some((place, with)) => report.fix(text, place, with),
                None => report.help(text),
            }
        } else {
            report
                .under(format!("inside of the braces of `{action}`"))
                .help("move it out of the braces")
        };
        self.report(report);
    }

    /// The lines from the header to the key, the key's own line first.
    fn line_moved(&self, entry: &Entry, table: Place) -> Option<(Place, String)> {
        let from = table.start as usize;
        let key = entry.key_place.start as usize;
        let line = self.text[..key].rfind('\n')? + 1;
        let value = entry.node.place.end as usize;
        let end = self.text[value..]
            .find('\n')
            .map_or(self.text.len(), |at| value + at + 1);
        let between = self.text.get(from..line)?;
        let moved = self.text.get(line..end)?;
        Some((
            Place::new(from, end),
            format!("{}\n{between}", moved.trim_end_matches('\n')),
        ))
    }
}

fn known(names: &[&'static str]) -> String {
    if names.is_empty() {
        return "take it out; no keys belong here".to_owned();
    }
    format!("known keys are {}", names.join(", "))
}
