//! The shop's database: products, orders, and the transactions between them.

mod open;
mod orders;
mod products;

pub(crate) use open::Store;
pub(crate) use orders::NewOrder;
pub(crate) use products::Product;
