//! The sink `postgres`, where linked.

#[cfg(not(feature = "sink-postgres"))]
pub(super) use super::none as all;
#[cfg(feature = "sink-postgres")]
pub(super) use rheostat_sink_postgres::all;
