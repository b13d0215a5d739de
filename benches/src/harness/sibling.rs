//! The two programs that cases run in: one links what most cases need, the other the shop and OpenTelemetry too.

use std::path::PathBuf;

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// `rheostat-benches`
    Plain,
    /// `rheostat-benches-service`, built with the feature `service`.
    Service,
}

impl Program {
    /// Where it is: beside this one.
    ///
    /// # Errors
    ///
    /// The system does not say where this one is.
    pub(crate) fn path(self) -> Result<PathBuf, String> {
        let here = std::env::current_exe().map_err(|error| error.to_string())?;
        Ok(here.with_file_name(match self {
            Self::Plain => "rheostat-benches",
            Self::Service => "rheostat-benches-service",
        }))
    }

    /// Whether it was built.
    pub(crate) fn is_there(self) -> bool {
        self.path().is_ok_and(|path| path.exists())
    }
}
