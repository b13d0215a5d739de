//! What the inner subscriber was asked, and whether anything followed.
//!
//! Per-layer filters carry the answer of `enabled` to the next record in a cell
//! of the thread. Where nothing follows (`log_enabled!`, a record that only we
//! want) the answer is stale, and without a question of its own the next record
//! would be judged by it. So whoever hands a record inside asks again first, if
//! an answer may be lying about. This repairs the neighbours, not us: our own
//! decisions never pass through that cell.

use std::cell::Cell;

use tracing_core::Metadata;

thread_local! {
    // 0: nothing lies about. 1: some answer does. Else the address of the metadata that was
    // asked about last, and whether the answer was yes in the lowest bit.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

const STALE: usize = 1;

fn address(metadata: &Metadata<'_>) -> usize {
    // Aligned to words, so the lowest bit is free.
    std::ptr::from_ref(metadata).addr()
}

/// The inner subscriber was asked about this, and nothing has followed yet.
#[inline]
pub(super) fn asked(metadata: &Metadata<'_>, yes: bool) {
    ASKED.set(address(metadata) | usize::from(yes));
}

/// An answer lies about that belongs to nothing.
#[inline]
pub(super) fn stale() {
    ASKED.set(STALE);
}

/// The answer to the last question, for a record that bears other metadata than was asked about:
/// one of the `log` crate. It uses the answer up.
pub(super) fn last_answer() -> bool {
    let yes = match ASKED.get() {
        0 => true,
        asked => asked & 1 == 1 && asked != STALE,
    };
    ASKED.set(if yes { 0 } else { STALE });
    yes
}

/// Whether the inner subscriber wants a record that is about to be handed to it.
///
/// `must_ask` where its interest is not a plain yes. After a yes the caller
/// hands the record over at once; that uses the answer up.
#[inline]
pub(super) fn wants(metadata: &Metadata<'_>, must_ask: bool, ask: impl FnOnce() -> bool) -> bool {
    let asked = ASKED.get();
    if asked == 0 && !must_ask {
        return true;
    }
    let yes = if asked & !1 == address(metadata) {
        asked & 1 == 1
    } else {
        ask()
    };
    // A no leaves its traces too.
    ASKED.set(if yes { 0 } else { STALE });
    yes
}

#[cfg(test)]
mod tests {
    use tracing_core::callsite::DefaultCallsite;
    use tracing_core::{Kind, Level, metadata};

    use super::*;

    static CALLSITE: DefaultCallsite = DefaultCallsite::new(&HERE);
    static HERE: Metadata<'static> = metadata! {
        name: "here", target: "t", level: Level::INFO, fields: &[], callsite: &CALLSITE, kind: Kind::EVENT
    };
    static THERE: Metadata<'static> = metadata! {
        name: "there", target: "t", level: Level::INFO, fields: &[], callsite: &CALLSITE, kind: Kind::EVENT
    };

    #[test]
    fn a_plain_yes_is_not_asked_for() {
        assert!(wants(&HERE, false, || unreachable!("nobody asks")));
    }

    #[test]
    fn an_answer_to_the_same_question_is_used() {
        asked(&HERE, false);
        assert!(!wants(&HERE, true, || unreachable!("the answer is known")));
        asked(&HERE, true);
        assert!(wants(&HERE, true, || unreachable!("the answer is known")));
        assert!(wants(&HERE, false, || unreachable!("it was used up")));
    }

    #[test]
    fn a_stale_answer_makes_the_next_record_ask_again() {
        asked(&THERE, false);
        let mut questions = 0;
        assert!(wants(&HERE, false, || {
            questions += 1;
            true
        }));
        assert_eq!(questions, 1);
        assert!(wants(&HERE, false, || unreachable!("it was repaired")));
    }

    #[test]
    fn a_no_is_stale_afterwards() {
        assert!(!wants(&HERE, true, || false));
        assert!(wants(&THERE, false, || true));
        stale();
        assert!(wants(&THERE, false, || true));
    }
}
