//! Suggestions: the known word that a misspelt one was probably meant to be.

/// The candidate nearest to a word, if one is near enough to be worth saying.
///
/// Case does not count as a difference. Of two equally near ones the first
/// wins, so callers list the likelier ones first.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A long "word" is no misspelling, and the distance costs its square.
    if word.is_empty() || word.len() > 128 {
        return None;
    }
    let wanted = word.to_lowercase();
    let length = wanted.chars().count();
    candidates
        .into_iter()
        .filter(|candidate| !candidate.is_empty() && candidate.len() <= 128)
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed(length.max(candidate.chars().count())))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edits between two words; one being the start of the other counts little.
fn distance(left: &str, right: &str) -> usize {
    let edits = strsim::damerau_levenshtein(left, right);
    let (short, long) = if left.len() < right.len() {
        (left, right)
    } else {
        (right, left)
    };
    if short.len() >= 3 && long.starts_with(short) {
        edits.min(1)
    } else {
        edits
    }
}

/// How many edits a word of this many characters may be away.
fn allowed(length: usize) -> usize {
    match length {
        0..=1 => 0,
        2..=4 => 1,
        5..=7 => 2,
        _ => length / 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 6] = ["target", "module", "level", "file", "line", "fields"];

    #[test]
    fn a_misspelt_word_finds_its_neighbour() {
        for (word, meant) in [
            ("tagret", "target"),
            ("targets", "target"),
            ("modul", "module"),
            ("LEVEL", "level"),
            ("lvel", "level"),
            ("field", "fields"),
        ] {
            assert_eq!(closest(word, KEYS), Some(meant), "{word}");
        }
    }

    #[test]
    fn a_start_of_a_word_finds_it() {
        assert_eq!(closest("dur", ["number", "duration"]), Some("duration"));
    }

    #[test]
    fn an_unrelated_word_finds_nothing() {
        for word in ["", "x", "banana", "sink"] {
            assert_eq!(closest(word, KEYS), None, "{word}");
        }
    }

    #[test]
    fn the_first_of_equally_near_ones_wins() {
        assert_eq!(closest("bat", ["cat", "hat"]), Some("cat"));
    }

    #[test]
    fn a_huge_word_is_not_measured() {
        assert_eq!(closest(&"target".repeat(100), KEYS), None);
    }
}
