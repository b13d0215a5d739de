//! What customers can ask for, one file each.

mod checkout;
mod health;
mod orders;
mod products;
mod slow;

pub(crate) use checkout::checkout;
pub(crate) use health::health;
pub(crate) use orders::place_order;
pub(crate) use products::{get_product, list_products};
pub(crate) use slow::slow;
