//! The server is not there.

use rheostat_core::ledger::Cause;
use rheostat_testkit::contract::Peer as _;
use rheostat_testkit::reference::ReferenceServer;

use crate::bench::Bench;

#[test]
fn a_server_that_refuses_connections_and_comes_back() {
    let mut server = ReferenceServer::start();
    let mut bench = Bench::at(&server, "");
    bench.fire(300);
    bench.flush();
    server.leave();
    bench.fire(500);
    bench.wait_down();
    server.come_back();
    bench.flush();
    assert_eq!(bench.lost(), 0);
    bench.assert_sums(&server);
}

#[test]
fn a_server_that_restarts_again_and_again() {
    let mut server = ReferenceServer::start();
    let mut bench = Bench::at(&server, "");
    for _ in 0..5 {
        bench.fire(300);
        server.leave();
        bench.fire(100);
        server.come_back();
    }
    bench.flush();
    assert_eq!(bench.lost(), 0);
    bench.assert_sums(&server);
}

#[test]
fn a_name_that_leads_nowhere() {
    let server = ReferenceServer::start();
    let mut bench = Bench::new("nowhere.invalid:4000", "");
    bench.fire(200);
    let why = bench.wait_down();
    assert!(
        why.starts_with("cannot connect to nowhere.invalid:4000"),
        "{why}"
    );
    let report = bench.kit.shutdown(std::time::Duration::from_millis(200));
    assert!(!report.is_complete());
    assert_eq!(bench.ended(Cause::Shutdown), 200);
    bench.assert_sums(&server);
}
