//! One connection, and what the server says on it unasked.

use std::sync::Arc;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, ConnectErrorKind, Event, ServerError};
use rheostat_core::sink::{Failure, Verdict};
use tokio::sync::watch;

use crate::options::Options;

/// How many messages wait for their acknowledgement at most.
pub(crate) const WINDOW: usize = 1024;

/// A client that has been connected once.
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) jetstream: Context,
    pub(crate) signs: watch::Receiver<Signs>,
}

/// What was seen of a connection besides answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signs {
    /// It broke, and what was under way may be lost.
    pub(crate) broken: bool,
    /// What the server said no to, in its words.
    pub(crate) refusals: Vec<String>,
}

impl Connection {
    /// Connects to the first server that answers.
    pub(crate) async fn open(options: &Options) -> Result<Self, Verdict> {
        let (seen, signs) = watch::channel(Signs::default());
        let seen = Arc::new(seen);
        let connecting = options
            .connect()
            .map_err(Verdict::Misconfigured)?
            .event_callback(move |event| {
                let seen = seen.clone();
                async move { note(&seen, event) }
            })
            .connect(&options.servers[..]);
        let client = connecting.await.map_err(|error| {
            let is_login = matches!(
                error.kind(),
                ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation
            );
            let doing = format!("cannot connect to {}", options.shown);
            // Its `Display` says its cause already.
            let why = Failure::because(doing, error.to_string());
            if is_login {
                Verdict::Misconfigured(why)
            } else {
                Verdict::retry(why)
            }
        })?;
        let jetstream = ContextBuilder::new()
            .timeout(options.timeout)
            .ack_timeout(options.timeout)
            .max_ack_inflight(WINDOW * 2)
            .build(client.clone());
        Ok(Self {
            client,
            jetstream,
            signs,
        })
    }

    /// Whether it is as it was when it was made.
    pub(crate) fn is_whole(&self) -> bool {
        !self.signs.borrow().broken
    }
}

fn note(seen: &watch::Sender<Signs>, event: Event) {
    match event {
        Event::Disconnected | Event::Closed => seen.send_modify(|signs| signs.broken = true),
        Event::ServerError(ServerError::Other(said)) => {
            seen.send_modify(|signs| signs.refusals.push(said));
        }
        _ => {}
    }
}

impl Signs {
    /// The server's word that nothing may be published to this subject.
    pub(crate) fn refusal_of(&self, subject: &str) -> Option<&str> {
        let quoted = format!("\"{subject}\"").to_lowercase();
        let about = |said: &&String| {
            let said = said.to_lowercase();
            said.contains("permissions violation for publish") && said.contains(&quoted)
        };
        self.refusals.iter().find(about).map(|said| &**said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_of_the_subject_that_it_names() {
        let signs = Signs {
            broken: false,
            refusals: vec!["Permissions Violation for Publish to \"shop.A\"".into()],
        };
        assert!(signs.refusal_of("shop.A").is_some());
        assert!(signs.refusal_of("shop").is_none());
        assert!(Signs::default().refusal_of("shop.A").is_none());
    }
}
