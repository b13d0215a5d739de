//! Both licence texts are there, and every crate says it is under both.

use super::finding::Finding;
use super::tree::Tree;
use crate::Failure;

/// Each licence file with words that only its text has.
const TEXTS: &[(&str, &str)] = &[
    (
        "LICENSE-MIT",
        "Permission is hereby granted, free of charge",
    ),
    ("LICENSE-APACHE", "Version 2.0, January 2004"),
];

/// Looks at the texts and at every manifest.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for (name, words) in TEXTS {
        if !tree
            .file(name)
            .is_some_and(|file| file.text.contains(words))
        {
            findings.push(Finding::new(*name, "the licence text is missing"));
        }
    }
    for file in tree
        .files()
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
    {
        let says = [
            "license.workspace = true",
            "license = \"MIT OR Apache-2.0\"",
        ];
        if !says.iter().any(|line| file.text.contains(line)) {
            findings.push(Finding::new(&file.path, "say `license.workspace = true`"));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_without_a_licence_is_named() {
        let tree = Tree::of(&[
            (
                "LICENSE-MIT",
                "Permission is hereby granted, free of charge, to",
            ),
            ("LICENSE-APACHE", "Version 2.0, January 2004"),
            ("crates/a/Cargo.toml", "license.workspace = true"),
            ("crates/b/Cargo.toml", "[package]"),
        ]);
        let found: Vec<String> = check(&tree)
            .unwrap()
            .iter()
            .map(Finding::to_string)
            .collect();
        assert_eq!(
            found,
            ["crates/b/Cargo.toml: say `license.workspace = true`"]
        );
    }
}
