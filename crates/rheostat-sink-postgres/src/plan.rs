//! How to write into one table.

use rheostat_queue::rows::FieldColumn;

use crate::ddl::quoted;
use crate::dialect::Holds;
use crate::ty::Ty;

/// Where a column's values come from, and into which types they can go.
pub(crate) trait Source: Sized + Send + Sync {
    /// What a column of that name holds, if it is one of ours.
    fn named(name: &str, fields: &[FieldColumn]) -> Option<Self>;
    /// Whether a column of that type can be written.
    fn fits(&self, ty: &Ty) -> bool;
    /// What is written last: the rest.
    fn is_rest(&self) -> bool {
        false
    }
}

/// A table as it should be.
pub(crate) struct Target<'t> {
    pub(crate) table: &'t str,
    /// With names and types.
    pub(crate) columns: Vec<(&'t str, &'t str)>,
    /// Those without which nothing is written.
    pub(crate) needed: Vec<&'t str>,
}

/// A column that is written: from where, and as what.
pub(crate) struct Column<S> {
    pub(crate) name: String,
    pub(crate) source: S,
    pub(crate) ty: Ty,
}

/// All that writing into one table needs.
pub(crate) struct Plan<S> {
    /// Quoted, with its schema.
    pub(crate) table: String,
    pub(crate) columns: Vec<Column<S>>,
    /// Whether rows can be found again: by `id`, with an index that begins with `time`.
    pub(crate) finds_again: bool,
}

impl<S> Plan<S> {
    /// The columns as a statement names them.
    pub(crate) fn names(&self) -> String {
        let names = self.columns.iter().map(|column| quoted(&column.name));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// A column of ours, by name.
pub(crate) type Ours = (&'static str, Holds);
