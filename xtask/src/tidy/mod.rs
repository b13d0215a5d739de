//! `cargo xtask tidy`: the rules of the source tree, as code.
//!
//! Each rule looks at the whole tree and returns what it finds wrong. Nothing
//! is fixed and nothing is silenced: a rule with exceptions holds them as data,
//! each with its reason.

mod architecture;
mod edges;
mod finding;
mod licences;
mod shape;
mod size;
mod source;
mod tests_only;
mod tree;
mod weight;
mod words;

use crate::Failure;
use finding::Finding;
use tree::Tree;

/// A rule: what it is called, and what it finds.
type Rule = (&'static str, fn(&Tree) -> Result<Vec<Finding>, Failure>);

const RULES: &[Rule] = &[
    ("edges", edges::check),
    ("size", size::check),
    ("shape", shape::check),
    ("tests", tests_only::check),
    ("architecture", architecture::check),
    ("licences", licences::check),
    ("weight", weight::check),
    ("words", words::check),
];

/// Applies every rule and prints every finding.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    if !words.is_empty() {
        return Err(Failure::new("usage: cargo xtask tidy"));
    }
    let tree = Tree::read()?;
    let mut findings = 0_usize;
    for (name, rule) in RULES {
        for finding in rule(&tree)? {
            findings += 1;
            println!("{finding} [{name}]");
        }
    }
    match findings {
        0 => {
            println!(
                "tidy: {} files, {} rules, nothing to say",
                tree.files().len(),
                RULES.len()
            );
            Ok(())
        }
        n => Err(Failure::new(format!("{n} findings"))),
    }
}
