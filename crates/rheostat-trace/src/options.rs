//! What the trace output needs of whoever starts it.

use std::fmt;
use std::sync::Arc;

/// How the trace output marks its thread and tells people.
#[derive(Clone)]
pub struct TraceOptions {
    /// Called first on each of its threads: marks them as ours, so that nothing on them is recorded.
    pub on_thread_start: fn(),
    /// Where people are told what they should know, such as stderr.
    pub tell: Arc<dyn Fn(&str) + Send + Sync>,
}

impl fmt::Debug for TraceOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TraceOptions")
    }
}
