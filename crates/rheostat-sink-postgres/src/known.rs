//! What is there already, where nobody said whether a batch was taken.

use std::collections::HashSet;

use tokio_postgres::{Client, Error};

use crate::batch::Rows;
use crate::ddl::literal;
use crate::table;
use crate::ty::moment;

/// The numbers of rows that are there, found by their time and then by their `id`.
pub(crate) async fn ask<R: Rows>(
    client: &Client,
    table: &str,
    rows: &R,
) -> Result<HashSet<String>, Error> {
    let found = client.simple_query(&question(table, rows)).await?;
    let ids = table::rows(&found).filter_map(|row| row.get(0));
    Ok(ids.map(str::to_owned).collect())
}

fn question<R: Rows>(table: &str, rows: &R) -> String {
    let (first, last) = rows.between();
    let time = |nanos| {
        let mut text = Vec::new();
        moment(nanos, &mut text);
        literal(&String::from_utf8_lossy(&text))
    };
    let ids: Vec<String> = rows.ids().iter().map(|id| literal(id)).collect();
    format!(
        "SELECT \"id\" FROM {table} WHERE \"time\" >= {} AND \"time\" <= {} AND \"id\" IN ({})",
        time(first),
        time(last),
        ids.join(", ")
    )
}
