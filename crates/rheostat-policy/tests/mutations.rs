//! Fixtures cut, doubled and mixed at random: nothing makes the check panic.
//!
//! The fuzzer of `cargo xtask fuzz` goes further; this is its first minute,
//! the same at every run.

use rheostat_policy::fuzz::fuzz_policy;

const ROUNDS: usize = 3_000;

/// What a mutation may insert: the words and marks of the language.
const WORDS: [&str; 40] = [
    "[[rules]]\n",
    "[rules.count]\n",
    "[sinks.a]\n",
    "[metrics.a]\n",
    "[selectors]\n",
    "match = ",
    "where = ",
    "labels = ",
    "{ ",
    " }",
    "[",
    "]",
    "\"",
    "'",
    "'''",
    "\"\"\"",
    "\\u00e9",
    "é",
    "${",
    "}",
    " and ",
    " not ",
    "@duration",
    "@open",
    "| class",
    "= ",
    "\n",
    ", ",
    "0",
    "-1",
    "nan",
    "1h30m",
    "\"${NAME}\"",
    "= [",
    "= {}",
    "true",
    "group = \"a\"\n",
    "span = \"*\"",
    "1979-05-27T07:32:00Z",
    "\u{feff}",
];

/// A small generator, so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (bound.max(1) as u64)).unwrap_or(0)
    }
}

fn fixtures() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).expect("a fixture can be read"))
        .filter(|bytes| bytes.len() < 2_000)
        .collect()
}

fn mutated(random: &mut Random, mut text: Vec<u8>, other: &[u8]) -> Vec<u8> {
    let from = random.below(text.len());
    let to = (from + random.below(12)).min(text.len());
    match random.below(5) {
        0 => drop(text.drain(from..to)),
        1 => {
            let again = text[from..to].to_vec();
            text.splice(from..from, again);
        }
        2 => {
            let word = WORDS[random.below(WORDS.len())];
            text.splice(from..to, word.bytes());
        }
        3 => {
            let start = random.below(other.len());
            let end = (start + random.below(60)).min(other.len());
            text.splice(from..from, other[start..end].iter().copied());
        }
        _ => text.extend_from_slice(other),
    }
    text
}

#[test]
fn no_mutation_of_a_fixture_makes_the_check_panic() {
    let fixtures = fixtures();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..ROUNDS {
        let mut text = fixtures[random.below(fixtures.len())].clone();
        for _ in 0..=random.below(3) {
            let other = &fixtures[random.below(fixtures.len())];
            text = mutated(&mut random, text, other);
        }
        fuzz_policy(&text);
    }
}
