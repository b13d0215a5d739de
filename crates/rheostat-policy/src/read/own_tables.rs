//! `[http]` and `[inventory]`.

use super::Reader;
use super::bounds::is_loopback;
use crate::codes::sinks::TOKEN_REQUIRED;
use crate::diagnostic::Report;
use crate::language::{http_keys, inventory_keys};
use crate::model::{Http, Inventory};
use crate::toml::{Entry, Table};

impl Reader<'_> {
    pub(crate) fn http(&mut self, entry: &Entry, table: &Table) -> Option<Http> {
        let read = self.walk(table, entry.node.place, &http_keys(), "[http]");
        let listen = read.args.text("listen")?.clone();
        let token = read.args.secret("token").cloned();
        if !is_loopback(&listen)
            && let Some(at) = read.entry("listen")
            && read.entry("token").is_none()
        {
            self.report(
                Report::new(
                    &TOKEN_REQUIRED,
                    at.node.place,
                    format!("other machines can reach `{listen}`, so it needs a token"),
                )
                .under("not a loopback address")
                .fix(
                    format!(
                        "listen on this machine alone: `127.0.0.1:{}`",
                        port_of(&listen)
                    ),
                    at.node.place,
                    format!("\"127.0.0.1:{}\"", port_of(&listen)),
                )
                .help("or add `token = { env = \"METRICS_TOKEN\" }`"),
            );
            return None;
        }
        Some(Http {
            listen,
            token,
            place: entry.key_place,
        })
    }

    pub(crate) fn inventory(&mut self, entry: &Entry, table: &Table) -> Inventory {
        let read = self.walk(table, entry.node.place, &inventory_keys(), "[inventory]");
        Inventory {
            level: read.args.level("level").copied(),
            file: read.args.text("file").cloned(),
        }
    }
}

fn port_of(address: &str) -> &str {
    address.rsplit(':').next().unwrap_or("9464")
}
