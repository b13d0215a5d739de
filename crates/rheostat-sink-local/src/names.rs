//! Names and tags as protocols take them.
//!
//! What would break a line is replaced by `_`, what is too long is cut. So that
//! two texts never become one in silence, a text that was changed ends in a hash
//! of what it was: it has the same name in every process and after every start.

/// A piece of a name: letters, digits, `_` and `-`.
pub(crate) fn segment(text: &str, out: &mut Vec<u8>) {
    let fits = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-');
    mend(text, fits, out);
}

/// The value of a tag: all but what ends it, or a line, or is none of a terminal's business.
pub(crate) fn tag_value(text: &str, out: &mut Vec<u8>) {
    let fits =
        |char: char| !char.is_control() && !matches!(char, '|' | ',' | ':' | '#' | '@' | ';');
    mend(text, fits, out);
}

/// A word of printable ASCII, of at most so many characters, without any of these.
pub(crate) fn word(text: &str, longest: usize, without: &str, out: &mut Vec<u8>) {
    let fits = |char: char| char.is_ascii_graphic() && !without.contains(char);
    let start = out.len();
    if text.len() <= longest {
        mend(text, fits, out);
    }
    if text.len() > longest || out.len() > start + longest {
        out.truncate(start);
        let room = longest.saturating_sub(HASH);
        let kept = text.chars().take(room);
        out.extend(kept.map(|char| if fits(char) { char as u8 } else { b'_' }));
        end(text, out);
    }
}

/// How long the hash is that ends a changed text, with what stands before it.
const HASH: usize = 9;

fn end(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("-{:08x}", hash(text)).as_bytes());
}

fn mend(text: &str, fits: impl Fn(char) -> bool, out: &mut Vec<u8>) {
    if !text.is_empty() && text.chars().all(&fits) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut room = [0; 4];
    for char in text.chars() {
        let char = if fits(char) { char } else { '_' };
        out.extend_from_slice(char.encode_utf8(&mut room).as_bytes());
    }
    end(text, out);
}

/// FNV-1a, which never changes: a name must be the same tomorrow.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> String {
        let mut out = Vec::new();
        segment(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        assert_eq!(mended("http_requests-2"), "http_requests-2");
    }

    #[test]
    fn texts_that_would_become_one_stay_apart() {
        let all = ["a.b", "a:b", "a|b", "a_b", "a\nb", "", "-"];
        let names: std::collections::BTreeSet<_> = all.iter().map(|text| mended(text)).collect();
        assert_eq!(names.len(), all.len(), "{names:?}");
        assert!(mended("a.b").starts_with("a_b-"));
    }

    #[test]
    fn a_name_is_the_same_in_every_process() {
        assert_eq!(mended("/orders"), "_orders-1bee2c1f");
    }

    #[test]
    fn a_word_is_never_longer_than_it_may_be() {
        let worded = |text: &str| {
            let mut out = Vec::new();
            word(text, 32, "=]\"", &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(worded("user.id"), "user.id");
        assert!(worded("a=b").starts_with("a_b-"));
        let (one, other) = ("x".repeat(40), "x".repeat(41));
        assert_eq!(worded(&one).len(), 32);
        assert_ne!(worded(&one), worded(&other));
        assert_eq!(worded(&format!("{} y", "x".repeat(29))).len(), 32);
    }

    #[test]
    fn a_tag_value_keeps_all_that_does_no_harm() {
        let mut out = Vec::new();
        tag_value("GET /größe?x=1", &mut out);
        assert_eq!(out, "GET /größe?x=1".as_bytes());
        out.clear();
        tag_value("a,b|c", &mut out);
        assert!(out.starts_with(b"a_b_c-"));
    }
}
