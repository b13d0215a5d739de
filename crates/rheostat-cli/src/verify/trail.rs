//! All chains of a trail, and how one goes on from another.
//!
//! What it remembers is bounded: the last hashes, the runs of missing records,
//! the chains, the first findings. Files are read once, from front to back.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::chain::Chain;
use super::finding::{Finding, Place, What};
use super::line::{Hash, Line, Link};
use super::torn::Torn;
use super::window;

/// More findings than this are only counted.
const MOST_FINDINGS: usize = 1_000;

/// The trail as it was read so far.
#[derive(Debug, Default)]
pub(super) struct Trail {
    pub(super) chains: BTreeMap<u64, Chain>,
    /// Chains that go on from a record that was not seen yet.
    unattached: Vec<(u64, Hash)>,
    /// Hashes that are known to be the end of what is not here.
    after: Vec<Hash>,
    /// Hashes that have to come.
    heads: Vec<Hash>,
    torn: Torn,
    /// Records that were put aside.
    aside: BTreeMap<(u64, u64), (Link, Place)>,
    pub(super) findings: Vec<Finding>,
    /// All findings, those too that are not kept.
    pub(super) wrong: u64,
    /// Records that came again, as the same.
    pub(super) repeated: u64,
    /// Records that were put aside in a dead-letter file.
    pub(super) put_aside: u64,
    /// Lines of records in no chain, and of gaps.
    pub(super) plain: u64,
    /// Parts of lines that a killed process left and that came again whole.
    pub(super) cut_short: u64,
}

impl Trail {
    /// Nothing of it was read; it goes on from one of these hashes where it does not begin here, and holds those.
    pub(super) fn new(after: Vec<Hash>, heads: Vec<Hash>) -> Self {
        Self {
            after,
            heads,
            ..Self::default()
        }
    }

    /// Takes the next line, without its line feed.
    pub(super) fn line(&mut self, line: &[u8], at: &Place) {
        match Line::read(line) {
            Line::Whole(link) => {
                self.cut_short += self.torn.comes_again(line);
                self.whole(&link, at);
            }
            Line::PutAside(link) => self.aside(link, at),
            Line::Altered(link) => self.altered(&link, at),
            Line::Plain => self.plain += 1,
            Line::Respelled => self.find(at, None, What::Respelled),
            Line::Foreign => {
                if let Some(too_many) = self.torn.remember(line, at) {
                    self.find(&too_many, None, What::Foreign);
                }
            }
        }
    }

    pub(super) fn whole(&mut self, link: &Link, at: &Place) {
        self.heads.retain(|head| *head != link.hash);
        let begins = link.seq == 0 && self.chains.get(&link.chain).is_none_or(Chain::lacks_first);
        let most = self.most();
        let is_known_before = self.after.contains(&link.prev);
        let chain = self.chains.entry(link.chain);
        let is_new = matches!(chain, Entry::Vacant(_));
        let chain = chain.or_insert_with(|| match is_known_before {
            true => Chain::from(link.seq, at),
            false => Chain::new(at),
        });
        let mut surplus = false;
        let wrong = if link.seq >= chain.window.next() {
            surplus = chain.is_continued;
            chain.advance(link, at, most)
        } else {
            match chain.late(link) {
                Ok(()) => {
                    self.repeated += 1;
                    None
                }
                Err(what) => Some(what),
            }
        };
        let missing = chain.missing(false);
        self.find_all(link.chain, missing);
        if let Some(what) = wrong {
            self.find(at, Some(link.chain), what);
        }
        if surplus {
            self.find(at, Some(link.chain), What::Surplus { seq: link.seq });
        }
        if begins {
            self.begin(link);
        }
        // Each may remember half as much from here on.
        if is_new && (self.chains.len() - 1).is_power_of_two() {
            let most = self.most();
            self.chains
                .values_mut()
                .for_each(|chain| chain.window.shrink(most));
        }
    }

    /// A record from a dead-letter file stands in no order with the others: it is looked at when they are known.
    fn aside(&mut self, link: Link, at: &Place) {
        self.put_aside += 1;
        self.heads.retain(|head| *head != link.hash);
        self.aside
            .insert((link.chain, link.seq), (link, at.clone()));
        if self.aside.len() > window::MOST {
            self.fill_in();
        }
    }

