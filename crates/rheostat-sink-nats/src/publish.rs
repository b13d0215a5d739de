//! Publishes messages, and finds out what became of each.

use std::collections::VecDeque;
use std::error::Error as _;

use async_nats::HeaderMap;
use async_nats::client::RequestErrorKind;
use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::{self, ErrorCode, message::PublishMessage};
use rheostat_core::sink::Failure;
use tokio::sync::watch;
use tokio::task::yield_now;

use crate::connection::{Connection, Signs, WINDOW};
use crate::message::Outgoing;

/// What became of a message.
#[derive(Debug)]
pub(crate) enum Outcome {
    Taken,
    /// It may be taken later.
    Again(Failure),
    /// It will never be.
    Never(Failure),
    /// It would be, were the server or the policy another.
    NotSo(Failure),
}

const MESSAGE_ID: &str = "Nats-Msg-Id";

/// Publishes to streams, and waits for each acknowledgement. `done` gets what
/// became of each message in order; where this is dropped, of the first ones.
pub(crate) async fn acknowledged(
    connection: &Connection,
    messages: &[Outgoing],
    done: &mut Vec<Outcome>,
) {
    let mut waiting: VecDeque<(&Outgoing, Result<PublishAckFuture, Outcome>)> = VecDeque::new();
    for message in messages {
        if waiting.len() >= WINDOW {
            settle(connection, &mut waiting, done).await;
        }
        let publish = PublishMessage::build()
            .payload(message.payload.clone())
            .message_id(&message.id);
        let subject = message.subject.clone();
        let sent = connection.jetstream.send_publish(subject, publish).await;
        let sent = sent.map_err(|error| outcome(message, &error));
        waiting.push_back((message, sent));
    }
    while !waiting.is_empty() {
        settle(connection, &mut waiting, done).await;
    }
}

/// Waits for the message that was sent first.
async fn settle(
    connection: &Connection,
    waiting: &mut VecDeque<(&Outgoing, Result<PublishAckFuture, Outcome>)>,
    done: &mut Vec<Outcome>,
) {
    if let Some((message, sent)) = waiting.pop_front() {
        done.push(match sent {
            Ok(sent) => answer(message, sent, connection.signs.clone()).await,
            Err(outcome) => outcome,
        });
    }
}

/// The server's answer to a message, unless something else says that none will come.
async fn answer(
    message: &Outgoing,
    sent: PublishAckFuture,
    mut signs: watch::Receiver<Signs>,
) -> Outcome {
    let sign = async {
        loop {
            {
                let signs = signs.borrow_and_update();
                if let Some(said) = signs.refusal_of(&message.subject) {
                    return not_allowed(message, said);
                }
                if let Some(said) = &signs.unheard {
                    let doing = "may not hear what a stream answers";
                    return Outcome::NotSo(Failure::because(doing, said.clone()));
                }
                if signs.broken {
                    return Outcome::Again(Failure::new("the connection broke"));
                }
            }
            if signs.changed().await.is_err() {
                return Outcome::Again(Failure::new("the connection is gone"));
            }
        }
    };
    tokio::select! {
        biased;
        answered = sent.into_future() => match answered {
            Ok(_) => Outcome::Taken,
            Err(error) => outcome(message, &error),
        },
        outcome = sign => outcome,
    }
}

fn not_allowed(message: &Outgoing, said: &str) -> Outcome {
    let doing = format!("may not publish to {}", message.subject);
    Outcome::NotSo(Failure::because(doing, said.to_owned()))
}

fn outcome(message: &Outgoing, error: &PublishError) -> Outcome {
    let doing = format!("cannot publish to {}", message.subject);
    // Its `Display` says its cause already.
    let why = Failure::because(doing, error.to_string());
    let said = error.source().and_then(|source| source.downcast_ref());
    match (error.kind(), said.map(jetstream::Error::error_code)) {
        (PublishErrorKind::MaxPayloadExceeded, _)
        | (_, Some(ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM)) => Outcome::Never(why),
        (PublishErrorKind::StreamNotFound, _) => Outcome::NotSo(why),
        _ => Outcome::Again(why),
    }
}

/// Publishes to whoever listens, then asks the server something, so that its
/// answer tells that it has read all of it.
pub(crate) async fn told(connection: &Connection, messages: &[Outgoing], done: &mut Vec<Outcome>) {
    let mut trouble: Vec<Option<Outcome>> = Vec::with_capacity(messages.len());
    for message in messages {
        let mut headers = HeaderMap::new();
        headers.insert(MESSAGE_ID, &*message.id);
        let (subject, payload) = (message.subject.clone(), message.payload.clone());
        let sent = connection
            .client
            .publish_with_headers(subject, headers, payload);
        trouble.push(sent.await.err().map(|error| {
            let doing = format!("cannot publish to {}", message.subject);
            let why = Failure::because(doing, error.to_string());
            match error.kind() {
                async_nats::client::PublishErrorKind::Send => Outcome::Again(why),
                _ => Outcome::Never(why),
            }
        }));
    }
    let unread = read_by_server(connection).await.err();
    let signs = connection.signs.borrow();
    for (message, trouble) in messages.iter().zip(trouble) {
        done.push(match (trouble, signs.refusal_of(&message.subject)) {
            (Some(outcome), _) => outcome,
            (None, Some(said)) => not_allowed(message, said),
            (None, None) => match &unread {
                Some(why) => Outcome::Again(Failure::new(why.clone())),
                None => Outcome::Taken,
            },
        });
    }
}

/// Waits until the server has read what was published, or says why it may not have.
async fn read_by_server(connection: &Connection) -> Result<(), String> {
    let mut signs = connection.signs.clone();
    let before = signs.borrow().unasked;
    // A server that refuses the question has come to it, and that is all we want to know.
    let sign = async {
        let seen =
            |signs: &Signs| signs.broken || signs.unheard.is_some() || signs.unasked > before;
        let broken = signs.wait_for(seen).await.map(|signs| signs.broken);
        match broken {
            Ok(false) => Ok(()),
            // An error means that nobody watches the connection any more: it is gone, too.
            _ => Err("the connection broke".to_owned()),
        }
    };
    // Nobody listens to a subject that was made up this moment, and the server says so.
    let question = connection.client.new_inbox();
    let asked = connection.client.request(question, "".into());
    let asked = tokio::select! {
        biased;
        asked = asked => asked,
        said = sign => return said,
    };
    // What the server said before its answer is noted by tasks that have to run first.
    yield_now().await;
    yield_now().await;
    match asked {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            RequestErrorKind::NoResponders => Ok(()),
            _ => Err(format!("no answer from the server: {error}")),
        },
    }
}
