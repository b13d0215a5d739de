//! Tests of enclosing spans that rules ask for: decided once per span callsite.

use std::collections::HashMap;
use std::sync::Arc;

use rheostat_policy::model::Selector;

use crate::callsite::{Callsite, CallsiteKind};
use crate::matcher;

/// The number of a test among those of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TestId(pub(crate) u32);

#[derive(Debug)]
enum SpanTest {
    /// One list of a rule's `within`.
    Within(Vec<Selector>),
    /// `span('NAME')`.
    Named(Arc<str>),
}

/// The tests of a policy.
#[derive(Debug, Default)]
pub(crate) struct SpanTests {
    tests: Vec<SpanTest>,
    named: HashMap<Arc<str>, TestId>,
}

impl SpanTests {
    pub(crate) fn within(&mut self, selectors: &[Selector]) -> TestId {
        self.push(SpanTest::Within(selectors.to_vec()))
    }

    pub(crate) fn named(&mut self, name: &Arc<str>) -> TestId {
        if let Some(known) = self.named.get(name) {
            return *known;
        }
        let id = self.push(SpanTest::Named(name.clone()));
        self.named.insert(name.clone(), id);
        id
    }

    fn push(&mut self, test: SpanTest) -> TestId {
        self.tests.push(test);
        // A policy text is at most 4 MiB, so no policy has that many.
        TestId(u32::try_from(self.tests.len() - 1).unwrap_or(u32::MAX))
    }

    /// The test for `span('NAME')`; every name that a policy spells has one.
    pub(crate) fn of_name(&self, name: &str) -> TestId {
        self.named.get(name).copied().unwrap_or(TestId(u32::MAX))
    }

    pub(crate) fn len(&self) -> usize {
        self.tests.len()
    }

    pub(crate) fn holds(&self, id: TestId, callsite: &Callsite) -> bool {
        if callsite.kind != CallsiteKind::Span {
            return false;
        }
        match self.tests.get(id.0 as usize) {
            Some(SpanTest::Within(selectors)) => selectors
                .iter()
                .any(|selector| matcher::accepts(selector, callsite)),
            Some(SpanTest::Named(name)) => *callsite.name == **name,
            None => false,
        }
    }
}

/// A set of small numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits(Box<[u64]>);

impl Bits {
    /// These, in any order.
    pub(crate) fn with(numbers: impl Iterator<Item = usize>) -> Self {
        let mut words = Vec::new();
        for number in numbers {
            let word = number / 64;
            if word >= words.len() {
                words.resize(word + 1, 0_u64);
            }
            words[word] |= 1 << (number % 64);
        }
        Self(words.into())
    }

    /// Those that are in it, in order.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().enumerate();
        words.flat_map(|(at, word)| {
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| at * 64 + bit)
        })
    }

    #[inline]
    pub(crate) fn has(&self, index: usize) -> bool {
        self.0
            .get(index / 64)
            .is_some_and(|word| word >> (index % 64) & 1 == 1)
    }
}
