//! Random programs: spans that open, nest, record and close, events among them, and time that passes.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::world::{Parent, Recorded, Site, Step};

const TEXTS: &[&str] = &[
    "acme",
    "Zeta",
    "5ms",
    "1.5s",
    "1h 30m",
    "12 μs",
    "42",
    " 7 ",
    "1e3",
    ".5",
    "200 OK",
    "12.5MB",
    "Some(4)",
    "Some(\"acme\")",
    "None",
    "\"acme\"",
    "\"5\"",
    "a=1;b=2",
    "ERROR",
    "",
];

/// A value for a field.
pub(super) fn recorded() -> impl Strategy<Value = Recorded> {
    prop_oneof![
        1 => Just(Recorded::Empty),
        1 => any::<bool>().prop_map(Recorded::Bool),
        3 => select(vec![-3i64, 0, 1, 5, 5, 42, 200, 404, i64::MAX]).prop_map(Recorded::I64),
        3 => select(vec![0u64, 1, 5, 5, 42, 200, 503, u64::MAX]).prop_map(Recorded::U64),
        1 => select(vec![i128::MIN, -1, 5, i128::MAX]).prop_map(Recorded::I128),
        1 => select(vec![0u128, 5, u128::MAX]).prop_map(Recorded::U128),
        3 => select(vec![0.0, -0.5, 0.25, 5.0, 42.5, f64::NAN, f64::INFINITY])
            .prop_map(Recorded::F64),
        4 => select(TEXTS).prop_map(|text| Recorded::Text(text.to_owned())),
        4 => select(TEXTS).prop_map(|text| Recorded::Formatted(text.to_owned())),
        1 => select(TEXTS).prop_map(|text| Recorded::Error(text.to_owned())),
        1 => Just(Recorded::Bytes(b"acme".to_vec())),
    ]
}

/// A step before it is known which callsites and spans there are.
#[derive(Clone, Debug)]
enum Draft {
    Open(Index, Whose, Vec<(Index, Recorded)>),
    Enter(Index),
    Exit(Index),
    Record(Index, Vec<(Index, Recorded)>),
    Close(Index),
    Event(Index, Whose, Vec<(Index, Recorded)>),
    Wait(u64),
}

#[derive(Clone, Debug)]
enum Whose {
    Context,
    Root,
    Of(Index),
}

fn whose() -> impl Strategy<Value = Whose> {
    prop_oneof![
        6 => Just(Whose::Context),
        1 => Just(Whose::Root),
        2 => any::<Index>().prop_map(Whose::Of),
    ]
}

fn values() -> impl Strategy<Value = Vec<(Index, Recorded)>> {
    prop::collection::vec((any::<Index>(), recorded()), 0..5)
}

fn draft() -> impl Strategy<Value = Draft> {
    let waits = vec![1_000u64, 1_000_000, 5_000_000, 200_000_000, 1_500_000_000];
    prop_oneof![
        4 => (any::<Index>(), whose(), values()).prop_map(|(s, p, v)| Draft::Open(s, p, v)),
        5 => any::<Index>().prop_map(Draft::Enter),
        3 => any::<Index>().prop_map(Draft::Exit),
        2 => (any::<Index>(), values()).prop_map(|(s, v)| Draft::Record(s, v)),
        2 => any::<Index>().prop_map(Draft::Close),
        6 => (any::<Index>(), whose(), values()).prop_map(|(s, p, v)| Draft::Event(s, p, v)),
        3 => select(waits).prop_map(Draft::Wait),
    ]
}

/// The steps of a program over these callsites.
pub(crate) fn steps(sites: &'static [Site]) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(draft(), 1..28).prop_map(move |drafts| {
        let mut settled = Settled::new(sites);
        drafts.into_iter().for_each(|draft| settled.add(draft));
        settled.end()
    })
}

/// Steps over existing callsites and open spans; what cannot be done is left out.
struct Settled {
    sites: &'static [Site],
    steps: Vec<Step>,
    /// The callsite of each span.
    spans: Vec<usize>,
    open: Vec<usize>,
    entered: Vec<usize>,
}

impl Settled {
    fn new(sites: &'static [Site]) -> Self {
        Self {
            sites,
            steps: Vec::new(),
            spans: Vec::new(),
            open: Vec::new(),
            entered: Vec::new(),
        }
    }

    fn add(&mut self, draft: Draft) {
        match draft {
            Draft::Open(site, whose, values) => {
                let site = self.site(site, true);
                let parent = self.parent(whose);
                self.open.push(self.spans.len());
                self.spans.push(site);
                self.steps.push(Step::Open {
                    site,
                    parent,
                    values: self.fields(site, values),
                });
            }
            Draft::Event(site, whose, values) => {
                let site = self.site(site, false);
                let parent = self.parent(whose);
                self.steps.push(Step::Event {
                    site,
                    parent,
                    values: self.fields(site, values),
                });
            }
            Draft::Exit(index) if !self.entered.is_empty() => {
                let span = self.entered.remove(index.index(self.entered.len()));
                self.steps.push(Step::Exit(span));
            }
            Draft::Wait(nanoseconds) => self.steps.push(Step::Wait(nanoseconds)),
            Draft::Enter(index) | Draft::Close(index) | Draft::Record(index, _)
                if !self.open.is_empty() =>
            {
                let span = *index.get(&self.open);
                self.add_to_span(span, draft);
            }
            _ => {}
        }
    }

    fn add_to_span(&mut self, span: usize, draft: Draft) {
        let is_entered = self.entered.contains(&span);
        match draft {
            Draft::Enter(_) if !is_entered => {
                self.entered.push(span);
                self.steps.push(Step::Enter(span));
            }
            Draft::Close(_) if !is_entered => {
                self.open.retain(|other| *other != span);
                self.steps.push(Step::Close(span));
            }
            Draft::Record(_, values) => {
                let values = self.fields(self.spans[span], values);
                self.steps.push(Step::Record { span, values });
            }
            _ => {}
        }
    }

    /// Everything is left and closed at the end.
    fn end(self) -> Vec<Step> {
        let mut steps = self.steps;
        steps.extend(self.entered.into_iter().rev().map(Step::Exit));
        steps.extend(self.open.into_iter().rev().map(Step::Close));
        steps
    }

    fn site(&self, index: Index, is_span: bool) -> usize {
        let all = 0..self.sites.len();
        let of_kind: Vec<usize> = all
            .filter(|site| self.sites[*site].is_span == is_span)
            .collect();
        *index.get(&of_kind)
    }

    fn parent(&self, whose: Whose) -> Parent {
        match whose {
            Whose::Of(index) if !self.open.is_empty() => Parent::Of(*index.get(&self.open)),
            Whose::Root => Parent::Root,
            _ => Parent::Context,
        }
    }

    /// At most one value per declared field.
    fn fields(&self, site: usize, values: Vec<(Index, Recorded)>) -> Vec<(usize, Recorded)> {
        let mut chosen: Vec<(usize, Recorded)> = Vec::new();
        for (index, value) in values {
            let field = index.index(self.sites[site].fields.len());
            if !chosen.iter().any(|(other, _)| *other == field) {
                chosen.push((field, value));
            }
        }
        chosen
    }
}
