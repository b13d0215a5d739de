//! The JSON Schema of a policy, generated from the definitions that the parser reads.
//!
//! Editors complete and check with it. It sees structure only: keys, types,
//! what must be there. What values mean together is the check's to say.

mod document;
mod tree;
mod types;

pub use document::json;
