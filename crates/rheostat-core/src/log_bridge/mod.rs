//! Records of the `log` crate.
/// x
pub(crate) fn adjust_max_level() {}
