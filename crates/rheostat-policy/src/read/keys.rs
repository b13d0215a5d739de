//! One table read against its definitions.

use std::collections::BTreeMap;

use super::Reader;
use crate::codes::sinks::{NEEDS_KEY, ONE_OF_TWO};
use crate::codes::structure;
use crate::diagnostic::Report;
use crate::model::{Arg, Args};
use crate::place::Place;
use crate::toml::{Entry, Table, parse_value};
use crate::vocabulary::{KeyDef, Type};

/// What a table says.
#[derive(Debug, Default)]
pub(crate) struct Read<'t> {
    /// The typed values, defaults filled in.
    pub(crate) args: Args,
    /// The entries that were written, known keys only.
    pub(crate) written: BTreeMap<&'static str, &'t Entry>,
}

impl<'t> Read<'t> {
    pub(crate) fn entry(&self, key: &str) -> Option<&'t Entry> {
        self.written.get(key).copied()
    }
}

impl Reader<'_> {
    /// Reads a table; `of` is what a person calls it.
    pub(crate) fn walk<'t>(
        &mut self,
        table: &'t Table,
        place: Place,
        keys: &[KeyDef],
        of: &str,
    ) -> Read<'t> {
        let read = self.walk_known(table, keys, |_| false, of);
        self.demand(&read, place, keys, of);
        read
    }

    /// Reads the known keys; those of which `elsewhere` holds are somebody else's.
    pub(crate) fn walk_known<'t>(
        &mut self,
        table: &'t Table,
        keys: &[KeyDef],
        elsewhere: impl Fn(&str) -> bool,
        of: &str,
    ) -> Read<'t> {
        let mut read = Read::default();
        for entry in &table.entries {
            let Some(def) = keys.iter().find(|def| def.name == &*entry.key) else {
                if !elsewhere(&entry.key) {
                    self.unknown_key(entry, keys, of);
                }
                continue;
            };
            read.written.insert(def.name, entry);
            if let Some(arg) = self.decode(&entry.node, &def.ty) {
                read.args.0.insert(def.name, arg);
            }
            if def.not_in_this_build {
                self.not_in_this_build(entry.key_place, &format!("`{}`", def.name));
            }
        }
        for def in keys {
            if !read.written.contains_key(def.name)
                && let Some(arg) = self.default_of(def)
            {
                read.args.0.insert(def.name, arg);
            }
        }
        read
    }

    /// Reports required keys that are not there.
    pub(crate) fn demand(&mut self, read: &Read<'_>, place: Place, keys: &[KeyDef], of: &str) {
        for def in keys {
            if def.required && !read.written.contains_key(def.name) {
                self.report(
                    Report::new(
                        &structure::MISSING_KEY,
                        place,
                        format!("{of} needs `{}`", def.name),
                    )
                    .under(def.doc)
                    .help(format!("add `{} = {}`", def.name, def.example)),
                );
            }
            if let Type::EitherOr(other, _) = def.ty
                && def.name < other
            {
                self.exactly_one(read, place, def, other, of);
            }
            if let Type::Beside(other, _) = def.ty
                && let Some(written) = read.entry(def.name)
                && read.entry(other).is_none()
            {
                let other = keys.iter().find(|key| key.name == other);
                self.not_beside(read, written, def, other);
            }
        }
    }

    fn not_beside(
        &mut self,
        read: &Read<'_>,
        written: &Entry,
        def: &KeyDef,
        other: Option<&KeyDef>,
    ) {
        let Some(other) = other else {
            return;
        };
        let instead = match other.ty {
            Type::EitherOr(instead, _) => read.entry(instead),
            _ => None,
        };
        let report = Report::new(
            &NEEDS_KEY,
            written.key_place,
            format!("`{}` says nothing without `{}`", def.name, other.name),
        )
        .under(def.doc);
        self.report(match instead {
            Some(instead) => report
                .also(
                    instead.key_place,
                    format!("stands for `{}` here", other.name),
                )
                .help(format!("take `{}` out", def.name)),
            None => report.help(format!(
                "add `{} = {}`, or take `{}` out",
                other.name, other.example, def.name
            )),
        });
    }

    fn exactly_one(&mut self, read: &Read<'_>, place: Place, def: &KeyDef, other: &str, of: &str) {
        let report = match (read.entry(def.name), read.entry(other)) {
            (Some(one), Some(two)) => Report::new(
                &ONE_OF_TWO,
                two.key_place,
                format!("`{}` and `{other}` exclude each other", def.name),
            )
            .under("one of them is enough")
            .also(one.key_place, "the other one")
            .help("take one of them out"),
            (None, None) => Report::new(
                &ONE_OF_TWO,
                place,
                format!("{of} needs `{}` or `{other}`", def.name),
            )
            .under(def.doc)
            .help(format!(
                "add `{} = {}`, or `{other}`",
                def.name, def.example
            )),
            _ => return,
        };
        self.report(report);
    }

    /// The default of a key, read like a written value.
    pub(crate) fn default_of(&mut self, def: &KeyDef) -> Option<Arg> {
        let node = parse_value(def.default?)?;
        let (arg, right) = self.quietly(|reader| {
            let before = reader.errors();
            let arg = reader.decode(&node, &def.ty);
            (arg, reader.errors() == before)
        });
        debug_assert!(right, "the default of `{}` must be right", def.name);
        arg
    }
}
