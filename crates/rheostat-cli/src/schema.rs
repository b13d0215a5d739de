//! `rheostat schema`: the language as a document.

use rheostat_policy::{first_party, reference, schema};

use crate::Verdict;
use crate::arguments::{Document, Schema};

/// Prints the document.
pub(crate) fn run(arguments: &Schema) -> Verdict {
    let vocabulary = first_party::vocabulary();
    let text = match arguments.document {
        Document::JsonSchema => schema::json(&vocabulary),
        Document::Reference => reference::markdown(&vocabulary),
    };
    println!("{}", text.trim_end());
    Verdict::Fine
}
