//! Statements that make and describe tables.

use std::time::Duration;

use crate::dialect::Dialect;
use crate::plan::Target;
use crate::setup::Setup;

/// A name in quotes, whatever it holds.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in quotes.
pub(crate) fn literal(text: &str) -> String {
    // With a backslash the text says itself that it is one, whatever the server's settings are.
    if text.contains('\\') {
        return format!(" E'{}'", text.replace('\\', "\\\\").replace('\'', "''"));
    }
    format!("'{}'", text.replace('\'', "''"))
}

/// A table's name with its schema.
pub(crate) fn name(setup: &Setup, table: &str) -> String {
    match &setup.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(table)),
        None => quoted(table),
    }
}

/// Makes a table, and whatever belongs to it, one statement after the other.
pub(crate) fn create(setup: &Setup, target: &Target<'_>) -> Vec<String> {
    let table = name(setup, target.table);
    let columns = target.columns.iter().map(|(column, ty)| {
        let more = match (setup.dialect, *column) {
            // A batch that is sent again finds its rows by it.
            (Dialect::CrateDb, "id") => " PRIMARY KEY",
            (_, "time") => " NOT NULL",
            _ => "",
        };
        format!("{} {ty}{more}", quoted(column))
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    let made = format!("CREATE TABLE IF NOT EXISTS {table} ({columns})");
    if setup.dialect == Dialect::CrateDb {
        return vec![made];
    }
    let mut all = Vec::new();
    if let Some(schema) = &setup.schema {
        all.push(format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema)));
    }
    all.push(made);
    let Some(chunk) = setup.hypertable else {
        all.push(format!("CREATE INDEX ON {table} (\"time\")"));
        return all;
    };
    // It brings an index by time along.
    all.push(format!(
        "SELECT create_hypertable({}, 'time', chunk_time_interval => {}, if_not_exists => true)",
        literal(&table),
        interval(chunk)
    ));
    if let Some(ttl) = setup.ttl {
        all.push(format!(
            "SELECT add_retention_policy({}, {}, if_not_exists => true)",
            literal(&table),
            interval(ttl)
        ));
    }
    all
}

fn interval(length: Duration) -> String {
    format!("INTERVAL '{} seconds'", length.as_secs().max(1))
}

/// Adds a column.
pub(crate) fn add_column(table: &str, column: &str, ty: &str) -> String {
    format!("ALTER TABLE {table} ADD COLUMN {} {ty}", quoted(column))
}

/// Asks whether there is a schema.
pub(crate) fn has_schema(schema: &str) -> String {
    format!(
        "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = {}",
        literal(schema)
    )
}

/// Asks for the columns of a table: name, type, whether it has to be written,
/// whether an index that we may read begins with it, and whether it has a default.
pub(crate) fn describe(setup: &Setup, table: &str) -> String {
    match setup.dialect {
        Dialect::Postgres => format!(
            "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), \
             a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', \
             EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = a.attrelid \
             AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = a.attnum) \
             AND pg_catalog.has_table_privilege(a.attrelid, 'SELECT'), \
             a.atthasdef OR a.attidentity <> '' \
             FROM pg_catalog.pg_attribute a WHERE a.attrelid = pg_catalog.to_regclass({}) \
             AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum",
            literal(&name(setup, table))
        ),
        Dialect::CrateDb => format!(
            "SELECT column_name, data_type, is_nullable = false AND column_default IS NULL, false, \
             column_default IS NOT NULL \
             FROM information_schema.columns WHERE table_schema = {} AND table_name = {} \
             AND is_generated = 'NEVER' ORDER BY ordinal_position",
            setup
                .schema
                .as_deref()
                .map_or_else(|| "CURRENT_SCHEMA".to_owned(), literal),
            literal(table)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_end_where_their_quotes_do() {
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\'"), " E'a\\\\'''");
    }

    fn made(setup: &Setup) -> Vec<String> {
        let target = Target {
            table: "t",
            columns: vec![("time", "timestamptz"), ("id", "text")],
            needed: Vec::new(),
        };
        create(setup, &target)
    }

    #[test]
    fn a_table_is_made_as_its_server_can() {
        let mut setup = Setup {
            sink: "s".into(),
            dialect: Dialect::Postgres,
            schema: Some("s".into()),
            table: "t".into(),
            metrics_table: "m".into(),
            create: true,
            hypertable: None,
            ttl: None,
            columns: Vec::new(),
        };
        let table =
            "CREATE TABLE IF NOT EXISTS \"s\".\"t\" (\"time\" timestamptz NOT NULL, \"id\" text)";
        assert_eq!(
            made(&setup)[1..],
            [table, "CREATE INDEX ON \"s\".\"t\" (\"time\")"]
        );
        setup.hypertable = Some(Duration::from_secs(86_400));
        setup.ttl = Some(Duration::from_secs(60));
        assert_eq!(
            made(&setup)[2..],
            [
                "SELECT create_hypertable('\"s\".\"t\"', 'time', chunk_time_interval => \
                 INTERVAL '86400 seconds', if_not_exists => true)",
                "SELECT add_retention_policy('\"s\".\"t\"', INTERVAL '60 seconds', if_not_exists => true)",
            ]
        );
        setup.dialect = Dialect::CrateDb;
        let table = "CREATE TABLE IF NOT EXISTS \"s\".\"t\" (\"time\" timestamptz NOT NULL, \"id\" text PRIMARY KEY)";
        assert_eq!(made(&setup), [table]);
    }
}
