//! What a server's exception means for a batch.

use rheostat_core::sink::Verdict;

use rheostat_http::Answer;

/// What to do about an exception.
enum Meaning {
    /// It passes.
    Again,
    /// Somebody has to change something, whatever is in a batch.
    Misconfigured,
    /// Something in the batch.
    Batch,
}

/// The verdict of an answer to an insert, `None` where it was taken.
///
/// The status says little: servers answer 404, 500 and others to the same
/// thing, depending on their version. The exception's number is what counts.
pub(super) fn verdict(answer: &Answer) -> Option<Verdict> {
    let code = code(answer);
    if answer.status().is_success() && code.is_none() {
        return None;
    }
    let why = answer.failure();
    Some(match code.and_then(meaning) {
        Some(Meaning::Again) => Verdict::RetryAfter {
            delivered: 0,
            after: answer.retry_after(),
            why,
        },
        Some(Meaning::Misconfigured) => Verdict::Misconfigured(why),
        Some(Meaning::Batch) => Verdict::RefusedWhole(why),
        None if answer.status().is_success() => Verdict::retry(why),
        None => answer.verdict_because(why),
    })
}

/// Whether the answer says that a column is there already.
pub(super) fn is_there_already(answer: &Answer) -> bool {
    code(answer) == Some(44)
}

/// The exception's number: newer servers have a header for it, all name it in the body.
fn code(answer: &Answer) -> Option<u32> {
    if let Some(code) = answer.header("x-clickhouse-exception-code") {
        return code.parse().ok();
    }
    let body = String::from_utf8_lossy(answer.body());
    let (_, rest) = body.split_once("Code: ")?;
    let end = rest.find(|one: char| !one.is_ascii_digit())?;
    rest[..end].parse().ok()
}

fn meaning(code: u32) -> Option<Meaning> {
    Some(match code {
        // Cannot parse, cannot read all, a value out of bounds, a null where none may be, a constraint.
        6 | 25 | 26 | 27 | 32 | 33 | 38 | 41 | 53 | 69 | 72 | 117 | 349 | 469 => Meaning::Batch,
        // Timeouts, quotas, memory, too many parts or queries, no room, the network, replicas, the keeper.
        159 | 160 | 173 | 198 | 201 | 202 | 203 | 209 | 210 | 225 | 236 | 241 | 242 | 243 | 252
        | 279 | 285 | 286 | 319 | 394 | 425 | 439 | 499 | 574 | 999 => Meaning::Again,
        // No such table, column, database, setting, type or format; not allowed, or not with this password.
        16 | 36 | 44 | 46 | 47 | 48 | 50 | 60 | 62 | 73 | 80 | 81 | 115 | 164 | 170 | 171 | 192
        | 193 | 194 | 195 | 291 | 344 | 392 | 455 | 497 | 516 | 701 => Meaning::Misconfigured,
        _ => return None,
    })
}
