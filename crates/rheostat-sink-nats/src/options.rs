//! What a policy says about a server: where it is, who we are to it, whom we trust.

use std::time::Duration;

use async_nats::{ConnectOptions, ServerAddr};
use rheostat_core::sink::{Around, Failure};
use rheostat_policy::model::{self, Arg};
use rheostat_queue::Settings;
use rheostat_tls::ClientConfig;

/// How to reach a server.
pub(crate) struct Options {
    pub(crate) servers: Vec<ServerAddr>,
    /// For people.
    pub(crate) shown: String,
    pub(crate) timeout: Duration,
    who: Who,
    tls: ClientConfig,
    /// Whether it may not be spoken to in the clear.
    only_tls: bool,
    name: String,
}

/// Who we are to it. Nothing of this is ever shown.
enum Who {
    Nobody,
    User(String, String),
    Token(String),
    Key(String),
    Credentials(String),
}

impl Options {
    /// Reads them.
    pub(crate) fn read(sink: &model::Sink, around: &Around<'_>) -> Result<Self, Failure> {
        let written = match sink.args.get("address") {
            Some(Arg::Text(one)) => vec![one.clone()],
            Some(Arg::List(all)) => all
                .iter()
                .filter_map(|one| match one {
                    Arg::Text(one) => Some(one.clone()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let servers: Result<Vec<ServerAddr>, Failure> = written
            .iter()
            .map(|one| {
                let parsed = format!("nats://{one}").parse();
                parsed.map_err(|error| Failure::because(format!("cannot read `{one}`"), error))
            })
            .collect();
        let servers = servers?;
        if servers.is_empty() {
            return Err(Failure::new("it has no `address`"));
        }
        let tls = sink.args.table("tls");
        Ok(Self {
            servers,
            shown: written.join(", "),
            timeout: Settings::of(sink).timeout,
            who: Who::read(sink)?,
            // A server may ask for it where the policy says nothing of it.
            tls: rheostat_tls::config(tls, around)?,
            only_tls: tls.is_some(),
            name: format!("rheostat {}", sink.name),
        })
    }

    /// As the client takes them.
    pub(crate) fn connect(&self) -> Result<ConnectOptions, Failure> {
        let options = self.who.say(ConnectOptions::new())?;
        Ok(options
            .name(&self.name)
            .connection_timeout(self.timeout)
            .request_timeout(Some(self.timeout))
            .tls_client_config(self.tls.clone())
            .require_tls(self.only_tls)
            .ignore_discovered_servers()
            .retain_servers_order()
            // Whoever loses a connection is let go, and a new one is made: what a
            // client may send of its own accord afterwards nobody counts.
            .max_reconnects(1))
    }
}

impl Who {
    fn read(sink: &model::Sink) -> Result<Self, Failure> {
        let secret = |key: &str| {
            let secret = sink.args.secret(key);
            secret.map(|secret| secret.reveal().to_owned())
        };
        let user = sink.args.text("user").map(|user| user.to_string());
        let mut all: Vec<Self> = [
            user.map(|user| Self::User(user, secret("password").unwrap_or_default())),
            secret("token").map(Self::Token),
            secret("nkey").map(Self::Key),
            secret("credentials").map(Self::Credentials),
        ]
        .into_iter()
        .flatten()
        .collect();
        let who = all.pop().unwrap_or(Self::Nobody);
        if all.is_empty() {
            return Ok(who);
        }
        let why = "it logs in in two ways; one of `user`, `token`, `nkey`, `credentials` is enough";
        Err(Failure::new(why))
    }

    fn say(&self, options: ConnectOptions) -> Result<ConnectOptions, Failure> {
        Ok(match self {
            Self::Nobody => options,
            Self::User(user, password) => options.user_and_password(user.clone(), password.clone()),
            Self::Token(token) => options.token(token.clone()),
            Self::Key(seed) => options.nkey(seed.trim().to_owned()),
            // Its error may quote the text, so it is not passed on.
            Self::Credentials(text) => options.credentials(text).map_err(|_| {
                Failure::new("its `credentials` hold no JWT with the seed of a user's key")
            })?,
        })
    }
}
