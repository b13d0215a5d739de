//! A Rust file as tokens with their lines, so that rules are not fooled by
//! comments and strings.

use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::tree::TextFile;
use crate::Failure;

/// A Rust file, taken apart.
pub(crate) struct Source<'a> {
    /// From the top of the tree.
    pub(crate) path: &'a str,
    /// The text as it stands.
    pub(crate) text: &'a str,
    /// Every token, doc comments as attributes.
    pub(crate) tokens: TokenStream,
}

impl<'a> Source<'a> {
    /// Takes the file apart.
    pub(crate) fn read(file: &'a TextFile) -> Result<Self, Failure> {
        let tokens = TokenStream::from_str(&file.text)
            .map_err(|error| Failure::new(format!("{} is not Rust: {error}", file.path)))?;
        Ok(Self {
            path: &file.path,
            text: &file.text,
            tokens,
        })
    }

    /// Whether the whole file is compiled for tests only.
    pub(crate) fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or(self.path);
        self.path.contains("/tests/") || name == "tests.rs" || name.ends_with("_tests.rs")
    }
}

/// Whether the tokens from `at` begin an attribute; if so, what is between its brackets.
pub(crate) fn attribute(tokens: &[TokenTree], at: usize) -> Option<Attribute> {
    let TokenTree::Punct(hash) = tokens.get(at)? else {
        return None;
    };
    if hash.as_char() != '#' {
        return None;
    }
    let inner = matches!(tokens.get(at + 1), Some(TokenTree::Punct(bang)) if bang.as_char() == '!');
    let group_at = if inner { at + 2 } else { at + 1 };
    match tokens.get(group_at)? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => Some(Attribute {
            content: group.stream(),
            length: group_at + 1 - at,
        }),
        _ => None,
    }
}

/// `#[..]` or `#![..]`.
pub(crate) struct Attribute {
    /// What is between the brackets.
    pub(crate) content: TokenStream,
    /// How many tokens it takes.
    pub(crate) length: usize,
}

impl Attribute {
    /// Whether its first word is this one.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self.content.clone().into_iter().next(), Some(TokenTree::Ident(first)) if first == name)
    }

    /// Whether it is `cfg(test)`, or a `cfg` that needs `test` among others.
    pub(crate) fn is_cfg_test(&self) -> bool {
        self.is("cfg")
            && mentions(self.content.clone(), "test")
            && !mentions(self.content.clone(), "not")
    }
}

/// Whether the word occurs anywhere in the tokens.
pub(crate) fn mentions(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// How many tokens the item takes that begins at `at`: to its body or its semicolon.
pub(crate) fn item_length(tokens: &[TokenTree], at: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    };
    let rest = tokens.get(at..).unwrap_or_default();
    rest.iter().position(ends).map_or(rest.len(), |end| end + 1)
}
