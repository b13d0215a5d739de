//! The `stream` output, where it is linked.

#[cfg(feature = "stream")]
pub(crate) type Part = rheostat_stream::Streams;

#[cfg(not(feature = "stream"))]
pub(crate) type Part = super::nothing::Nothing;

pub(crate) fn part() -> Part {
    #[allow(
        clippy::default_constructed_unit_structs,
        reason = "which type it is, a feature says"
    )]
    Part::default()
}
