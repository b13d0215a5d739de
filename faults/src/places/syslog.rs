//! rsyslog.

use rheostat_testkit::real::{Rsyslog, Running};

use super::readers::{numbers, thrown_away};
use crate::names::NAME;
use crate::place::Place;

/// rsyslog, and how it is spoken to.
pub(crate) struct Receiver {
    rsyslog: Rsyslog,
    protocol: &'static str,
}

pub(crate) fn udp() -> Box<dyn Place> {
    receiver(Rsyslog::start(), "udp")
}

pub(crate) fn tcp() -> Box<dyn Place> {
    receiver(Rsyslog::start(), "tcp")
}

pub(crate) fn tls() -> Box<dyn Place> {
    receiver(Rsyslog::start_with_tls(NAME), "tls")
}

fn receiver(rsyslog: Rsyslog, protocol: &'static str) -> Box<dyn Place> {
    Box::new(Receiver { rsyslog, protocol })
}

impl Place for Receiver {
    fn address(&self) -> Option<String> {
        Some(self.rsyslog.running.address.clone())
    }

    fn keys(&self, at: &str) -> String {
        let keys = format!(
            "type = 'syslog'\naddress = '{at}'\nprotocol = '{}'",
            self.protocol
        );
        if self.protocol == "tls" {
            let ca = self.rsyslog.running.file("ca.pem");
            return format!("{keys}\ntls = {{ ca = '{}' }}", ca.display());
        }
        keys
    }

    fn server(&mut self) -> Option<&mut Running> {
        Some(&mut self.rsyslog.running)
    }

    fn arrived(&mut self) -> Vec<u64> {
        let file = self.rsyslog.running.file("messages");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        numbers(&text[..whole])
    }

    fn thrown_away(&self) -> u64 {
        if self.protocol == "udp" {
            thrown_away(&self.rsyslog.running.address)
        } else {
            0
        }
    }
}
