//! What the outcomes of messages mean for the records in them.

use rheostat_core::sink::{Failure, Refusal, Verdict};

use crate::message::Outgoing;
use crate::publish::Outcome;

/// The verdict on so many records, of which these messages were made. Messages
/// without an outcome were not answered in time.
pub(crate) fn verdict(messages: &[Outgoing], outcomes: Vec<Outcome>, late: &Failure) -> Verdict {
    let (mut refused, mut again, mut taken) = (Vec::new(), Vec::new(), 0);
    let (mut later, mut not_so) = (None, None);
    let mut outcomes = outcomes.into_iter();
    for message in messages {
        let records = message.records.clone();
        match outcomes.next() {
            Some(Outcome::Taken) => taken += records.len(),
            Some(Outcome::Never(why)) => {
                refused.extend(records.map(|record| refusal(record, &why)));
            }
            Some(Outcome::Again(why)) => {
                again.extend(records);
                later.get_or_insert(why);
            }
            Some(Outcome::NotSo(why)) => {
                again.extend(records);
                not_so.get_or_insert(why);
            }
            None => {
                again.extend(records);
                later.get_or_insert_with(|| Failure::new(late.to_string()));
            }
        }
    }
    match (later, not_so) {
        // Nothing but somebody's hand will change that.
        (None, Some(why)) if taken == 0 && refused.is_empty() => Verdict::Misconfigured(why),
        (None, None) if refused.is_empty() => Verdict::Delivered,
        (None, None) => Verdict::Refused(refused),
        (Some(why), _) | (None, Some(why)) if again.is_empty() && refused.is_empty() => {
            // Only the gap was not taken: it comes again with the records.
            Verdict::retry(why)
        }
        (Some(why), _) | (None, Some(why)) => Verdict::Partly {
            refused,
            again,
            after: None,
            why,
        },
    }
}

fn refusal(record: usize, why: &Failure) -> Refusal {
    let cause = std::error::Error::source(why).map(ToString::to_string);
    Refusal {
        record,
        why: match cause {
            Some(cause) => Failure::because(why.to_string(), cause),
            None => Failure::new(why.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(records: &[std::ops::Range<usize>]) -> Vec<Outgoing> {
        let message = |records: &std::ops::Range<usize>| Outgoing {
            subject: "s".into(),
            id: String::new(),
            payload: bytes::Bytes::new(),
            records: records.clone(),
        };
        records.iter().map(message).collect()
    }

    fn why(text: &str) -> Failure {
        Failure::because("cannot publish", text.to_owned())
    }

    #[test]
    fn each_record_of_a_message_has_its_outcome() {
        let outcomes = vec![
            Outcome::Taken,
            Outcome::Never(why("too long")),
            Outcome::Again(why("not now")),
        ];
        let verdict = verdict(&messages(&[0..1, 1..3, 3..4, 4..5]), outcomes, &why("late"));
        let Verdict::Partly { refused, again, .. } = verdict else {
            panic!("{verdict:?}");
        };
        let refused: Vec<_> = refused.iter().map(|refusal| refusal.record).collect();
        assert_eq!((refused, again), (vec![1, 2], vec![3, 4]));
    }

    #[test]
    fn what_nobody_takes_like_this_waits_for_somebody() {
        let outcomes = vec![
            Outcome::NotSo(why("no stream")),
            Outcome::NotSo(why("no stream")),
        ];
        let verdict = verdict(&messages(&[0..1, 1..2]), outcomes, &why("late"));
        assert!(matches!(verdict, Verdict::Misconfigured(_)), "{verdict:?}");
    }

    #[test]
    fn a_gap_that_is_not_taken_comes_again() {
        let outcomes = vec![Outcome::Again(why("not now")), Outcome::Taken];
        let verdict = verdict(&messages(&[0..0, 0..1]), outcomes, &why("late"));
        assert!(matches!(verdict, Verdict::RetryAfter { .. }), "{verdict:?}");
    }
}
