//! Statements that make and describe tables.

use std::fmt::Write as _;
use std::time::Duration;

use super::columns::Wanted;
use super::version::Version;

/// A name in backquotes, whatever it holds.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

/// A text in quotes.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// What a new table is like besides its columns.
pub(super) struct Shape<'s> {
    /// The database and the table, quoted.
    pub(super) table: &'s str,
    /// What rows are sorted by.
    pub(super) order: &'s str,
    pub(super) ttl: Option<Duration>,
}

/// Makes a table.
pub(super) fn create(shape: &Shape<'_>, columns: &[Wanted], version: Version) -> String {
    let mut sql = format!("CREATE TABLE IF NOT EXISTS {} (", shape.table);
    for (at, column) in columns.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        // Writing to a text cannot fail.
        let _ = write!(sql, "{comma}{} {}", quoted(&column.name), column.ty);
    }
    let order = shape.order;
    let _ = write!(
        sql,
        ") ENGINE = MergeTree PARTITION BY toDate(time) ORDER BY ({order})"
    );
    if let Some(ttl) = shape.ttl.filter(|_| version.is_of_this_decade()) {
        let _ = write!(
            sql,
            " TTL toDateTime(time) + toIntervalSecond({})",
            ttl.as_secs()
        );
    }
    if version.has_maps_and_tokens() {
        // Without a window a table that is not replicated knows no insert again.
        sql.push_str(
            " SETTINGS non_replicated_deduplication_window = 1000, ttl_only_drop_parts = 1",
        );
    }
    sql
}

/// Adds a column.
pub(super) fn add_column(table: &str, column: &Wanted) -> String {
    format!(
        "ALTER TABLE {table} ADD COLUMN {} {}",
        quoted(&column.name),
        column.ty
    )
}

/// Asks which columns a table has that can be written.
pub(super) fn describe(database: &str, table: &str) -> String {
    format!(
        "SELECT name, type FROM system.columns WHERE database = {} AND table = {} \
         AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') FORMAT JSONCompact",
        literal(database),
        literal(table)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(version: Version) -> String {
        let shape = Shape {
            table: "`d`.`t`",
            order: "time",
            ttl: Some(Duration::from_secs(60)),
        };
        create(
            &shape,
            &[Wanted::new("a", "String"), Wanted::new("b", "UInt8")],
            version,
        )
    }

    #[test]
    fn a_table_is_made_as_its_server_can() {
        assert_eq!(
            created(Version(18, 16)),
            "CREATE TABLE IF NOT EXISTS `d`.`t` (`a` String, `b` UInt8) \
             ENGINE = MergeTree PARTITION BY toDate(time) ORDER BY (time)"
        );
        assert!(created(Version(20, 6)).ends_with(" TTL toDateTime(time) + toIntervalSecond(60)"));
        assert!(created(Version(24, 1)).contains("non_replicated_deduplication_window"));
    }

    #[test]
    fn names_and_texts_end_where_their_quotes_do() {
        assert_eq!(quoted("a`b\\"), "`a\\`b\\\\`");
        assert_eq!(literal("it's"), "'it\\'s'");
    }
}
