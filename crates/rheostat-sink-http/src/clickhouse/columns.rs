//! Columns: what a table is made with, and what a table has.

use super::ty::Ty;
use super::version::Version;

/// A column as a `CREATE TABLE` names it.
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) ty: String,
}

/// A column that a table has.
pub(super) struct Has {
    pub(super) name: String,
    /// As the server writes it.
    pub(super) written: String,
}

/// A column that is written: from where, and as what.
pub(super) struct Column<S> {
    pub(super) source: S,
    pub(super) ty: Ty,
}

impl Wanted {
    pub(super) fn new(name: &str, ty: &str) -> Self {
        Self {
            name: name.to_owned(),
            ty: ty.to_owned(),
        }
    }
}

/// The columns of a moment.
pub(super) fn moment(name: &str, version: Version, out: &mut Vec<Wanted>) {
    if version.is_of_this_decade() {
        out.push(Wanted::new(name, "DateTime64(9, 'UTC') CODEC(Delta, ZSTD)"));
    } else {
        out.push(Wanted::new(name, "DateTime"));
        out.push(Wanted::new(&format!("{name}_ns"), "UInt32"));
    }
}

/// The columns of texts by name.
pub(super) fn texts_by_name(name: &str, version: Version, out: &mut Vec<Wanted>) {
    if version.has_maps_and_tokens() {
        out.push(Wanted::new(name, "Map(LowCardinality(String), String)"));
    } else {
        for part in ["key", "value"] {
            out.push(Wanted::new(&format!("{name}.{part}"), "Array(String)"));
        }
    }
}

/// The type of a text of which there are few different ones.
pub(super) fn word(version: Version) -> &'static str {
    if version.is_of_this_decade() {
        "LowCardinality(String)"
    } else {
        "String"
    }
}
