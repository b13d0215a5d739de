//! Writing one record into the ring of the thread that makes it.

use super::entry::{Caps, Draft, Numbers};
use super::fork;
use super::hub::with_producer;
use super::producer::Producer;
use super::ring::{Full, Level};
use super::route::RouteHandle;
use crate::ledger::Cause;

impl RouteHandle {
    /// Hands one record over: `encode` writes it in place and may be called twice.
    ///
    /// Never blocks, unless the sink says `full = "block"`; a refusal is counted here.
    ///
    /// # Errors
    ///
    /// Why it was not taken. It is never retried.
    #[inline]
    pub fn offer(&self, encode: impl FnMut(&mut Draft<'_>, u64)) -> Result<(), Cause> {
        let outcome = self.try_offer(encode);
        if let Err(cause) = outcome {
            self.count_refusal(cause);
        }
        outcome
    }

    #[cold]
    fn count_refusal(&self, cause: Cause) {
        let route = self.route();
        route.account.count(cause, 1);
        if !fork::in_child() {
            route.tap.lost(cause, 1);
        }
    }

    #[inline]
    fn try_offer(&self, encode: impl FnMut(&mut Draft<'_>, u64)) -> Result<(), Cause> {
        // Before anything that takes a lock: in a child it may never come free.
        if fork::in_child() {
            return Err(Cause::Forked);
        }
        self.route().tap.admit()?;
        let mut offering = Offering {
            handle: self,
            encode,
        };
        let hub = self.hub();
        match with_producer(hub, |producer| offering.through(producer)) {
            Some(outcome) => outcome,
            None => offering.through_shared(),
        }
    }

    /// The same through a producer that the caller holds.
    #[cfg(test)]
    pub(crate) fn offer_by(
        &self,
        producer: &mut Producer,
        encode: impl FnMut(&mut Draft<'_>, u64),
    ) -> Result<(), Cause> {
        let outcome = self.route().tap.admit().and_then(|()| {
            Offering {
                handle: self,
                encode,
            }
            .through(producer)
        });
        if let Err(cause) = outcome {
            self.count_refusal(cause);
        }
        outcome
    }
}

struct Offering<'h, E> {
    handle: &'h RouteHandle,
    encode: E,
}

impl<E: FnMut(&mut Draft<'_>, u64)> Offering<'_, E> {
    #[inline]
    fn through(&mut self, producer: &mut Producer) -> Result<(), Cause> {
        let (thread, seq) = (producer.thread, producer.next());
        match producer.write(|room| self.write(room, thread, seq)) {
            Some(Ok(Level::Fine)) => Ok(()),
            Some(outcome) => self.settle(outcome, true, |offering| {
                producer
                    .write(|room| offering.write(room, thread, seq))
                    .unwrap_or(Err(Full::Now))
            }),
            None => {
                let hub = self.handle.hub();
                let outcome = hub.write_shared(Some((thread, seq)), &mut |room, thread, seq| {
                    self.write(room, thread, seq)
                });
                self.settle(outcome, true, |offering| {
                    hub.write_shared(Some((thread, seq)), &mut |room, thread, seq| {
                        offering.write(room, thread, seq)
                    })
                })
            }
        }
    }

    /// For a thread whose thread-locals are gone: it never waits.
    #[cold]
    fn through_shared(&mut self) -> Result<(), Cause> {
        let hub = self.handle.hub();
        let outcome =
            hub.write_shared(None, &mut |room, thread, seq| self.write(room, thread, seq));
        self.settle(outcome, false, |_| Err(Full::Now))
    }

    #[inline]
    fn write(&mut self, room: &mut [u8], thread: u32, seq: u64) -> Option<usize> {
        let route = self.handle.route();
        let caps = Caps {
            value: route.raw_value_cap,
            record: route.max_record,
        };
        let numbers = Numbers {
            route: self.handle.number(),
            thread,
        };
        let mut draft = Draft::new(room, numbers, caps);
        (self.encode)(&mut draft, seq);
        draft.finish()
    }

    #[cold]
    fn settle(
        &mut self,
        mut outcome: Result<Level, Full>,
        may_wait: bool,
        mut again: impl FnMut(&mut Self) -> Result<Level, Full>,
    ) -> Result<(), Cause> {
        let hub = self.handle.hub();
        let mut waits = 0;
        loop {
            match outcome {
                Ok(Level::Fine) => return Ok(()),
                Ok(Level::High) => {
                    hub.wake.call();
                    return Ok(());
                }
                Err(Full::Ever) => return Err(Cause::TooLarge),
                Err(Full::Now) => {
                    hub.wake.call();
                    // Where a page cannot be wiped, a child learns of itself here.
                    if fork::in_child_by_id() {
                        return Err(Cause::Forked);
                    }
                    if !may_wait || !self.handle.route().tap.wait(waits) {
                        return Err(Cause::RingFull);
                    }
                    waits += 1;
                    outcome = again(self);
                }
            }
        }
    }
}
