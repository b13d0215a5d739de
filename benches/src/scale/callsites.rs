//! Reloads with more and more callsites.

use crate::once::reload;

pub(super) fn reload(callsites: usize) -> Result<f64, String> {
    reload::applied(callsites).map(|(apply, _)| apply)
}

pub(super) fn reload_of_peer(callsites: usize) -> Result<f64, String> {
    reload::applied_by_peer(callsites)
}
