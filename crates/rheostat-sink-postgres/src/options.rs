//! What a policy says about a server: where it is, who we are to it, whom we trust.

use std::time::Duration;

use rheostat_core::sink::{Around, Failure};
use rheostat_policy::model::{self, Arg};
use rheostat_queue::Settings;
use rheostat_tls::ClientConfig;
use tokio_postgres::Config;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};

use crate::dialect::Dialect;

/// How to reach a server.
pub(crate) struct Options {
    /// One for each server, in the order of the policy.
    pub(crate) servers: Vec<Server>,
    /// For people.
    pub(crate) shown: String,
    /// How long a batch may take.
    pub(crate) timeout: Duration,
    pub(crate) tls: ClientConfig,
}

/// One server.
pub(crate) struct Server {
    /// Its `Debug` shows no password.
    pub(crate) config: Config,
    /// Host and port.
    pub(crate) shown: String,
}

impl Options {
    /// Reads them.
    pub(crate) fn read(sink: &model::Sink, around: &Around<'_>) -> Result<Self, Failure> {
        let written: Vec<&str> = match sink.args.get("address") {
            Some(Arg::Text(one)) => vec![one],
            Some(Arg::List(all)) => all.iter().filter_map(text).collect(),
            _ => Vec::new(),
        };
        if written.is_empty() {
            return Err(Failure::new("it has no `address`"));
        }
        let tls = sink.args.table("tls");
        let mut common = Config::new();
        common
            .user(sink.args.text("user").map_or("", |user| user))
            .application_name(format!("rheostat {}", sink.name))
            .ssl_mode(if tls.is_some() {
                SslMode::Require
            } else {
                SslMode::Disable
            });
        if let Some(database) = sink.args.text("database") {
            common.dbname(&**database);
        }
        if let Some(password) = sink.args.secret("password") {
            common.password(password.reveal());
        }
        if written.len() > 1 && Dialect::of(sink) == Dialect::Postgres {
            // A standby answers, too, and takes nothing.
            common.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        let servers = written.iter().map(|address| server(&common, address));
        Ok(Self {
            servers: servers.collect::<Result<_, _>>()?,
            shown: written.join(", "),
            timeout: Settings::of(sink).timeout,
            tls: rheostat_tls::config(tls, around)?,
        })
    }
}

fn text(arg: &Arg) -> Option<&str> {
    match arg {
        Arg::Text(text) => Some(text),
        _ => None,
    }
}

fn server(common: &Config, address: &str) -> Result<Server, Failure> {
    let parts = address.rsplit_once(':');
    let parts = parts.and_then(|(host, port)| Some((host, port.parse().ok()?)));
    let (host, port) =
        parts.ok_or_else(|| Failure::new(format!("cannot read the address `{address}`")))?;
    let mut config = common.clone();
    // The address of IPv6 stands in brackets before a port.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    config.host(host).port(port);
    Ok(Server {
        config,
        shown: address.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::Host;

    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        let read = |address| server(&Config::new(), address).ok();
        let of = |server: Server| {
            let host = match &server.config.get_hosts()[0] {
                Host::Tcp(host) => host.clone(),
                Host::Unix(_) => String::new(),
            };
            (host, server.config.get_ports()[0])
        };
        assert_eq!(read("db:5432").map(of), Some(("db".to_owned(), 5432)));
        assert_eq!(read("[::1]:5433").map(of), Some(("::1".to_owned(), 5433)));
        assert!(read("db").is_none());
    }

    #[test]
    fn nothing_shows_a_password() {
        let mut config = Config::new();
        config.password("canary").host("h").port(1);
        assert!(!format!("{config:?}").contains("canary"));
    }
}
