//! Addresses and paths that belong to somebody's machine, not to the project.

use super::finding::Finding;
use super::tree::Tree;
use crate::Failure;

/// Hosts that files may name in an address; anything below them is fine too.
const HOSTS: &[&str] = &[
    "127.0.0.1",
    "localhost",
    "[::1]",
    "0.0.0.0",
    "example.com",
    "example.org",
    "example.net",
    "github.com",
    "docs.rs",
    "crates.io",
    "doc.rust-lang.org",
    "keepachangelog.com",
    "semver.org",
    "apache.org",
    "opensource.org",
    "spdx.org",
    "prometheus.io",
    "openmetrics.io",
    "opentelemetry.io",
    "w3.org",
    "toml.io",
    "json-schema.org",
    "kernel.org",
    "rust-lang.github.io",
    "invalid",
    "test",
    "example",
];

/// Beginnings of paths that exist on one machine only.
const PATHS: &[&str] = &["/root/", "/home/", "/Users/"];

/// People who live in examples only.
const NOBODY: &[&str] = &["x", "me", "you", "user", "USER", "somebody"];

/// The only file that has to spell them out.
const EXEMPT: &str = "xtask/src/tidy/words.rs";

/// Reads every line of every file.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for file in tree
        .files()
        .iter()
        .filter(|file| file.path != EXEMPT && !file.path.ends_with("Cargo.lock"))
    {
        for (number, line) in file.text.lines().enumerate() {
            let hosts = hosts(line).filter(|host| !is_approved(host));
            findings.extend(hosts.map(|host| {
                let said = format!("`{host}` is not among the approved hosts of {EXEMPT}");
                Finding::at(&file.path, number + 1, said)
            }));
            let paths = PATHS.iter().filter(|path| begins_a_path(line, path));
            findings.extend(paths.map(|path| {
                Finding::at(
                    &file.path,
                    number + 1,
                    format!("a path below `{path}` exists on one machine only"),
                )
            }));
        }
    }
    Ok(findings)
}

/// The hosts of all `http://` and `https://` addresses of a line.
fn hosts(line: &str) -> impl Iterator<Item = &str> {
    line.split("://")
        .skip(1)
        .zip(line.split("://"))
        .filter_map(|(after, before)| {
            let web = before.ends_with("http") || before.ends_with("https");
            let authority = after
                .split(['/', '"', '\'', ' ', '`', ')', '>', '?', '#', '<', '\\', ','])
                .next()?;
            let host = authority.rsplit('@').next()?;
            let host = if host.starts_with('[') {
                host.split_inclusive(']').next()?
            } else {
                host.split(':').next()?
            };
            (web && !host.is_empty()).then_some(host)
        })
}

/// Placeholders are not hosts: a name in braces, or without a dot that is no known word.
fn is_approved(host: &str) -> bool {
    let placeholder =
        host.contains(['{', '$', '*', '%']) || host.chars().all(|c| c.is_ascii_uppercase());
    let single_word = !host.contains('.');
    placeholder
        || single_word
        || HOSTS
            .iter()
            .any(|known| host == *known || host.ends_with(&format!(".{known}")))
}

/// The words occur, no longer path leads up to them, and they are no example.
fn begins_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        if NOBODY
            .iter()
            .any(|name| line[at + path.len()..].starts_with(&format!("{name}/")))
        {
            return false;
        }
        !before.is_some_and(|c| {
            c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '/' | '~' | '$')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> usize {
        check(&Tree::of(&[("a.md", line)])).unwrap().len()
    }

    #[test]
    fn an_unknown_host_is_found_and_a_known_one_is_not() {
        assert_eq!(
            said("see https://docs.rs/tracing and http://127.0.0.1:9464/metrics"),
            0
        );
        assert_eq!(said("see https://somebody.internal.net/x"), 1);
        assert_eq!(said("format!(\"http://{address}/metrics\")"), 0);
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        assert_eq!(said("cd /home/kim/project"), 1);
        assert_eq!(said("crates/core/home/of/art"), 0);
        assert_eq!(said("matches /home/me/project"), 0);
    }
}
