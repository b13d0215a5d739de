//! Where the text of a policy comes from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::SourceError;

/// Somewhere a policy's text can be read, and that can say when it changed.
///
/// A file is one ([`FileSource`](crate::FileSource)); a key of a store that a
/// whole fleet watches can be another. All methods but those of a [`Waker`]
/// are called on one thread at a time: `read` by whoever starts up, `wait` by
/// the watcher's thread ever after.
pub trait Source: Send + 'static {
    /// What a person calls it: a path, or `policy`.
    fn name(&self) -> Arc<str>;

    /// The text as it is now.
    ///
    /// # Errors
    ///
    /// There is no text, or it cannot be reached.
    fn read(&mut self) -> Result<Text, SourceError>;

    /// Waits at most `limit` for something to tell.
    ///
    /// A text is told when it was saved, whether or not it differs from the one before: a file that was
    /// touched is told again, so that a policy refused for want of a folder can be tried once more.
    fn wait(&mut self, limit: Duration) -> News;

    /// Something that ends a `wait` in progress, from any thread.
    ///
    /// Without one the watcher asks `wait` for short spans of time, so that it can stop soon.
    fn waker(&self) -> Option<Waker> {
        None
    }
}

impl Source for Box<dyn Source> {
    fn name(&self) -> Arc<str> {
        (**self).name()
    }

    fn read(&mut self) -> Result<Text, SourceError> {
        (**self).read()
    }

    fn wait(&mut self, limit: Duration) -> News {
        (**self).wait(limit)
    }

    fn waker(&self) -> Option<Waker> {
        (**self).waker()
    }
}

/// What a wait ended with.
#[derive(Clone, Debug)]
pub enum News {
    /// Nothing to tell.
    Nothing,
    /// This text was saved.
    Saved(Text),
    /// The source cannot be read, or not be watched as it should; what is in force stays in force.
    Trouble(SourceError),
}

/// One text of a source.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// What a person calls where it came from.
    pub name: Arc<str>,
    /// Its bytes. Whether they are UTF-8 is for the language to say, with a place.
    pub bytes: Arc<[u8]>,
}

impl Text {
    /// A text under a name.
    pub fn new(name: impl Into<Arc<str>>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
        }
    }
}

impl fmt::Debug for Text {
    /// The name and the length: a policy can be megabytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("name", &self.name)
            .field("len", &self.bytes.len())
            .finish()
    }
}

/// Ends a wait in progress.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// A waker that calls this, from any thread, possibly more than once.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(wake))
    }

    /// Ends the wait in progress, or else the next one.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waker")
    }
}
