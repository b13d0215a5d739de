//! One rule: where it looks, when it holds, and what it does.

use std::sync::Arc;
use std::time::Duration;

use super::Action;
use crate::expr::Expr;
use crate::glob::Glob;
use crate::place::Place;

/// The position of a rule in the policy, from 0, disabled ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub u32);

/// One rule, with what its group adds already joined.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its position.
    pub id: RuleId,
    /// Its name; unique, and its identity across edits.
    pub name: Option<Arc<str>>,
    /// Where it stands.
    pub place: Place,
    /// `enabled`, of the rule and of its group.
    pub enabled: bool,
    /// What it matches: every inner list (the group's, the rule's) must have one selector that holds.
    pub matches: Vec<Vec<Selector>>,
    /// What it leaves out: no selector may hold.
    pub excepts: Vec<Selector>,
    /// Every inner list demands an enclosing span (or self) that one of its selectors accepts.
    /// The last one is the rule's own and decides what `@span` and `@elapsed` mean.
    pub within: Vec<Vec<Selector>>,
    /// What must hold per record: the group's and the rule's, and-ed.
    pub condition: Option<Expr>,
    /// What it does, in file order.
    pub actions: Vec<Action>,
    /// What later rules do not see.
    pub drop: Option<Drop>,
    /// What is shed first.
    pub priority: Priority,
    /// Whether it only counts what it would do.
    pub shadow: bool,
    /// When it ends by itself.
    pub ends: Option<Ends>,
    /// A digest of what the rule says, places aside: `for` starts anew when it changes.
    pub contents: u64,
}

impl Rule {
    /// The name a person knows it by: its name, or `rule N` (from 1).
    pub fn shown_name(&self) -> String {
        match &self.name {
            Some(name) => name.to_string(),
            None => format!("rule {}", self.id.0 + 1),
        }
    }
}

/// A static test of a callsite; every part must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selector {
    /// `span` and `event` in one: the kinds it accepts, and the globs over their name.
    pub kinds: Kinds,
    /// `target`: any of.
    pub target: Vec<Glob>,
    /// `module`: any of.
    pub module: Vec<Glob>,
    /// `level`.
    pub level: LevelTest,
    /// `file`: any of, matched at the end of the path.
    pub file: Vec<Glob>,
    /// `line`: any of.
    pub line: Vec<LineTest>,
    /// `fields = ["a"]`: every one is declared.
    pub fields: Vec<Glob>,
    /// `fields = ["!c"]`: none is declared.
    pub not_fields: Vec<Glob>,
    /// Where it stands.
    pub place: Place,
}

/// The kinds of callsite a selector accepts.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Kinds {
    /// It does not say: each action selects its own.
    #[default]
    Unsaid,
    /// Spans whose name one of these accepts (`*` is any run of characters).
    Spans(Vec<Glob>),
    /// Events whose name one of these accepts.
    Events(Vec<Glob>),
}

/// The five levels, the most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// `error`
    Error,
    /// `warn`
    Warn,
    /// `info`
    Info,
    /// `debug`
    Debug,
    /// `trace`
    Trace,
}

impl Level {
    /// All five, the most severe first.
    pub const ALL: [Self; 5] = [
        Self::Error,
        Self::Warn,
        Self::Info,
        Self::Debug,
        Self::Trace,
    ];

    /// The lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// A set of levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelTest([bool; 5]);

impl LevelTest {
    /// Exactly these levels.
    pub fn of(levels: impl IntoIterator<Item = Level>) -> Self {
        let mut set = [false; 5];
        for level in levels {
            set[level as usize] = true;
        }
        Self(set)
    }

    /// This level and the more severe ones.
    pub fn at_least(level: Level) -> Self {
        Self::of(Level::ALL.into_iter().filter(|other| *other <= level))
    }

    /// Whether the level is in the set.
    pub fn accepts(self, level: Level) -> bool {
        self.0[level as usize]
    }
}

impl Default for LevelTest {
    /// Every level.
    fn default() -> Self {
        Self([true; 5])
    }
}

/// `line = 41` or `line = "40..60"`, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTest {
    /// The first line.
    pub first: u32,
    /// The last line.
    pub last: u32,
}

/// What later rules do not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drop {
    /// The record.
    All,
    /// The record, as far as these actions go.
    Actions(Vec<&'static str>),
}

/// What is shed first when a budget is exceeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// First.
    Low,
    /// Unless said otherwise.
    #[default]
    Normal,
    /// Late.
    High,
    /// Never.
    Critical,
}

/// When a rule ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// This long after this process first applied the rule with these contents.
    After(Duration),
    /// At this moment, in nanoseconds since the Unix epoch.
    At(i128),
}
