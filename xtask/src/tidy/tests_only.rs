//! Tests do not sleep, are not ignored, and say what they expect.
//!
//! A sleep is allowed in one place: in the body of a `while` or a `loop`, which
//! looks for something again and again.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::finding::Finding;
use super::source::{Source, attribute, item_length};
use super::tree::Tree;
use crate::Failure;

/// Looks at test files whole, and at the test modules of the others.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for source in tree.sources()? {
        let test = source.is_test();
        look(&source, source.tokens.clone(), test, false, &mut findings);
    }
    Ok(findings)
}

fn look(
    source: &Source<'_>,
    tokens: TokenStream,
    test: bool,
    looped: bool,
    findings: &mut Vec<Finding>,
) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    // Whether the next block is the body of a loop.
    let mut body_of_loop = false;
    while let Some(token) = tokens.get(at) {
        if let Some(attribute) = attribute(&tokens, at) {
            let line = token.span().start().line;
            for (word, instead) in [
                (
                    "ignore",
                    "a test that is not run is no test: delete it or make it fast",
                ),
                (
                    "should_panic",
                    "say what goes wrong: return or catch it and compare",
                ),
            ] {
                if attribute.is(word) {
                    findings.push(Finding::at(
                        source.path,
                        line,
                        format!("`{word}`: {instead}"),
                    ));
                }
            }
            at += attribute.length;
            if attribute.is_cfg_test() {
                let end = at + item_length(&tokens, at);
                let item = tokens[at..end.min(tokens.len())].iter().cloned().collect();
                look(source, item, true, looped, findings);
                at = end;
            }
            continue;
        }
        match token {
            TokenTree::Ident(word) if word == "while" || word == "loop" => body_of_loop = true,
            TokenTree::Ident(word)
                if word == "sleep" && is_call(tokens.get(at + 1)) && test && !looped =>
            {
                let line = word.span().start().line;
                findings.push(Finding::at(
                    source.path,
                    line,
                    "a test sleeps: wait for a condition with a deadline, in a loop",
                ));
            }
            TokenTree::Group(group) => {
                let body = body_of_loop && group.delimiter() == Delimiter::Brace;
                look(source, group.stream(), test, looped || body, findings);
                body_of_loop &= !body;
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
}

fn is_call(next: Option<&TokenTree>) -> bool {
    matches!(next, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).unwrap().len()
    }

    #[test]
    fn a_sleep_is_found_in_tests_only() {
        let sleeps = "fn a() { std::thread::sleep(b); }";
        assert_eq!(count("crates/x/src/a.rs", sleeps), 0);
        assert_eq!(count("crates/x/tests/a.rs", sleeps), 1);
        assert_eq!(
            count(
                "crates/x/src/b.rs",
                &format!("#[cfg(test)] mod tests {{ {sleeps} }}")
            ),
            1
        );
    }

    #[test]
    fn a_loop_may_sleep_between_two_looks() {
        let waits = "fn a() { while look(|| { x }) { if y { sleep(b); } } sleep(c); }";
        assert_eq!(count("crates/x/tests/a.rs", waits), 1);
        assert_eq!(
            count(
                "crates/x/tests/a.rs",
                "fn a() { loop { match b { c => sleep(d) } } }"
            ),
            0
        );
    }

    #[test]
    fn ignored_tests_are_found_everywhere() {
        let attribute = format!("#[{}]", "ignore");
        assert_eq!(
            count(
                "crates/x/src/a.rs",
                &format!("#[test] {attribute} fn a() {{}}")
            ),
            1
        );
    }
}
