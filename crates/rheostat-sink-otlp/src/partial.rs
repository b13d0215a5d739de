//! What a collector says of a request that it took, perhaps not all of it.

use prost::Message as _;
use rheostat_core::internal::{self, Notice};
use rheostat_core::sink::{Failure, Refusal, Verdict};

/// The answer to all three kinds of requests: they differ in names alone.
#[derive(Clone, PartialEq, prost::Message)]
struct Response {
    #[prost(message, optional, tag = "1")]
    partial: Option<Partial>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Partial {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    why: String,
}

/// What became of so many items, by the body of a good answer.
///
/// A collector that answers something else than it should took them all the same: it said so.
pub(crate) fn verdict(server: &str, body: &[u8], items: usize) -> Verdict {
    let partial = Response::decode(body).unwrap_or_default().partial;
    let Partial { rejected, why } = partial.unwrap_or_default();
    let why = rheostat_http::shown(&why);
    let refused = usize::try_from(rejected).unwrap_or(0).min(items);
    match refused {
        0 => {
            if !why.is_empty() {
                internal::notice(&Notice {
                    code: "otlp-warning",
                    text: format!("{server} took what it was sent, and says: {why}"),
                });
            }
            Verdict::Delivered
        }
        _ if refused == items => {
            let refusal = |record| Refusal {
                record,
                why: failure(format!("{server} refused it"), &why),
            };
            Verdict::Refused((0..items).map(refusal).collect())
        }
        _ => Verdict::Unnamed {
            refused,
            why: failure(
                format!("{server} refused {refused} of {items} and did not say which"),
                &why,
            ),
        },
    }
}

fn failure(doing: String, why: &str) -> Failure {
    match why {
        "" => Failure::new(doing),
        why => Failure::because(doing, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(rejected: i64, why: &str) -> Vec<u8> {
        let why = why.to_owned();
        let partial = Some(Partial { rejected, why });
        Response { partial }.encode_to_vec()
    }

    #[test]
    fn what_is_not_refused_is_delivered() {
        assert!(matches!(verdict("h:1", b"", 3), Verdict::Delivered));
        assert!(matches!(verdict("h:1", b"hm?", 3), Verdict::Delivered));
        let warned = verdict("h:1", &answer(0, "deprecated"), 3);
        assert!(matches!(warned, Verdict::Delivered));
    }

    #[test]
    fn where_all_are_refused_each_one_is_known() {
        let Verdict::Refused(all) = verdict("h:1", &answer(5, "no\n\u{1b}[31m"), 3) else {
            panic!("all three were refused")
        };
        assert_eq!(all.len(), 3);
        let cause = std::error::Error::source(&all[2].why).unwrap().to_string();
        assert!(!cause.contains('\u{1b}'), "{cause}");
    }

    #[test]
    fn where_some_are_refused_only_their_number_is_known() {
        let Verdict::Unnamed { refused, why } = verdict("h:1", &answer(2, "too old"), 3) else {
            panic!("two of three were refused")
        };
        assert_eq!(refused, 2);
        let said = "h:1 refused 2 of 3 and did not say which";
        assert_eq!(why.to_string(), said);
    }
}
