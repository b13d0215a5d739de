//! Transactions that place and pay orders.

use sqlx::{Sqlite, Transaction};
use tracing::{debug, instrument};

use super::Store;
use crate::failure::Refusal;

/// What is written down when an order is placed.
#[derive(Debug)]
pub(crate) struct NewOrder<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) product: i64,
    pub(crate) quantity: i64,
    pub(crate) total_cents: i64,
}

/// What the shop knows of a placed order.
#[derive(Debug)]
pub(crate) struct OrderState {
    pub(crate) total_cents: i64,
    pub(crate) paid: bool,
}

impl Store {
    /// Takes the pieces from stock and writes the order, or does neither.
    #[instrument(skip_all, fields(product = order.product, quantity = order.quantity))]
    pub(crate) async fn record_order(&self, order: NewOrder<'_>) -> Result<i64, Refusal> {
        let mut transaction = self.write().await?;
        let stock: Option<(i64,)> = sqlx::query_as("select stock from products where id = ?")
            .bind(order.product)
            .fetch_optional(&mut *transaction)
            .await?;
        let (left,) = stock.ok_or(Refusal::NotFound("product"))?;
        if left < order.quantity {
            return Err(Refusal::OutOfStock { left });
        }
        sqlx::query("update products set stock = stock - ? where id = ?")
            .bind(order.quantity)
            .bind(order.product)
            .execute(&mut *transaction)
            .await?;
        let inserted = sqlx::query(
            "insert into orders (tenant, product, quantity, total_cents) values (?, ?, ?, ?)",
        )
        .bind(order.tenant)
        .bind(order.product)
        .bind(order.quantity)
        .bind(order.total_cents)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        debug!(stock_left = left - order.quantity, "taken from stock");
        Ok(inserted.last_insert_rowid())
    }

    /// An order, if there is one of that number.
    #[instrument(level = "debug", skip(self))]
    pub(crate) async fn order(&self, id: i64) -> Result<Option<OrderState>, sqlx::Error> {
        let row: Option<(i64, i64)> =
            sqlx::query_as("select total_cents, paid from orders where id = ?")
                .bind(id)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(total_cents, paid)| OrderState {
            total_cents,
            paid: paid != 0,
        }))
    }

    /// Marks an order as paid.
    #[instrument(level = "debug", skip(self))]
    pub(crate) async fn mark_paid(&self, id: i64) -> Result<(), sqlx::Error> {
        sqlx::query("update orders set paid = 1 where id = ?")
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// A transaction that holds the write lock from its first statement:
    /// one that reads first and writes later would be refused under load.
    async fn write(&self) -> Result<Transaction<'_, Sqlite>, sqlx::Error> {
        self.pool.begin_with("begin immediate").await
    }
}
