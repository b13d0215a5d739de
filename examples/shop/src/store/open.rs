//! The database file: opened, emptied and filled when the shop starts.

use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// How many products the shop sells, numbered from 1.
const PRODUCTS: i64 = 60;
/// How many of each it has. Product 7 is nearly sold out.
const STOCK: i64 = 1_000_000;
const NEARLY_SOLD_OUT: i64 = 7;

const SCHEMA: &str = "
    create table products (id integer primary key, name text not null, stock integer not null);
    create table orders (
        id integer primary key,
        tenant text not null,
        product integer not null references products (id),
        quantity integer not null,
        total_cents integer not null,
        paid integer not null default 0
    );
";

/// A pool of connections to the shop's database.
#[derive(Clone)]
pub(crate) struct Store {
    pub(super) pool: SqlitePool,
}

impl Store {
    /// Starts from an empty file: a demonstration should begin the same way
    /// every time.
    pub(crate) async fn open(path: &Path) -> Result<Self, sqlx::Error> {
        remove_old(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Off)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
        let store = Self { pool };
        store.fill().await?;
        Ok(store)
    }

    async fn fill(&self) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        for id in 1..=PRODUCTS {
            let stock = if id == NEARLY_SOLD_OUT { 3 } else { STOCK };
            sqlx::query("insert into products (id, name, stock) values (?, ?, ?)")
                .bind(id)
                .bind(format!("{} no. {id}", KINDS[id as usize % KINDS.len()]))
                .bind(stock)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }
}

const KINDS: [&str; 6] = ["teapot", "lamp", "chair", "kettle", "rug", "clock"];

/// The file of an earlier run, with the two that SQLite's log keeps beside it.
fn remove_old(path: &Path) -> std::io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
