//! Reading what the command line names.

use std::io::Read;
use std::path::Path;

use rheostat::ProcessEnvironment;
use rheostat_policy::{Checked, check, first_party};

/// Checks the policy in a file, or on standard input for `-`.
///
/// # Errors
///
/// The file cannot be read.
pub(crate) fn checked(path: &Path) -> Result<Checked, String> {
    let (name, bytes) = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| format!("cannot read standard input: {error}"))?;
        ("standard input".to_owned(), bytes)
    } else {
        (path.display().to_string(), bytes(path)?)
    };
    Ok(check(
        &bytes,
        &name,
        &first_party::vocabulary(),
        &ProcessEnvironment,
    ))
}

/// The bytes of a file.
///
/// # Errors
///
/// The file cannot be read.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
