//! Reading what the command line names.

use std::io::Read;
use std::path::Path;

use rheostat::ProcessEnvironment;
use rheostat_core::Callsite;
use rheostat_core::clock::Clock;
use rheostat_core::plan::{Ground, PolicyImage};
use rheostat_policy::{Checked, CheckedPolicy, Vocabulary, check};

use crate::callsites;

/// Checks the policy in a file, or on standard input for `-`.
///
/// # Errors
///
/// The file cannot be read.
pub(crate) fn checked(path: &Path, vocabulary: &Vocabulary) -> Result<Checked, String> {
    let (name, bytes) = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| format!("cannot read standard input: {error}"))?;
        ("standard input".to_owned(), bytes)
    } else {
        (path.display().to_string(), bytes(path)?)
    };
    Ok(check(&bytes, &name, vocabulary, &ProcessEnvironment))
}

/// The bytes of a file.
///
/// # Errors
///
/// The file cannot be read.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// The policy as the engine would have it in force.
pub(crate) fn image(policy: CheckedPolicy) -> PolicyImage {
    PolicyImage::new(policy.into(), None, &Ground::new(Clock::system()), 1)
}

/// The callsites in an inventory file.
///
/// # Errors
///
/// The file cannot be read, or a line of it is no callsite.
pub(crate) fn inventory(path: &Path) -> Result<Vec<Callsite>, String> {
    let text =
        String::from_utf8(bytes(path)?).map_err(|_| format!("{} is not UTF-8", path.display()))?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            callsites::learned(line)
                .map_err(|wrong| format!("{}:{}: {wrong}", path.display(), number + 1))
        })
        .collect()
}
