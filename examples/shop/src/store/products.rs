//! Queries about products.

use serde::Serialize;
use tracing::{debug, instrument};

use super::Store;

/// One product as customers see it.
#[derive(Debug, Serialize)]
pub(crate) struct Product {
    id: i64,
    name: String,
    stock: i64,
}

type Row = (i64, String, i64);

impl Store {
    /// At most `limit` products whose name contains `text`.
    #[instrument(level = "debug", skip(self))]
    pub(crate) async fn search(&self, text: &str, limit: i64) -> Result<Vec<Product>, sqlx::Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "select id, name, stock from products where instr(name, ?) order by id limit ?",
        )
        .bind(text)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        debug!(found = rows.len(), "searched");
        Ok(rows.into_iter().map(Product::from).collect())
    }

    /// One product, if it exists.
    #[instrument(level = "debug", skip(self))]
    pub(crate) async fn product(&self, id: i64) -> Result<Option<Product>, sqlx::Error> {
        let row: Option<Row> = sqlx::query_as("select id, name, stock from products where id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(Product::from))
    }
}

impl From<Row> for Product {
    fn from((id, name, stock): Row) -> Self {
        Self { id, name, stock }
    }
}
