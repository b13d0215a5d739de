//! `rheostat schema`: the language as a document.

use rheostat_policy::{reference, schema};

use crate::arguments::{Document, Schema};
use crate::{Verdict, print, vocabulary};

/// Prints the document.
///
/// # Errors
///
/// The vocabulary cannot be read.
pub(crate) fn run(arguments: &Schema) -> Result<Verdict, String> {
    let vocabulary = vocabulary::of(&arguments.program)?;
    let text = match arguments.document {
        Document::JsonSchema => schema::json(&vocabulary),
        Document::Reference => reference::markdown(&vocabulary),
    };
    print::line(text.trim_end())?;
    Ok(Verdict::Fine)
}
