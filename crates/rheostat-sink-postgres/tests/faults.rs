//! What goes wrong between a program and its server, and that nothing is lost by it, or there twice.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::lost::Losing;
use common::postgres::keys;
use common::{Mode, POSTGRES, Postgres, Program, QUICK, Relay, STREAM};
use rheostat_core::ledger::Cause;
use rheostat_sink_postgres::PostgresSinks;
use rheostat_testkit::contract::{self, MetricsPeer, Peer};
use rheostat_testkit::real;

/// A table that the sink makes, behind a relay.
struct Table {
    server: Postgres,
    relay: Relay,
}

impl Table {
    fn new() -> Self {
        // Rows stand where they were put first only while nobody cleans up.
        let server = Postgres::start_with("autovacuum = off", "", |_| {});
        let relay = Relay::bytes(&server.address);
        Self { server, relay }
    }

    fn numbers(&self) -> Vec<u64> {
        let there = "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('events') AND attname = 'number'";
        if self.server.number(there) == 0 {
            return Vec::new();
        }
        let text = self
            .server
            .sql("SELECT number FROM events WHERE kind <> 'gap' ORDER BY ctid");
        text.lines().map(|line| line.parse().unwrap()).collect()
    }

    fn program(&self, more: &str) -> Program {
        let table = "create = true\nonly = ['events']\ncolumns = { number = 'bigint' }";
        Program::new(
            &format!("{}\n{table}\n{more}", keys(&self.relay.address)),
            STREAM,
        )
    }
}

impl Peer for Table {
    fn keys(&self) -> String {
        let keys = keys(&self.relay.address);
        format!("type = 'postgres'\n{keys}\ncreate = true\ncolumns = {{ number = 'bigint' }}")
    }

    fn arrived(&mut self) -> Vec<u64> {
        self.numbers()
    }

    fn stall(&mut self) {
        self.relay.set(Mode::Hang);
    }

    fn resume(&mut self) {
        self.relay.set(Mode::Pass);
    }

    fn leave(&mut self) {
        self.relay.leave();
    }

    fn come_back(&mut self) {
        self.relay.come_back();
    }
}

impl MetricsPeer for Table {
    fn keys(&self) -> String {
        Peer::keys(self)
    }

    fn counted(&mut self) -> u64 {
        if self.server.sql("SELECT to_regclass('metrics')").is_empty() {
            return 0;
        }
        self.server
            .number("SELECT coalesce(sum(count), 0) FROM metrics WHERE name = 'contract_total'")
    }

    fn leave(&mut self) {
        self.relay.leave();
    }

    fn come_back(&mut self) {
        self.relay.come_back();
    }
}

#[test]
fn it_keeps_the_contract_for_records() {
    if !real::have("postgres: it_keeps_the_contract_for_records", &[POSTGRES]) {
        return;
    }
    contract::records(&(Arc::new(PostgresSinks) as _), Table::new);
}

#[test]
fn it_keeps_the_contract_for_metrics() {
    if !real::have("postgres: it_keeps_the_contract_for_metrics", &[POSTGRES]) {
        return;
    }
    for held in [
        contract::counts,
        contract::lost_metrics_peer,
        contract::last_report,
    ] {
        held(Arc::new(PostgresSinks), &mut Table::new());
    }
}

fn fire(program: &Program, numbers: std::ops::Range<u64>) {
    program.run(|| {
        for number in numbers {
            tracing::info!(target: "shop", number, "order placed");
        }
    });
    program.kit.drain();
}

#[test]
fn a_batch_whose_commit_was_not_answered_is_not_there_twice() {
    if !real::have("postgres: a_batch_whose_commit", &[POSTGRES]) {
        return;
    }
    let server = Postgres::start();
    let losing = Losing::before(&server.address, 8);
    let rules = format!("{STREAM}count = {{ metric = 'orders_total' }}\n");
    let more = "create = true\nmetrics_every = '20ms'\nretry = { first = '5ms', max = '50ms' }\n\
                batch = { records = 50, every = '5ms' }\ncolumns = { number = 'bigint' }";
    let program = Program::new(&format!("{}\n{more}", keys(&losing.address)), &rules);
    let mut fired = 0;
    while !losing.is_done() {
        fire(&program, fired..fired + 50);
        fired += 50;
        program.flush();
    }
    let counts = "SELECT count(*), count(DISTINCT number), count(DISTINCT id) FROM events WHERE kind <> 'gap'";
    assert_eq!(server.sql(counts), format!("{fired}|{fired}|{fired}"));
    let counted = "SELECT sum(count) FROM metrics WHERE name = 'orders_total'";
    real::eventually("all is counted there", || server.number(counted) >= fired);
    assert_eq!(server.number(counted), fired);
}

#[test]
fn records_arrive_once_after_each_fault_of_a_connection() {
    if !real::have(
        "postgres: records_arrive_once_after_each_fault",
        &[POSTGRES],
    ) {
        return;
    }
    let table = Table::new();
    let program = table.program(QUICK);
    fire(&program, 0..10);
    program.flush();
    let late = "no answer in time";
    let faults = [
        ("hang", Mode::Hang, late),
        ("deaf", Mode::Deaf, late),
        ("drip", Mode::Drip(Duration::from_millis(100)), late),
        ("reset", Mode::ResetMidBody, "cannot"),
        ("cut", Mode::ResetBeforeAnswer, "cannot"),
    ];
    let mut fired = 10;
    for (name, mode, said) in faults {
        table.relay.set(mode);
        fire(&program, fired..fired + 10);
        fired += 10;
        real::eventually(name, || program.said().contains(said));
        table.relay.set(Mode::Pass);
        program.flush();
    }
    assert!(
        table.numbers().into_iter().eq(0..fired),
        "{:?}",
        table.numbers()
    );
    assert_eq!(program.ended(Cause::Delivered), fired);
}

