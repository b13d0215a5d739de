//! What the shop says when it starts: where to buy, what to scrape, what to edit.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

/// The start-up message; its `Display` is the whole text.
#[derive(Debug)]
pub struct Banner<'a> {
    /// Where customers connect.
    pub shop: SocketAddr,
    /// Where metrics are scraped, if the policy says so.
    pub metrics: Option<SocketAddr>,
    /// The policy file.
    pub policy: &'a Path,
    /// The folder of everything the policy writes to files.
    pub out: &'a Path,
}

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the shop is open at http://{}", self.shop)?;
        writeln!(
            f,
            "  buy       cargo run -q -p rheostat-shop --bin load -- --to {}",
            self.shop
        )?;
        match self.metrics {
            Some(address) => writeln!(f, "  scrape    curl -s http://{address}/metrics")?,
            None => writeln!(f, "  scrape    nothing: the policy has no [http] listen")?,
        }
        writeln!(f, "  watch     tail -F {}/*.jsonl", self.out.display())?;
        writeln!(
            f,
            "  edit      {}   (saved means in force)",
            self.policy.display()
        )?;
        write!(f, "  stop      Ctrl-C")
    }
}
