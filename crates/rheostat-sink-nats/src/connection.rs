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
    /// What may not be published, in the server's words.
    pub(crate) refusals: Vec<String>,
    /// We may not hear answers, in the server's words.
    pub(crate) unheard: Option<String>,
    /// How often a question was refused, which is an answer of its own kind.
    pub(crate) unasked: u64,
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

    /// Whether it can go on: a new one knows nothing of what was refused before.
    pub(crate) fn is_whole(&self) -> bool {
        let signs = self.signs.borrow();
        !signs.broken && signs.refusals.is_empty() && signs.unheard.is_none()
    }
}

fn note(seen: &watch::Sender<Signs>, event: Event) {
    match event {
        Event::Disconnected | Event::Closed => seen.send_modify(|signs| signs.broken = true),
        Event::ServerError(ServerError::Other(said)) => {
            seen.send_modify(|signs| signs.note(said));
        }
        _ => {}
    }
}

impl Signs {
    fn note(&mut self, said: String) {
        let words = said.to_lowercase();
        match (
            words.contains("\"_inbox."),
            words.contains("violation for publish"),
        ) {
            (true, true) => self.unasked += 1,
            (true, false) => self.unheard = Some(said),
            (false, _) => self.refusals.push(said),
        }
    }

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
        let mut signs = Signs::default();
        signs.note("Permissions Violation for Publish to \"shop.A\"".into());
        assert!(signs.refusal_of("shop.A").is_some());
        assert!(signs.refusal_of("shop").is_none());
        assert!(Signs::default().refusal_of("shop.A").is_none());
    }

    #[test]
    fn what_is_about_answers_is_no_refusal_of_a_message() {
        let mut signs = Signs::default();
        signs.note("Permissions Violation for Publish to \"_INBOX.x\"".into());
        signs.note("Permissions Violation for Subscription to \"_INBOX.x.*\"".into());
        assert_eq!((signs.unasked, signs.unheard.is_some()), (1, true));
        assert!(signs.refusals.is_empty());
    }
}
