//! The batch in hand, in as many pieces as refusals made of it.

use std::collections::VecDeque;
use std::time::Duration;

use rheostat_core::flow::RecordView;
use rheostat_core::ledger::Cause;
use rheostat_core::sink::{Batch, Failure, Refusal, Verdict};
use tokio::time::Instant;

use super::attempt::attempt;
use super::{Courier, Ending, Next};
use crate::backoff::Backoff;
use crate::dead_letters::DeadLetters;
use crate::health::Traffic;
use crate::inbox::tally;
use crate::settings::Settings;

/// What was taken out of the queue and is not settled, in order.
pub(super) struct Carried {
    pieces: VecDeque<Batch>,
    backoff: Backoff,
    /// Since when nothing of it was taken.
    since: Instant,
    /// When the next attempt is due.
    at: Instant,
}

/// What is to be done with a piece after an attempt.
enum After {
    /// Nothing: it is settled.
    Settled,
    /// This is left of it; an attempt is due at once.
    Again(Vec<Batch>),
    /// This is left of it; the destination wants a pause. `some` of it was taken.
    Pause {
        rest: Batch,
        some: bool,
        wait: Option<Duration>,
    },
}

impl Carried {
    pub(super) fn new(batch: Batch, settings: &Settings) -> Self {
        let now = Instant::now();
        Self {
            pieces: VecDeque::from([batch]),
            backoff: backoff(settings),
            since: now,
            at: now,
        }
    }

    /// Makes the next attempt due at once.
    pub(super) fn hurry(&mut self) {
        self.at = Instant::now();
    }

    /// All that is left, as one batch.
    fn into_batch(self) -> Batch {
        let mut pieces = self.pieces.into_iter().map(Batch::into_parts);
        let (gap, mut chunks) = pieces.next().unwrap_or_default();
        chunks.extend(pieces.flat_map(|(_, chunks)| chunks));
        Batch::new(gap, chunks)
    }
}

fn backoff(settings: &Settings) -> Backoff {
    Backoff::new(settings.retry_first, settings.retry_max)
}

impl Courier {
    /// Makes an attempt if one is due, and leaves what is not settled in `left`.
    pub(super) async fn carry(&mut self, mut carried: Carried, left: &mut Option<Carried>) -> Next {
        let ending = *self.ending.borrow_and_update();
        match ending {
            Ending::HandOver => {
                self.too_late(carried);
                return Next::Now;
            }
            Ending::By(at) if at <= Instant::now() => {
                self.too_late(carried);
                return Next::Now;
            }
            Ending::By(at) if carried.at > Instant::now() => {
                let next = Next::At(at.min(carried.at));
                *left = Some(carried);
                return next;
            }
            Ending::NotYet if carried.at > Instant::now() => {
                let next = Next::At(carried.at);
                *left = Some(carried);
                return next;
            }
            Ending::By(_) | Ending::NotYet => {}
        }
        let Some(piece) = carried.pieces.pop_front() else {
            return Next::Now;
        };
        let limit = self.answer_limit();
        let verdict = attempt(self.sink.deliver(&piece), limit, self.ending.clone()).await;
        match self.judge(piece, verdict) {
            After::Settled => {}
            After::Again(rest) => {
                for piece in rest.into_iter().rev() {
                    carried.pieces.push_front(piece);
                }
            }
            After::Pause { rest, some, wait } => {
                carried.pieces.push_front(rest);
                self.pause(&mut carried, some, wait);
            }
        }
        self.inbox.left(carried.pieces.iter());
        if self.is_given_up(&carried) {
            self.give_up(&carried.into_batch(), Cause::RetryLimit);
        } else if !carried.pieces.is_empty() {
            *left = Some(carried);
        }
        Next::Now
    }

    fn pause(&self, carried: &mut Carried, some: bool, wait: Option<Duration>) {
        let now = Instant::now();
        if some {
            carried.backoff = backoff(self.inbox.settings());
            carried.since = now;
        }
        carried.at = now + wait.unwrap_or_else(|| carried.backoff.next());
    }

    fn is_given_up(&self, carried: &Carried) -> bool {
        let limit = self.inbox.settings().retry_for;
        // What is on disk waits as long as the disk has room.
        self.inbox.spool().is_none()
            && !carried.pieces.is_empty()
            && carried.at > Instant::now()
            && carried.since.elapsed() >= limit
    }

