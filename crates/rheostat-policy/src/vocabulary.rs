//! What a program's outputs and sinks add to the language: one definition per key.
//!
//! A definition (name, type, default, doc, example) feeds the parser, the JSON
//! Schema, the reference and the command line's help. The tables that the
//! language itself knows (`[defaults]`, `[metrics.NAME]`, …) are described with
//! the same types in `schema/`.

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
}
