//! PostgreSQL, which is many processes.

// The server of the sink's own tests.
#[allow(dead_code, reason = "those ask it more")]
#[allow(unreachable_pub, reason = "there it is a module of a test")]
#[path = "../../../crates/rheostat-sink-postgres/tests/common/postgres.rs"]
mod server;

use rheostat_testkit::real::Running;

pub(crate) use server::POSTGRES;
use server::Postgres;

use crate::place::Place;

pub(crate) fn postgres() -> Box<dyn Place> {
    Box::new(Postgres::start())
}

impl Place for Postgres {
    fn address(&self) -> Option<String> {
        Some(self.address.clone())
    }

    fn keys(&self, at: &str) -> String {
        let keys = server::keys(at);
        format!("type = 'postgres'\n{keys}\ncreate = true\ncolumns = {{ number = 'bigint' }}")
    }

    fn server(&mut self) -> Option<&mut Running> {
        None
    }

    fn arrived(&mut self) -> Vec<u64> {
        if self.sql("SELECT count(*) FROM pg_tables WHERE tablename = 'events'") == "0" {
            return Vec::new();
        }
        // Rows take the room of those that were rolled back, so where they stand tells no order.
        self.sql("ALTER TABLE events ADD COLUMN IF NOT EXISTS arrival bigserial");
        let rows = self.sql("SELECT number FROM events WHERE number IS NOT NULL ORDER BY arrival");
        rows.lines().filter_map(|row| row.parse().ok()).collect()
    }

    fn stop(&mut self, stopped: bool) {
        if stopped { self.freeze() } else { self.thaw() }
    }

    fn kill(&mut self) {
        self.crash();
    }

    fn start_again(&mut self) {
        self.go();
    }
}