    fn fill_in(&mut self) {
        for ((id, seq), (link, at)) in std::mem::take(&mut self.aside) {
            let next = self.chains.get(&id).map(|chain| chain.window.next());
            if next.is_none_or(|next| seq >= next) {
                self.whole(&link, &at);
                continue;
            }
            let chain = self.chains.get_mut(&id);
            match chain.map(|chain| chain.late(&link)) {
                Some(Err(what)) if what != (What::OutOfOrder { seq }) => {
                    self.find(&at, Some(id), what)
                }
                _ => {}
            }
            if seq == 0 {
                self.begin(&link);
            }
        }
    }

    fn altered(&mut self, link: &Link, at: &Place) {
        let most = self.most();
        let chain = self.chains.get_mut(&link.chain);
        match chain {
            Some(chain) if link.seq == chain.window.next() => {
                chain.advance_unknown(link.seq, at, most)
            }
            Some(chain) => chain.occupy(link.seq),
            // Its name may be what was altered.
            None => {}
        }
        self.find(at, Some(link.chain), What::Altered { seq: link.seq });
    }

    /// The first record of a chain says what it goes on from.
    fn begin(&mut self, link: &Link) {
        if link.prev == [0; 32] || self.after.contains(&link.prev) {
            return;
        }
        if !self.attach(link.chain, &link.prev)
            && !self.unattached.contains(&(link.chain, link.prev))
        {
            self.unattached.push((link.chain, link.prev));
        }
    }

    /// Finds the record that a chain goes on from; false where it is not there.
    fn attach(&mut self, new: u64, hash: &Hash) -> bool {
        let mut others: Vec<(u64, &mut Chain)> = self
            .chains
            .iter_mut()
            .filter(|(id, _)| **id != new)
            .map(|(id, chain)| (*id, chain))
            .collect();
        // Nearly always it is the last one of a chain; the others are looked through only where not.
        if let Some((_, chain)) = others
            .iter_mut()
            .find(|(_, chain)| chain.tip() == Some(*hash))
        {
            chain.is_continued = true;
            return true;
        }
        let within = |(id, chain): &mut (u64, &mut Chain)| {
            let seq = chain.window.find(hash)?;
            chain.is_continued = true;
            Some((chain.last.clone(), *id, seq + 1))
        };
        if let Some((at, id, seq)) = others.iter_mut().find_map(within) {
            self.find(&at, Some(id), What::Surplus { seq });
            return true;
        }
        // A last one that was altered, which was said: only this tells what it was.
        let altered = |chain: &Chain| chain.tip().is_none() && !chain.is_continued;
        let last = others.iter_mut().find(|(_, chain)| altered(chain));
        if let Some((_, chain)) = last {
            chain.learn_tip(*hash);
            chain.is_continued = true;
            return true;
        }
        false
    }

    /// Everything was read: what did not come is missing.
    pub(super) fn end(&mut self, at: &Place) {
        let aside: Vec<Hash> = self.aside.values().map(|(link, _)| link.hash).collect();
        self.fill_in();
        for (id, hash) in std::mem::take(&mut self.unattached) {
            let began = self
                .chains
                .get(&id)
                .map_or_else(|| at.clone(), |chain| chain.began.clone());
            if self.attach(id, &hash) {
                // The files were read in another order than they were written in.
                if !aside.contains(&hash) {
                    self.find(&began, Some(id), What::OutOfOrder { seq: 0 });
                }
            } else {
                self.find(&began, Some(id), What::BeginningMissing { hash });
            }
        }
        let chains: Vec<u64> = self.chains.keys().copied().collect();
        for id in chains {
            let missing = self.chains.get_mut(&id).map(|chain| chain.missing(true));
            self.find_all(id, missing.unwrap_or_default());
        }
        for torn in self.torn.left() {
            self.find(&torn, None, What::Foreign);
        }
        for hash in std::mem::take(&mut self.heads) {
            self.find(at, None, What::HeadMissing { hash });
        }
    }

    /// How many hashes one chain may remember.
    fn most(&self) -> usize {
        window::MOST / self.chains.len().max(1).next_power_of_two()
    }

    fn find_all(&mut self, chain: u64, found: Vec<(Place, What)>) {
        for (at, what) in found {
            self.find(&at, Some(chain), what);
        }
    }

    pub(super) fn find(&mut self, at: &Place, chain: Option<u64>, what: What) {
        self.wrong += 1;
        if self.findings.len() < MOST_FINDINGS {
            let at = at.clone();
            self.findings.push(Finding { at, chain, what });
        }
    }
}
