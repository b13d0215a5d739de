//! What a program's outputs and sinks add to the language: one definition per key.
//!
//! A definition (name, type, default, doc, example) feeds the parser, the JSON
//! Schema, the reference and the command line's help. The tables that the
//! language itself knows (`[defaults]`, `[metrics.NAME]`, …) are described with
//! the same types in `schema/`.

mod words;

/// All actions and sink types that a program links.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vocabulary {
    /// The actions, by name.
    pub actions: Vec<ActionDef>,
    /// The sink types, by name.
    pub sinks: Vec<SinkDef>,
}

/// One action: a key of a rule that an output understands.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionDef {
    /// The key in a rule, such as `count`.
    pub name: &'static str,
    /// One line: what it does.
    pub doc: &'static str,
    /// A rule's line that uses it, which parses.
    pub example: &'static str,
    /// What it acts on when the selector names no kind, and what it can act on at all.
    pub selects: Selects,
    /// The kind of metric it feeds, if it feeds one: then `metric`, `unit` and `labels` are its keys too.
    pub metric: Option<MetricKind>,
    /// Whether it sends records to a sink: then `sink` is its key too, and it takes turns at that sink.
    pub sink: Option<SinkUse>,
    /// Whether `sample`, `every` and `rate` are its keys too.
    pub limits: bool,
    /// Whether `on` is its key too.
    pub phases: bool,
    /// Its own keys.
    pub keys: Vec<KeyDef>,
    /// Marked ² in the specification: checked, then refused.
    pub not_in_this_build: bool,
}

/// What an action acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selects {
    /// Events unless the selector says `span`; spans then.
    EventsFirst,
    /// Spans only.
    Spans,
    /// Events only.
    Events,
    /// Both, unless the selector names a kind.
    Both,
}

/// How an action uses its sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkUse {
    /// What it hands over: the sink must take it.
    pub class: RecordClass,
    /// Where it goes when neither the action nor `[defaults]` names a sink (`stdout`, `stderr`);
    /// absent: the only sink that takes this class, else an error.
    pub default: Option<&'static str>,
}

/// What a sink can be handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordClass {
    /// Raw records of `stream`.
    Events,
    /// Readable lines of `log`.
    Logs,
    /// Rows of metrics.
    Metrics,
    /// Spans of `trace`.
    Spans,
}

/// The kinds of metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// Only goes up.
    Counter,
    /// Goes up and down.
    Gauge,
    /// A distribution.
    Histogram,
}

/// One sink type: a value of `type` in `[sinks.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct SinkDef {
    /// The value of `type`.
    pub name: &'static str,
    /// One line: where records go.
    pub doc: &'static str,
    /// A `[sinks.NAME]` table that uses it, which parses.
    pub example: &'static str,
    /// What it takes.
    pub takes: Vec<RecordClass>,
    /// The `format`s it can write, the default first; empty: `format` is not a key of it.
    pub formats: Vec<&'static str>,
    /// Its own keys.
    pub keys: Vec<KeyDef>,
    /// Marked ² in the specification: checked, then refused.
    pub not_in_this_build: bool,
}

/// One key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyDef {
    /// Its name.
    pub name: &'static str,
    /// What may stand there.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// What holds when it is absent, as the policy would spell it; checked like a written value.
    pub default: Option<&'static str>,
    /// One line: what it says.
    pub doc: &'static str,
    /// A value, as the policy would spell it, which parses.
    pub example: &'static str,
    /// Marked ² in the specification: checked, then refused.
    pub not_in_this_build: bool,
}

