//! The reference sink is held to what every sink is held to.

use std::sync::Arc;

use rheostat_core::sink::SinkFactory;
use rheostat_testkit::contract;
use rheostat_testkit::reference::{ReferenceServer, ReferenceSinks};

fn factory() -> Arc<dyn SinkFactory> {
    Arc::new(ReferenceSinks)
}

#[test]
fn records_arrive_once_and_in_order() {
    contract::order(factory(), &mut ReferenceServer::start());
}

#[test]
fn a_slow_server_gets_everything() {
    contract::slow_peer(factory(), &mut ReferenceServer::start());
}

#[test]
fn what_a_full_queue_drops_is_counted() {
    contract::full_queue(factory(), &mut ReferenceServer::start());
}

#[test]
fn a_server_that_went_and_came_back_gets_records_again() {
    contract::lost_peer(factory(), &mut ReferenceServer::start());
}

#[test]
fn a_flush_ends_at_its_limit() {
    contract::flush_limit(factory(), &mut ReferenceServer::start());
}

#[test]
fn a_shutdown_delivers_what_is_under_way() {
    contract::close(factory(), &mut ReferenceServer::start());
}
