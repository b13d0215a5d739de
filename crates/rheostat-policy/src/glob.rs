//! Globs over segments: `shop::**`, `tower-http-*/src/trace/*.rs`, `http_*`.

/// A compiled glob and the text it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    text: String,
}

impl Glob {
    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}
