//! Which SQL a server speaks.

use rheostat_policy::model::Sink;

/// The two that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// PostgreSQL, and TimescaleDB, which is an extension of it.
    Postgres,
    /// No transactions, no COPY from a client, types of its own.
    CrateDb,
}

/// What a column of ours is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Moment,
    Text,
    /// A JSON object.
    Object,
    /// A number of 32 bits.
    Integer,
    /// A number of 64 bits.
    Bigint,
    Double,
    Texts,
    Integers,
    Bigints,
    Doubles,
}

impl Dialect {
    pub(crate) fn of(sink: &Sink) -> Self {
        match sink.args.text("dialect").map(|dialect| &**dialect) {
            Some("cratedb") => Self::CrateDb,
            _ => Self::Postgres,
        }
    }

    /// The type that a new column gets.
    pub(crate) fn ty(self, holds: Holds) -> &'static str {
        match (self, holds) {
            (_, Holds::Text) => "text",
            (_, Holds::Integer) => "integer",
            (_, Holds::Bigint) => "bigint",
            (_, Holds::Double) => "double precision",
            (_, Holds::Moment) => "timestamp with time zone",
            (Self::Postgres, Holds::Object) => "jsonb",
            (Self::Postgres, Holds::Texts) => "text[]",
            (Self::Postgres, Holds::Integers) => "integer[]",
            (Self::Postgres, Holds::Bigints) => "bigint[]",
            (Self::Postgres, Holds::Doubles) => "double precision[]",
            // Any key of any type, and none becomes a column.
            (Self::CrateDb, Holds::Object) => "object(ignored)",
            (Self::CrateDb, Holds::Texts) => "array(text)",
            (Self::CrateDb, Holds::Integers) => "array(integer)",
            (Self::CrateDb, Holds::Bigints) => "array(bigint)",
            (Self::CrateDb, Holds::Doubles) => "array(double precision)",
        }
    }
}
