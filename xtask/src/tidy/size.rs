//! No file over 500 lines of code; docs, comments and tests are free.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

use super::finding::Finding;
use super::source::{attribute, item_length};
use super::tree::Tree;
use crate::Failure;

/// The most lines of code a file may have.
const MOST: usize = 500;

/// Measures every Rust file that is not a test.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, Failure> {
    let sources = tree.sources()?;
    let measured = sources.iter().filter(|source| !source.is_test());
    let too_long = measured.filter_map(|source| {
        let lines = lines_of_code(source.tokens.clone());
        (lines > MOST).then(|| {
            Finding::new(
                source.path,
                format!("{lines} lines of code, at most {MOST}: look for a seam"),
            )
        })
    });
    Ok(too_long.collect())
}

fn lines_of_code(tokens: TokenStream) -> usize {
    let mut lines = BTreeSet::new();
    collect(tokens, &mut lines);
    lines.len()
}

fn collect(tokens: TokenStream, lines: &mut BTreeSet<usize>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if let Some(attribute) = attribute(&tokens, at) {
            if attribute.is("doc") {
                at += attribute.length;
                continue;
            }
            if attribute.is_cfg_test() {
                at += attribute.length;
                at += item_length(&tokens, at);
                continue;
            }
        }
        lines.extend([token.span().start().line, token.span().end().line]);
        if let TokenTree::Group(group) = token {
            collect(group.stream(), lines);
        } else {
            // A literal may run over many lines, and all of them are code.
            lines.extend(token.span().start().line..=token.span().end().line);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_comments_blank_lines_and_tests_are_free() {
        let text = "//! Doc.\n\n// why\nfn a() {\n    b();\n\n    // c\n}\n\n/// Doc.\nstruct S;\n\n#[cfg(test)]\nmod tests {\n    fn t() {}\n}\n";
        assert_eq!(lines_of_code(text.parse().unwrap()), 4);
    }

    #[test]
    fn a_text_over_several_lines_counts_in_full() {
        assert_eq!(
            lines_of_code("const A: &str = \"1\n2\n3\";".parse().unwrap()),
            3
        );
    }

    #[test]
    fn a_file_over_the_limit_is_named_with_its_length() {
        let long = "fn a() {}\n".repeat(501);
        let found = check(&Tree::of(&[
            ("crates/a/src/long.rs", &long),
            ("crates/a/tests/long.rs", &long),
        ]))
        .unwrap();
        assert_eq!(found.len(), 1);
        assert!(
            found[0]
                .to_string()
                .starts_with("crates/a/src/long.rs: 501 lines")
        );
    }
}
