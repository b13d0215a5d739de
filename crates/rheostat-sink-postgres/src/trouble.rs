//! What a server's errors mean for a batch.

use std::error::Error as _;
use std::fmt::Write as _;

use rheostat_core::sink::{Failure, Verdict};
use tokio_postgres::Error;
use tokio_postgres::error::DbError;

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// It passes.
    Again,
    /// Somebody has to change something, whatever is in a batch.
    Misconfigured,
    /// Something in the batch.
    Batch,
}

/// The verdict on a batch that an error came for.
pub(crate) fn verdict(doing: String, error: &Error) -> Verdict {
    let why = Failure::because(doing, said(error));
    match error.as_db_error().map_or(Meaning::Again, meaning) {
        Meaning::Again => Verdict::retry(why),
        Meaning::Misconfigured => Verdict::Misconfigured(why),
        Meaning::Batch => Verdict::RefusedWhole(why),
    }
}

/// The same where there is no batch yet, so it is no batch that is refused.
pub(crate) fn without_batch(doing: String, error: &Error) -> Verdict {
    match verdict(doing, error) {
        Verdict::RefusedWhole(why) => Verdict::Misconfigured(why),
        other => other,
    }
}

/// The same where not even a connection is there.
pub(crate) fn at_connect(doing: String, error: &Error) -> Verdict {
    // Nobody but the policy can give a password that the server asks for, or
    // another way to log in; of these the client gives no other sign.
    let is_login = ["invalid configuration", "authentication error"].contains(&&*error.to_string());
    match without_batch(doing, error) {
        Verdict::RetryAfter { why, .. } if is_login => Verdict::Misconfigured(why),
        other => other,
    }
}

/// Whether another program did just what we wanted to do.
pub(crate) fn is_there_already(error: &Error) -> bool {
    let code = error.code().map(tokio_postgres::error::SqlState::code);
    // A table, a column, a schema; or the race of two that make one.
    matches!(code, Some("42P07" | "42701" | "42P06" | "42710" | "23505"))
}

/// Nothing came within the time that a batch has.
pub(crate) fn late(shown: &str) -> Verdict {
    Verdict::retry(Failure::new(format!("no answer in time from {shown}")))
}

/// What an error says, and what stands behind it.
fn said(error: &Error) -> String {
    if let Some(error) = error.as_db_error() {
        return said_by_server(error);
    }
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a text cannot fail.
        let _ = write!(said, ": {error}");
        cause = error.source();
    }
    said
}

fn said_by_server(error: &DbError) -> String {
    let mut said = error.message().to_owned();
    // Whole rows stand in some of them, and who reads this may not be who may read those.
    let detail = error
        .detail()
        .filter(|detail| !detail.starts_with("Failing row"));
    let place = error.where_().and_then(without_row);
    for more in [detail, place, error.hint()].into_iter().flatten() {
        let _ = write!(said, "; {more}");
    }
    let _ = write!(said, " (SQLSTATE {})", error.code().code());
    said
}

/// Where in a COPY, without what stands there: `COPY events, line 1, column ip`.
fn without_row(place: &str) -> Option<&str> {
    let line = place.lines().find(|line| line.starts_with("COPY "))?;
    Some(line.split_once(": ").map_or(line, |(place, _)| place))
}

fn meaning(error: &DbError) -> Meaning {
    of_code(error.code().code())
}

fn of_code(code: &str) -> Meaning {
    match code {
        // Too large for a page or an index; a trigger's `RAISE EXCEPTION`; a view's check.
        "54000" | "P0001" | "44000" => Meaning::Batch,
        // A standby, which may be the primary soon; a lock that somebody has; a timeout of its own.
        "25006" | "55P03" | "57014" | "25P03" => Meaning::Again,
        // Not this user, not with this password: also where a connection is refused.
        "0A000" | "0LP01" => Meaning::Misconfigured,
        _ => match code.get(..2) {
            // Values that cannot be read; constraints.
            Some("22" | "23") => Meaning::Batch,
            // Logins, databases, schemas, what there is not and what is not allowed.
            Some("28" | "3D" | "3F" | "42") => Meaning::Misconfigured,
            // 08 connections, 40 deadlocks, 53 resources, 57 an administrator, 58 its disks, XX its bugs.
            _ => Meaning::Again,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_row_is_not_what_is_wrong_with_a_server() {
        for (code, means) in [
            ("22P02", Meaning::Batch),
            ("23514", Meaning::Batch),
            ("42P01", Meaning::Misconfigured),
            ("28P01", Meaning::Misconfigured),
            ("3D000", Meaning::Misconfigured),
            ("42501", Meaning::Misconfigured),
            ("53300", Meaning::Again),
            ("57P01", Meaning::Again),
            ("57P03", Meaning::Again),
            ("40P01", Meaning::Again),
            ("08006", Meaning::Again),
            ("25006", Meaning::Again),
            ("XX000", Meaning::Again),
        ] {
            assert_eq!(of_code(code), means, "{code}");
        }
    }

    #[test]
    fn the_place_of_an_error_shows_no_row() {
        let place = "PL/pgSQL function f() line 1\nCOPY events, line 1, column ip: \"secret\"";
        assert_eq!(without_row(place), Some("COPY events, line 1, column ip"));
        assert_eq!(without_row("something else"), None);
    }
}
