//! `[inventory] file`: the callsites that a program has shown so far, one JSON object a line.
//!
//! Written about once a second, when there are new ones. `rheostat explain
//! --inventory` reads it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rheostat_core::internal::{self, Notice};
use rheostat_core::{Callsite, CallsiteKind};
use rheostat_policy::CheckedPolicy;

use crate::json;

/// The file, and how many callsites are in it.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    written: Mutex<Written>,
}

#[derive(Debug, Default)]
struct Written {
    file: Option<PathBuf>,
    callsites: usize,
}

impl Inventory {
    /// Another policy is in force; a file that stays is gone on with.
    pub(crate) fn follow(&self, policy: &CheckedPolicy) {
        let file = policy
            .inventory
            .file
            .as_deref()
            .map(|file| beside(policy, file));
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.file != file {
            *written = Written { file, callsites: 0 };
        }
    }

    /// Whether the policy names a file.
    pub(crate) fn is_kept(&self) -> bool {
        self.written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .file
            .is_some()
    }

    /// Adds the callsites that are new; `all` lists them in order of their numbers.
    pub(crate) fn update<'c>(&self, all: impl Iterator<Item = &'c Callsite>) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = written.file.clone() else {
            return;
        };
        let fresh: Vec<String> = all.skip(written.callsites).map(line).collect();
        if fresh.is_empty() {
            return;
        }
        match write(&file, &fresh, written.callsites == 0) {
            Ok(()) => written.callsites += fresh.len(),
            Err(error) => internal::notice(&Notice {
                code: "inventory",
                text: format!("cannot write the inventory {}: {error}", file.display()),
            }),
        }
    }
}

/// Relative paths of a policy start at its own folder.
fn beside(policy: &CheckedPolicy, written: &str) -> PathBuf {
    Path::new(&*policy.source.name)
        .parent()
        .unwrap_or(Path::new(""))
        .join(written)
}

fn write(file: &Path, lines: &[String], anew: bool) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true);
    if anew {
        options.write(true).truncate(true);
    } else {
        options.append(true);
    }
    let mut text = lines.join("\n");
    text.push('\n');
    options.open(file)?.write_all(text.as_bytes())
}

fn line(callsite: &Callsite) -> String {
    let kind = match callsite.kind {
        CallsiteKind::Event => "event",
        CallsiteKind::Span => "span",
        CallsiteKind::Hint => "hint",
    };
    let fields: Vec<String> = callsite
        .fields
        .iter()
        .map(|field| json::text(field))
        .collect();
    format!(
        r#"{{"kind":"{kind}","name":{},"target":{},"module":{},"file":{},"line":{},"level":"{}","fields":[{}]}}"#,
        json::text(&callsite.name),
        json::text(&callsite.target),
        json::optional(callsite.module.as_deref()),
        json::optional(callsite.file.as_deref()),
        callsite
            .line
            .map_or_else(|| "null".to_owned(), |line| line.to_string()),
        callsite.level.as_str(),
        fields.join(","),
    )
}
