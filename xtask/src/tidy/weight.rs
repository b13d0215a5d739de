//! What `cargo add rheostat` brings along stays light: the facade with its
//! default features has few third-party crates below it.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::tree::Tree;
use crate::{Failure, process};

/// The most third-party crates below the facade, on Linux.
const MOST: usize = 70;

/// Counts them, as cargo resolves them.
pub(crate) fn check(_: &Tree) -> Result<Vec<Finding>, Failure> {
    let tree = [
        "tree",
        "--package",
        "rheostat",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
    ];
    let mut command = process::cargo(&tree);
    command.args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}"]);
    Ok(too_heavy(&process::output(&mut command)?))
}

fn too_heavy(tree: &str) -> Vec<Finding> {
    // One of ours is shown with the folder it lies in, in parentheses.
    let third_party: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty() && !line.contains("(/"))
        .collect();
    if third_party.len() < MOST {
        return Vec::new();
    }
    let said = format!(
        "{} third-party crates by default, fewer than {MOST} wanted",
        third_party.len()
    );
    vec![Finding::new("crates/rheostat/Cargo.toml", said)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_crates_and_repetitions_weigh_nothing() {
        let one = "rheostat v0.1.0 (/a/b)\nlog v0.4.1\nlog v0.4.1 (*)\n";
        assert_eq!(too_heavy(one), []);
        let many: String = (0..70).map(|n| format!("crate-{n} v1.0.0\n")).collect();
        assert_eq!(too_heavy(&many).len(), 1);
    }
}
