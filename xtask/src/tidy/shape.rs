//! `lib.rs` and `mod.rs` hold docs, `mod` and `pub use` only; every module
//! opens with a doc line.

use proc_macro2::TokenTree;

use super::finding::Finding;
use super::source::{Source, attribute, item_length};
use super::tree::Tree;
use crate::Failure;

/// What an item of `lib.rs` or `mod.rs` may begin with, after its visibility.
/// `macro_rules!` has to come before the modules that use it.
const ALLOWED: &[&str] = &["mod", "use", "extern", "macro_rules"];

/// Looks at every Rust file.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for source in tree.sources()? {
        if !opens_with_doc(&source) {
            findings.push(Finding::at(
                source.path,
                1,
                "open the module with a `//!` line that says what it is",
            ));
        }
        if is_index(source.path) {
            findings.extend(stray_items(&source));
        }
    }
    Ok(findings)
}

/// A file of tests beside its module is introduced by that module.
fn opens_with_doc(source: &Source<'_>) -> bool {
    if source.is_test() && !source.path.contains("/tests/") {
        return true;
    }
    // Read from the text: a doc comment must come first, before attributes.
    source.text.trim_start().starts_with("//!")
}

/// Whether the file is the index of a library's folder. Chores and test
/// helpers may hold code in `mod.rs`.
fn is_index(path: &str) -> bool {
    let library = path.starts_with("crates/") || path.starts_with("examples/");
    library && !path.contains("/tests/") && (path.ends_with("/lib.rs") || path.ends_with("/mod.rs"))
}

fn stray_items(source: &Source<'_>) -> Vec<Finding> {
    let tokens: Vec<TokenTree> = source.tokens.clone().into_iter().collect();
    let mut findings = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut test = false;
        while let Some(attribute) = attribute(&tokens, at) {
            test |= attribute.is_cfg_test();
            at += attribute.length;
        }
        let length = item_length(&tokens, at).max(1);
        let item = tokens.get(at..at + length).unwrap_or_default();
        if let Some(first) = first_word(item)
            && !test
            && !ALLOWED.contains(&first.to_string().as_str())
        {
            let line = first.span().start().line;
            findings.push(Finding::at(
                source.path,
                line,
                format!("move this `{first}` to a file of its own"),
            ));
        }
        at += length;
    }
    findings
}

/// The word that says what the item is, past `pub`, `pub(..)` and `unsafe`.
fn first_word(item: &[TokenTree]) -> Option<&proc_macro2::Ident> {
    item.iter().find_map(|token| match token {
        TokenTree::Ident(word) if word != "pub" => Some(word),
        TokenTree::Ident(_) | TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)]))
            .unwrap()
            .iter()
            .map(Finding::to_string)
            .collect()
    }

    #[test]
    fn an_index_of_docs_modules_and_exports_is_fine() {
        let text = "//! Doc.\n#![forbid(unsafe_code)]\n\nmod a;\npub(crate) mod b;\n\npub use a::{A, B};\n#[cfg(test)]\nmod tests { fn t() {} }\n";
        assert_eq!(said("crates/x/src/lib.rs", text), [""; 0]);
    }

    #[test]
    fn code_in_an_index_is_named_with_its_line() {
        let found = said(
            "crates/x/src/y/mod.rs",
            "//! Doc.\nmod a;\n/// Doc.\npub struct S { a: u8 }\nmod b;\n",
        );
        assert_eq!(
            found,
            ["crates/x/src/y/mod.rs:4: move this `struct` to a file of its own"]
        );
    }

    #[test]
    fn a_module_without_an_opening_doc_line_is_named() {
        assert_eq!(said("crates/x/src/a.rs", "use b::c;\n").len(), 1);
    }
}