    /// Counts what became of a piece, and gives back what is not settled.
    fn judge(&self, mut piece: Batch, verdict: Verdict) -> After {
        match verdict {
            Verdict::Delivered => {
                self.health.up(Traffic::Records);
                self.settle(&piece, &[], &[]);
                After::Settled
            }
            Verdict::Refused(refused) => {
                self.health.up(Traffic::Records);
                self.settle(&piece, &refused, &[]);
                After::Settled
            }
            Verdict::RetryAfter {
                delivered,
                after,
                why,
            } => {
                self.health.down(Traffic::Records, &why);
                let arrived = delivered.min(piece.len());
                if arrived > 0 {
                    // The gap stands before the first record, so it arrived with it.
                    let front = piece.split_front(arrived);
                    self.settle(&front, &[], &[]);
                }
                After::Pause {
                    rest: piece,
                    some: arrived > 0,
                    wait: after,
                }
            }
            Verdict::Partly {
                refused,
                again,
                after,
                why,
            } => {
                self.settle(&piece, &refused, &again);
                if again.iter().all(|at| *at >= piece.len()) {
                    self.health.up(Traffic::Records);
                    return After::Settled;
                }
                self.health.down(Traffic::Records, &why);
                let some = again.len() < piece.len();
                piece.keep(&again);
                After::Pause {
                    rest: piece,
                    some,
                    wait: after,
                }
            }
            Verdict::Unnamed { refused, why } => {
                self.health.up(Traffic::Records);
                self.settle_unnamed(&piece, refused, &why);
                After::Settled
            }
            Verdict::RefusedWhole(why) => {
                self.health.up(Traffic::Records);
                self.take_apart(piece, why)
            }
            Verdict::Misconfigured(why) => {
                self.health.down(Traffic::Records, &why);
                After::Pause {
                    rest: piece,
                    some: false,
                    wait: Some(self.inbox.settings().retry_max),
                }
            }
        }
    }

    /// Halves what was refused, until one record stands alone and is to blame.
    fn take_apart(&self, mut piece: Batch, why: Failure) -> After {
        match piece.len() {
            0 => {
                // A gap alone that is not wanted; what it tells is in the ledger too.
                self.health.refused(&why);
                After::Settled
            }
            1 if piece.gap().is_some() => {
                let (gap, chunks) = piece.into_parts();
                // Which of the two is to blame? The record goes on alone, the gap before the next.
                self.inbox.put_back(gap);
                After::Again(vec![Batch::new(None, chunks)])
            }
            1 => {
                self.settle(&piece, &[Refusal { record: 0, why }], &[]);
                After::Settled
            }
            len => {
                let front = piece.split_front(len / 2);
                After::Again(vec![front, piece])
            }
        }
    }

    /// Counts a batch that arrived, but for what was refused in it and what is tried again.
    fn settle(&self, batch: &Batch, refused: &[Refusal], again: &[usize]) {
        if refused.is_empty() && again.is_empty() {
            tally(batch.routes(), |route, records| {
                route.account.settle(Cause::Delivered, records);
            });
            return;
        }
        for (at, record) in batch.records().enumerate() {
            if again.binary_search(&at).is_ok() {
                continue;
            }
            let refusal = refused.iter().find(|refusal| refusal.record == at);
            let end = refusal.map_or(Cause::Delivered, |refusal| self.put_aside(&record, refusal));
            record.route().account.settle(end, 1);
            if end != Cause::Delivered {
                self.inbox.note_loss(end, 1);
            }
        }
    }

    /// Counts a batch of which so many were refused, nobody knows which: all of them are put aside to be looked through.
    fn settle_unnamed(&self, batch: &Batch, refused: usize, why: &Failure) {
        let why = self.health.refused(why);
        let put = |file: &DeadLetters| batch.records().all(|record| file.put(&record, &why));
        let end = match &self.dead_letters {
            Some(file) if put(file) => Cause::DeadLettered,
            _ => Cause::Destination,
        };
        for (at, record) in batch.records().enumerate() {
            let end = if at < refused { end } else { Cause::Delivered };
            record.route().account.settle(end, 1);
        }
        self.inbox.note_loss(end, refused.min(batch.len()) as u64);
    }

    /// Writes a record that is refused for good where the policy says, and tells how it ended.
    fn put_aside(&self, record: &RecordView<'_>, refusal: &Refusal) -> Cause {
        let why = self.health.refused(&refusal.why);
        match &self.dead_letters {
            Some(file) if file.put(record, &why) => Cause::DeadLettered,
            _ => Cause::Destination,
        }
    }

    /// Gives what came too late to the successor, or counts it.
    fn too_late(&self, carried: Carried) {
        if let Some(left) = self.inbox.pass_on(carried.into_batch()) {
            let cause = self.inbox.at_the_end(Cause::Shutdown);
            if cause == Cause::Shutdown {
                self.give_up(&left, cause);
            } else {
                tally(left.routes(), |route, records| {
                    route.account.settle(cause, records)
                });
            }
            self.inbox.abandon(Cause::Shutdown);
        }
    }

    /// Counts a batch that will not arrive.
    fn give_up(&self, batch: &Batch, cause: Cause) {
        tally(batch.routes(), |route, records| {
            route.account.settle(cause, records)
        });
        self.inbox.put_back(batch.gap().cloned());
        self.inbox.note_loss(cause, batch.len() as u64);
        self.inbox.left(std::iter::empty());
    }
}
