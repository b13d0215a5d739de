//! Lines that are cut short: a process that is killed while it writes leaves one, and the next one writes the record again.

use super::finding::Place;

/// More of them than this at a time are findings.
const MOST: usize = 64;
/// Of longer ones only the beginning is compared.
const LONGEST: usize = 64 << 10;

/// Lines that nothing explains yet.
#[derive(Debug, Default)]
pub(super) struct Torn(Vec<(Place, Vec<u8>)>);

impl Torn {
    /// Remembers a line; gives one back where there are too many.
    pub(super) fn remember(&mut self, line: &[u8], at: &Place) -> Option<Place> {
        self.0
            .push((at.clone(), line[..line.len().min(LONGEST)].to_vec()));
        (self.0.len() > MOST).then(|| self.0.remove(0).0)
    }

    /// A record came whole: how many of the lines before it are parts of it. It may stand in the next file, which
    /// begins where one is full.
    pub(super) fn comes_again(&mut self, line: &[u8]) -> u64 {
        let before = self.0.len();
        self.0.retain(|(_, part)| !line.starts_with(part));
        (before - self.0.len()) as u64
    }

    /// Where those stand that did not come whole.
    pub(super) fn left(&mut self) -> Vec<Place> {
        self.0.drain(..).map(|(place, _)| place).collect()
    }
}
