//! `rename`: new names for fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Reader;
use super::keys::Read;
use crate::codes::sinks::BAD_RENAME;
use crate::diagnostic::Report;
use crate::glob::Glob;
use crate::place::Place;

impl Reader<'_> {
    /// New names that no two fields share, of fields that are there.
    pub(crate) fn renames(&mut self, read: &Read<'_>) {
        let (Some(pairs), Some(entry)) = (read.args.map("rename"), read.entry("rename")) else {
            return;
        };
        let Some(table) = entry.node.as_table() else {
            return;
        };
        // What is absent from the text carries all fields, and which there are is not known.
        let written = read.entry("fields").and(read.args.globs("fields"));
        let mut seen: BTreeMap<&Arc<str>, Place> = BTreeMap::new();
        for ((new, old), at) in pairs.iter().zip(&table.entries) {
            if let Some(first) = seen.insert(old, at.node.place) {
                self.report(
                    Report::new(
                        &BAD_RENAME,
                        at.node.place,
                        format!("the field `{old}` gets two new names"),
                    )
                    .under("the second one")
                    .also(first, "the first one")
                    .help("keep one of them"),
                );
            }
            if new.is_empty() {
                self.report(
                    Report::new(
                        &BAD_RENAME,
                        at.key_place,
                        format!("the new name of `{old}` is empty"),
                    )
                    .under("a field has a name")
                    .help("write the new name before the old one: `{ new = \"old\" }`"),
                );
            }
            let Some(globs) = written else { continue };
            if !globs.iter().any(|glob| glob.matches(old)) {
                self.not_carried(old, globs, at.node.place, read);
            }
            let moved = pairs.iter().any(|(_, other)| other == new);
            if !moved && globs.iter().any(|glob| glob.literal() == Some(new)) {
                self.report(
                    Report::new(
                        &BAD_RENAME,
                        at.key_place,
                        format!("two fields would be named `{new}`"),
                    )
                    .under(format!("`{old}` becomes `{new}`"))
                    .also(fields_place(read), format!("`{new}` is carried too"))
                    .help(format!(
                        "leave `{new}` out of `fields`, or choose another name"
                    )),
                );
            }
        }
    }

    fn not_carried(&mut self, old: &str, globs: &[Glob], place: Place, read: &Read<'_>) {
        let near = self.near(old, globs.iter().filter_map(Glob::literal));
        let mut report = Report::new(
            &BAD_RENAME,
            place,
            format!("`fields` leaves `{old}` out, so it cannot be renamed"),
        )
        .under("the old name")
        .also(fields_place(read), "carries only these");
        report = match near {
            Some(near) => report.fix(format!("write `{near}`"), place, format!("\"{near}\"")),
            None => report.help(format!("add `{old}` to `fields`")),
        };
        self.report(report);
    }
}

fn fields_place(read: &Read<'_>) -> Place {
    read.entry("fields")
        .map_or(Place::default(), |entry| entry.node.place)
}
