//! From a tree of values to a checked policy, one table at a time.
//!
//! [`Reader`] holds what every part needs: the text, the vocabulary, the
//! environment, and the findings so far. Reading never stops at the first
//! mistake: what cannot be read is reported and left out.

mod action;
mod agree;
mod any_of;
mod bounds;
mod buckets;
mod decode;
mod defaults;
mod delivery;
mod digest;
mod durable;
mod expand;
mod expression;
mod feed;
mod globs;
mod groups;
mod joined;
mod keys;
mod kinds;
mod labels;
mod later;
mod limits;
mod lint;
mod measure;
mod measured_labels;
mod metrics;
mod moment;
mod numbers;
mod own_file;
mod own_tables;
mod policy;
mod reader;
mod redact;
mod renames;
mod rule;
mod secret;
mod selectors;
mod sinks;
mod spelling;
mod template;
mod unknown;

pub(crate) use action::action_keys;
pub(crate) use buckets::generator_keys;
pub(crate) use labels::mapped_keys;
pub(crate) use policy::read;
pub(crate) use reader::Reader;
pub(crate) use redact::redaction_keys;
pub(crate) use spelling::words_in;
