//! What is wrong with a trail, and where.

use std::sync::Arc;

use serde_json::{Value, json};

use super::line::{Hash, hex};

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: Arc<str>,
    /// From 1 on.
    pub(super) line: u64,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) at: Place,
    pub(super) chain: Option<u64>,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// These records are nowhere; they belong before the place.
    Missing {
        from: u64,
        to: u64,
        /// The hash of the last of them, where they are all that came before.
        hash: Option<Hash>,
    },
    /// What the chain goes on from is nowhere.
    BeginningMissing { hash: Hash },
    /// The record whose hash was asked for is nowhere.
    HeadMissing { hash: Hash },
    /// The line is not as it was written.
    Altered { seq: u64 },
    /// It is as it was written, but the one before it, as it stands here, is not the one it was written behind.
    Replaced { seq: u64 },
    /// Another record has its place.
    Second { seq: u64 },
    /// It comes later than it should.
    OutOfOrder { seq: u64 },
    /// It comes again, so long after that nobody knows whether it is the same.
    TooLate { seq: u64 },
    /// It stands behind the record that another chain goes on from.
    Surplus { seq: u64 },
    /// Its JSON is spelled in another way.
    Respelled,
    /// It is no record.
    Foreign,
}

impl What {
    /// A word for programs.
    fn kind(&self) -> &'static str {
        match self {
            Self::Missing { .. } | Self::BeginningMissing { .. } | Self::HeadMissing { .. } => {
                "missing"
            }
            Self::Altered { .. } => "altered",
            Self::Replaced { .. } | Self::Second { .. } => "replaced",
            Self::OutOfOrder { .. } => "out_of_order",
            Self::TooLate { .. } => "repeated_too_late",
            Self::Surplus { .. } => "surplus",
            Self::Respelled => "respelled",
            Self::Foreign => "foreign",
        }
    }

    fn records(&self) -> Option<(u64, u64)> {
        match self {
            Self::Missing { from, to, .. } => Some((*from, *to)),
            Self::Altered { seq }
            | Self::Replaced { seq }
            | Self::Second { seq }
            | Self::OutOfOrder { seq }
            | Self::TooLate { seq }
            | Self::Surplus { seq } => Some((*seq, *seq)),
            Self::BeginningMissing { .. }
            | Self::HeadMissing { .. }
            | Self::Respelled
            | Self::Foreign => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Missing { from, to, hash } => {
                let records = match from == to {
                    true => format!("record {from} is missing before this line"),
                    false => format!("records {from} to {to} are missing before this line"),
                };
                let on_purpose = |hash: &Hash| {
                    format!("{records}; if all before it is gone on purpose, say `--after {}`", hex(hash))
                };
                hash.as_ref().map_or_else(|| records.clone(), on_purpose)
            }
            Self::BeginningMissing { hash } => format!(
                "what comes before is missing: it ends with the record of hash {}; \
                 give the files that hold it, or say `--after` that hash if they are gone on purpose",
                hex(hash)
            ),
            Self::HeadMissing { hash } => format!("the record of hash {} is missing: the end is cut off, or the hash is of another trail", hex(hash)),
            Self::Altered { seq } => format!("record {seq} was altered: its hash is not that of the line"),
            Self::Replaced { seq } => format!("record {seq} was not written behind the one that stands before it: that one or this one was replaced"),
            Self::Second { seq } => format!("another record {seq} came before: one of the two was put in"),
            Self::OutOfOrder { seq } => format!("record {seq} is out of order: later ones stand before it"),
            Self::TooLate { seq } => format!("record {seq} comes again so late that nothing tells whether it is the same"),
            Self::Surplus { seq } => format!("record {seq} stands behind the record that the next chain goes on from: it was put in, or a power cut took it from the spool after it was delivered"),
            Self::Respelled => "the record is in a chain, but its JSON is spelled in another way than it was delivered, so nothing can be verified".to_owned(),
            Self::Foreign => "this is no record: altered, or cut short".to_owned(),
        }
    }

    /// For programs.
    fn json(&self, finding: &Finding) -> Value {
        json!({
            "kind": self.kind(),
            "file": &*finding.at.file,
            "line": finding.at.line,
            "chain": finding.chain.map(|chain| format!("{chain:016x}")),
            "from": self.records().map(|(from, _)| from),
            "to": self.records().map(|(_, to)| to),
            "text": self.text(),
        })
    }
}

impl Finding {
    /// For programs.
    pub(super) fn json(&self) -> Value {
        self.what.json(self)
    }
}

/// `audit.jsonl:12: chain 00f067aa0ba902b7: record 11 is missing before this line`
impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: ", self.at.file, self.at.line)?;
        if let Some(chain) = self.chain {
            write!(f, "chain {chain:016x}: ")?;
        }
        f.write_str(&self.what.text())
    }
}
