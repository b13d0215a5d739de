//! `docs/ARCHITECTURE.md` has an entry for every crate, names only files that
//! exist, and stays short enough to be read.

use super::finding::Finding;
use super::tree::Tree;
use crate::Failure;

const DOCUMENT: &str = "docs/ARCHITECTURE.md";
const MOST_LINES: usize = 250;

/// What a name in backticks has to end with to be taken for a file's.
const ENDINGS: &[&str] = &[".rs", ".toml", ".md", ".py", ".sh", ".json"];

/// Compares the document with the tree.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, Failure> {
    let Some(document) = tree.file(DOCUMENT) else {
        return Ok(vec![Finding::new(DOCUMENT, "there is no such file")]);
    };
    let mut findings = Vec::new();
    let lines = document.text.lines().count();
    if lines > MOST_LINES {
        findings.push(Finding::new(
            DOCUMENT,
            format!("{lines} lines, at most {MOST_LINES}"),
        ));
    }
    findings.extend(missing_entries(tree, &document.text));
    findings.extend(missing_files(tree, &document.text));
    Ok(findings)
}

fn missing_entries(tree: &Tree, document: &str) -> Vec<Finding> {
    let crates = tree.files().iter().filter_map(|file| {
        let inside = file
            .path
            .strip_prefix("crates/")?
            .strip_suffix("/Cargo.toml")?;
        (!inside.contains('/')).then_some(inside)
    });
    let without = crates.filter(|name| !document.lines().any(|line| is_entry(line, name)));
    without
        .map(|name| Finding::new(DOCUMENT, format!("no entry for `{name}`")))
        .collect()
}

/// An entry is a heading that holds the crate's name in backticks.
fn is_entry(line: &str, name: &str) -> bool {
    line.starts_with('#') && line.contains(&format!("`{name}`"))
}

fn missing_files(tree: &Tree, document: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in document.lines().enumerate() {
        let named = line.split('`').skip(1).step_by(2);
        for name in named.filter(|name| is_file_name(name) && !exists(tree, name)) {
            findings.push(Finding::at(
                DOCUMENT,
                number + 1,
                format!("`{name}` does not exist"),
            ));
        }
    }
    findings
}

fn is_file_name(name: &str) -> bool {
    let path_like = !name.contains([' ', '*', '<', '{', '(', '=', ':']) && !name.starts_with('.');
    path_like
        && (ENDINGS.iter().any(|ending| name.ends_with(ending))
            || name.contains('/') && name.ends_with('/'))
}

/// A name is a whole path, or the end of one: the text around it says which.
fn exists(tree: &Tree, name: &str) -> bool {
    let ends = format!("/{name}");
    let inside = format!("/{}", name.trim_end_matches('/'));
    tree.files().iter().any(|file| {
        file.path == name
            || file.path.ends_with(&ends)
            || name.ends_with('/') && format!("/{}", file.path).contains(&format!("{inside}/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(document: &str) -> Vec<String> {
        let tree = Tree::of(&[
            (DOCUMENT, document),
            ("crates/rheostat-core/Cargo.toml", ""),
            ("crates/rheostat-core/src/plan/run.rs", ""),
        ]);
        check(&tree)
            .unwrap()
            .iter()
            .map(Finding::to_string)
            .collect()
    }

    #[test]
    fn every_crate_needs_a_heading() {
        assert_eq!(
            said("about `rheostat-core`"),
            ["docs/ARCHITECTURE.md: no entry for `rheostat-core`"]
        );
    }

    #[test]
    fn files_are_found_by_their_whole_path_and_by_its_end() {
        let document = "## What now? `rheostat-core`\n`plan/run.rs` and `crates/rheostat-core/src/plan/run.rs`";
        assert_eq!(said(document), [""; 0]);
    }

    #[test]
    fn a_file_that_is_gone_is_named_with_its_line() {
        let found = said("## `rheostat-core`\n\nsee `plan/walk.rs`, `a::b`, `x/*.rs`");
        assert_eq!(
            found,
            ["docs/ARCHITECTURE.md:3: `plan/walk.rs` does not exist"]
        );
    }
}