/// What may stand at a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A string, expanded.
    Text,
    /// A whole number within bounds, both included.
    Integer(i64, i64),
    /// Any number.
    Float,
    /// `"150us"`.
    Duration,
    /// A duration above zero.
    Period,
    /// `"64KiB"`.
    Size,
    /// `"1000/s"`.
    Rate,
    /// `0.05` or `"1/20"`.
    Ratio,
    /// `"info"`.
    Level,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A path, relative to the policy file's folder.
    Path,
    /// The path of a file that nothing else in the policy writes, relative to the policy file's folder.
    OwnFile,
    /// `"127.0.0.1:9464"`, host and port.
    Address,
    /// An absolute URL.
    Url,
    /// A value of the language; a bare number is one too.
    Value,
    /// A condition of the language.
    Condition,
    /// Text with `{field}` holes.
    Template,
    /// A list of globs over field names.
    FieldGlobs,
    /// A list of values.
    Values,
    /// A table of text to text.
    TextMap,
    /// A secret: `{ env = "X" }` or `{ file = "/run/secrets/x" }`.
    Secret,
    /// The word, which means "off", or else the type: `false | T`.
    OrFalse(Box<Type>),
    /// A table with these keys.
    Table(Vec<KeyDef>),
    /// One of the words; those of the second list are known, but not in this build.
    ChoiceWithLater(&'static [&'static str], &'static [&'static str]),
    /// A list.
    List(Box<Type>),
    /// One, or a list of them.
    OneOrMany(Box<Type>),
    /// The first of these that the spelling fits.
    AnyOf(Vec<Type>),
    /// Tables (or other values) under names that the policy chooses.
    Named(Box<Type>),
    /// Anything; nothing reads it yet.
    Any,
    /// A glob over `::` segments, such as `shop::**`.
    PathGlob,
    /// A glob over the end of a file's path, such as `tower-http-*/src/trace/*.rs`.
    FileGlob,
    /// A glob in which `*` is any run of characters.
    NameGlob,
    /// `41` or `"40..60"`.
    Lines,
    /// `"info"` (and more severe), `"=info"`, or a list of levels.
    LevelSet,
    /// A date and time with its offset from UTC.
    DateTime,
    /// A selector, or the name of one in `[selectors]`.
    Selector,
    /// A value, or the table form: `{ of, map, default, max_values }`.
    Mapped,
    /// Labels of a series: a list of refs and tables, or a table of name to value.
    Labels,
    /// Label names, or closed sets of label values.
    LabelSets,
    /// What is hidden.
    Redactions,
    /// The bounds of a histogram.
    Buckets,
    /// A name that the policy defines in `[sinks]`.
    SinkName,
    /// A name that the policy defines in `[rings]`.
    RingName,
    /// The name of a metric.
    MetricName,
    /// A unit of measure, one of the known ones or free text.
    Unit,
    /// Text as it stands, in which nothing is expanded.
    Raw,
    /// The permissions of a file, three or four octal digits in a string.
    FileMode,
    /// The type, at a key that excludes another one; one of the two must be there.
    EitherOr(&'static str, Box<Type>),
    /// The type, at a key that says nothing without another one.
    Beside(&'static str, Box<Type>),
}

impl KeyDef {
    /// An optional key without a default.
    pub fn new(name: &'static str, ty: Type, doc: &'static str, example: &'static str) -> Self {
        Self {
            name,
            ty,
            required: false,
            default: None,
            doc,
            example,
            not_in_this_build: false,
        }
    }

    /// The same key, which must be there.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same key with a default, as the policy would spell it.
    #[must_use]
    pub fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// The same key, checked and then refused.
    #[must_use]
    pub fn later(mut self) -> Self {
        self.not_in_this_build = true;
        self
    }
}

impl ActionDef {
    /// The key whose value may stand for the whole table: `mark = "NAME"`.
    pub fn short_form(&self) -> Option<&KeyDef> {
        match (self.keys.as_slice(), self.metric, &self.sink) {
            ([only], None, None) if only.ty == Type::Text => Some(only),
            _ => None,
        }
    }
}

impl Vocabulary {
    /// The action of that name.
    pub fn action(&self, name: &str) -> Option<&ActionDef> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// The sink type of that name.
    pub fn sink(&self, name: &str) -> Option<&SinkDef> {
        self.sinks.iter().find(|sink| sink.name == name)
    }

    /// Adds what another vocabulary knows; what both know is kept once.
    pub fn extend(&mut self, other: Self) {
        for action in other.actions {
            if self.action(action.name).is_none() {
                self.actions.push(action);
            }
        }
        for sink in other.sinks {
            if self.sink(sink.name).is_none() {
                self.sinks.push(sink);
            }
        }
    }
}

impl RecordClass {
    /// The word that `only` uses for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Logs => "logs",
            Self::Metrics => "metrics",
            Self::Spans => "spans",
        }
    }
}

impl MetricKind {
    /// The word that `kind` uses for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}