#[test]
fn a_server_that_hangs_for_twice_the_timeout_gets_all_of_it_once() {
    if !real::have("postgres: a_server_that_hangs", &[POSTGRES]) {
        return;
    }
    let table = Table::new();
    let program = table.program(QUICK);
    fire(&program, 0..1_000);
    program.flush();
    table.server.freeze();
    let until = Instant::now() + Duration::from_secs(2);
    let mut fired = 1_000;
    while Instant::now() < until {
        fire(&program, fired..fired + 100);
        fired += 100;
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(
        program.said().contains("no answer in time"),
        "{}",
        program.said()
    );
    table.server.thaw();
    program.flush();
    assert!(
        table.numbers().into_iter().eq(0..fired),
        "{:?}",
        table.numbers()
    );
}

#[test]
fn a_server_that_crashes_and_starts_again_gets_all_of_it_once() {
    if !real::have("postgres: a_server_that_crashes", &[POSTGRES]) {
        return;
    }
    let mut table = Table::new();
    let program = table.program(QUICK);
    let mut fired = 0;
    for _ in 0..2 {
        fire(&program, fired..fired + 300);
        program.flush();
        fire(&program, fired + 300..fired + 600);
        table.server.crash();
        fire(&program, fired + 600..fired + 900);
        fired += 900;
        real::eventually("it is missed", || !program.said().is_empty());
        table.server.go();
        program.flush();
    }
    assert!(
        table.numbers().into_iter().eq(0..fired),
        "{:?}",
        table.numbers()
    );
}

#[test]
fn a_server_without_room_for_another_connection_is_asked_again() {
    if !real::have("postgres: a_server_without_room", &[POSTGRES]) {
        return;
    }
    let table = Table::new();
    table.server.sql(
        "CREATE ROLE shop LOGIN SUPERUSER; CREATE ROLE small LOGIN CONNECTION LIMIT 0; \
         GRANT ALL ON SCHEMA public TO small",
    );
    let keys = keys(&table.server.address)
        .replace("user = 'postgres'", "user = 'small'\ndatabase = 'postgres'");
    let program = Program::new(&format!("{keys}\ncreate = true\n{QUICK}"), STREAM);
    fire(&program, 0..3);
    real::eventually("it is refused", || {
        program.said().contains("SQLSTATE 53300")
    });
    table.server.sql("ALTER ROLE small CONNECTION LIMIT 5");
    program.flush();
    assert_eq!(table.server.number("SELECT count(*) FROM events"), 3);
}

#[test]
fn the_first_server_that_can_be_written_to_is_taken() {
    if !real::have("postgres: the_first_server_that", &[POSTGRES]) {
        return;
    }
    let standby = Postgres::start_with("default_transaction_read_only = on", "", |_| {});
    let hung = Postgres::start();
    let primary = Postgres::start();
    hung.freeze();
    let free = real::free_port();
    let addresses = format!(
        "['127.0.0.1:{free}', '{}', '{}', '{}']",
        standby.address, hung.address, primary.address
    );
    let keys = format!(
        "address = {addresses}\nuser = 'postgres'\ntable = 'events'\ncreate = true\ntimeout = '4s'"
    );
    let program = Program::new(&keys, STREAM);
    fire(&program, 0..3);
    program.flush();
    assert_eq!(primary.number("SELECT count(*) FROM events"), 3);
}

#[test]
fn a_table_that_somebody_has_locked_is_changed_later_and_nobody_queues_up_for_it() {
    if !real::have("postgres: a_table_that_somebody_has_locked", &[POSTGRES]) {
        return;
    }
    let table = Table::new();
    let program = table.program(QUICK);
    fire(&program, 0..10);
    program.flush();
    let mut owner = table
        .server
        .holding("LOCK TABLE events IN ACCESS SHARE MODE");
    let locked = "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'AccessShareLock' AND relation = 'events'::regclass";
    real::eventually("it is locked", || table.server.number(locked) > 0);
    let with = "create = true\nonly = ['events']\ncolumns = { number = 'bigint', more = 'text' }";
    program.apply(
        &format!("{}\n{with}\n{QUICK}", keys(&table.relay.address)),
        STREAM,
    );
    fire(&program, 10..20);
    let until = Instant::now() + Duration::from_secs(5);
    while Instant::now() < until {
        let waiting = table
            .server
            .number("SELECT count(*) FROM pg_locks WHERE NOT granted");
        assert!(waiting <= 2, "{waiting} wait for the table");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(program.ended(Cause::Delivered), 10);
    table.server.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LOCK TABLE%'",
    );
    owner.wait().unwrap();
    program.flush();
    assert!(
        table.numbers().into_iter().eq(0..20),
        "{:?}",
        table.numbers()
    );
}
