//! The environment of this process: its variables, and the secret files it may read.

use rheostat_policy::Environment;

/// The longest secret file; a larger one is a mistake in the path.
const MAX_SECRET: usize = 64 * 1024;

/// Variables of this process, and files of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read_secret(&self, path: &str) -> Result<String, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        if text.len() > MAX_SECRET {
            return Err(format!(
                "it holds {} bytes, more than any secret",
                text.len()
            ));
        }
        // The line end that an editor adds is no part of a secret.
        Ok(text.trim_end_matches(['\n', '\r']).to_owned())
    }

    fn now(&self) -> Option<i128> {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        i128::try_from(since.ok()?.as_nanos()).ok()
    }
}
