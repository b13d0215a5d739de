//! Who may read: the bearer of the token, where there is one.

use std::sync::{Arc, PoisonError, RwLock};

/// The token of an endpoint; it can change while the endpoint serves.
#[derive(Clone, Default)]
pub(super) struct Guard {
    token: Arc<RwLock<Option<Arc<str>>>>,
}

impl Guard {
    pub(super) fn new(token: Option<Arc<str>>) -> Self {
        let guard = Self::default();
        guard.set(token);
        guard
    }

    pub(super) fn set(&self, token: Option<Arc<str>>) {
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// Whether a request with this `Authorization` header may pass.
    pub(super) fn admits(&self, authorization: Option<&[u8]>) -> bool {
        let token = self.token.read().unwrap_or_else(PoisonError::into_inner);
        let Some(token) = &*token else { return true };
        let offered = authorization.and_then(bearer).unwrap_or(b"");
        same(token.as_bytes(), offered)
    }
}

fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = header.split_at_checked(7)?;
    scheme
        .eq_ignore_ascii_case(b"bearer ")
        .then(|| token.trim_ascii())
}

/// Compares in a time that depends on the length of `offered` alone, so that nobody can guess byte by byte.
fn same(token: &[u8], offered: &[u8]) -> bool {
    let mut different = u8::from(token.len() != offered.len()) | u8::from(token.is_empty());
    for (at, byte) in offered.iter().enumerate() {
        let wanted = token.get(at % token.len().max(1)).copied().unwrap_or(0);
        different |= std::hint::black_box(wanted ^ byte);
    }
    different == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_token_everybody_may_read() {
        assert!(Guard::new(None).admits(None));
    }

    #[test]
    fn only_the_whole_token_is_admitted() {
        let guard = Guard::new(Some("s3cret".into()));
        assert!(guard.admits(Some(b"Bearer s3cret")));
        assert!(guard.admits(Some(b"bearer  s3cret ")));
        for wrong in [
            "Bearer s3cre",
            "Bearer s3crets3cret",
            "Bearer ",
            "Basic s3cret",
            "s3cret",
            "",
        ] {
            assert!(!guard.admits(Some(wrong.as_bytes())), "{wrong}");
        }
        assert!(!guard.admits(None));
    }

    #[test]
    fn an_empty_token_admits_nobody() {
        assert!(!Guard::new(Some("".into())).admits(Some(b"Bearer ")));
    }
}
