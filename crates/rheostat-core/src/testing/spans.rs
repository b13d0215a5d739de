//! Open spans by hand.

use std::sync::Arc;

use crate::callsite::Callsite;
use crate::capture::Blob;
use crate::clock::Stamp;
use crate::scope::{OpenSpan, Timings};

/// A span that a test opens.
#[derive(Debug)]
pub(crate) struct FakeSpan<'p> {
    pub(crate) callsite: Arc<Callsite>,
    pub(crate) parent: Option<&'p FakeSpan<'p>>,
    pub(crate) blobs: Vec<Blob>,
    pub(crate) opened: Option<Stamp>,
    pub(crate) timings: Timings,
}

impl<'p> FakeSpan<'p> {
    pub(crate) fn new(callsite: &Arc<Callsite>, parent: Option<&'p FakeSpan<'p>>) -> Self {
        Self {
            callsite: callsite.clone(),
            parent,
            blobs: Vec::new(),
            opened: None,
            timings: Timings::default(),
        }
    }
}

impl OpenSpan for FakeSpan<'_> {
    fn callsite(&self) -> &Callsite {
        &self.callsite
    }

    fn id(&self) -> u64 {
        7
    }

    fn parent(&self) -> Option<&dyn OpenSpan> {
        self.parent.map(|parent| parent as &dyn OpenSpan)
    }

    fn blob(&self, nth: usize) -> Option<&Blob> {
        self.blobs.get(nth)
    }

    fn opened(&self) -> Option<Stamp> {
        self.opened
    }

    fn timings(&self) -> Timings {
        self.timings
    }
}
