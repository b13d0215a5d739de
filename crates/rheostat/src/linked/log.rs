//! The `log` output, where it is linked.

#[cfg(feature = "log")]
pub(crate) type Part = rheostat_log::Logs;

#[cfg(not(feature = "log"))]
pub(crate) type Part = super::nothing::Nothing;

pub(crate) fn part() -> Part {
    #[allow(
        clippy::default_constructed_unit_structs,
        reason = "which type it is, a feature says"
    )]
    Part::default()
}
