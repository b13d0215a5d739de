//! Whatever goes wrong with a server, what arrives and what is counted as lost is all there was.

mod away;
mod bench;
mod on_disk;
mod wrong;
