//! A sink that knows what it is to be given.
//!
//! ```
//! use rheostat_testkit::mock::{self, record};
//! use rheostat_testkit::{Kit, Mount};
//!
//! let (audit, expected) = mock::sink("audit").expect(record().field("user", 7)).only().build();
//! let kit = Kit::new([audit]);
//! let dispatch = Mount::Subscriber.dispatch(kit.engine().clone());
//! tracing::dispatcher::with_default(&dispatch, || {
//!     kit.engine().installed();
//!     tracing::info!(target: "app", user = 6, "login");
//!     kit.must_apply(
//!         "version = 1
//!         [sinks.audit]
//!         type = 'audit'
//!         [[rules]]
//!         name = 'logins'
//!         match = { target = 'app' }
//!         stream = { sink = 'audit' }",
//!     );
//!     tracing::info!(target: "app", user = 7, "login");
//! });
//! kit.flush(std::time::Duration::from_secs(5));
//! expected.assert_finished();
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rheostat_core::sink::{Answer, Around, Batch, Gap, Sink, SinkFactory, Verdict};
use rheostat_policy::first_party::file_sink_def;
use rheostat_policy::vocabulary::SinkDef;
use rheostat_policy::{Diagnostic, model};

use crate::seen::SeenRecord;

/// A sink whose type and usual name is this.
pub fn sink(name: &'static str) -> Builder {
    Builder {
        name,
        expected: Vec::new(),
        only: false,
    }
}

/// Any record; to be narrowed.
pub fn record() -> Expected {
    Expected::default()
}

/// A record that is expected.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    message: Option<String>,
    fields: Vec<(String, String)>,
}

impl Expected {
    /// With this message.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// With a field of this value.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.fields.push((name.into(), value.to_string()));
        self
    }

    fn fits(&self, record: &SeenRecord) -> bool {
        let field = |(name, value): &(String, String)| record.field(name) == Some(value);
        self.fields.iter().all(field)
            && self
                .message
                .as_ref()
                .is_none_or(|message| record.message.as_ref() == Some(message))
    }
}

/// A sink in the making.
#[derive(Debug)]
pub struct Builder {
    name: &'static str,
    expected: Vec<Expected>,
    only: bool,
}

impl Builder {
    /// Such a record has to come, after those named before.
    #[must_use]
    pub fn expect(mut self, record: Expected) -> Self {
        self.expected.push(record);
        self
    }

    /// No other record may come.
    #[must_use]
    pub fn only(mut self) -> Self {
        self.only = true;
        self
    }

    /// The factory, and what to ask at the end.
    pub fn build(self) -> (Arc<dyn SinkFactory>, Expectations) {
        let got = Arc::default();
        let expectations = Expectations {
            expected: self.expected,
            only: self.only,
            got,
        };
        let factory = MockSinks {
            name: self.name,
            got: expectations.got.clone(),
        };
        (Arc::new(factory), expectations)
    }
}

#[derive(Debug, Default)]
struct Got {
    records: Vec<SeenRecord>,
    gaps: Vec<Gap>,
}

/// What a mock sink was to be given, and was.
#[derive(Debug)]
pub struct Expectations {
    expected: Vec<Expected>,
    only: bool,
    got: Arc<Mutex<Got>>,
}

impl Expectations {
    /// The records so far.
    pub fn records(&self) -> Vec<SeenRecord> {
        lock(&self.got).records.clone()
    }

    /// What it was told that went missing.
    pub fn gaps(&self) -> Vec<Gap> {
        lock(&self.got).gaps.clone()
    }

    /// Whether everything expected came, in order, and nothing else where nothing else may.
    ///
    /// # Panics
    ///
    /// If not, with what came.
    pub fn assert_finished(&self) {
        let records = self.records();
        let mut came = records.iter();
        for expected in &self.expected {
            let fits = came.by_ref().any(|record| expected.fits(record));
            assert!(
                fits,
                "this did not come: {expected:?}\nthese did: {records:#?}"
            );
        }
        let count = self.expected.len();
        assert!(
            !self.only || records.len() == count,
            "{count} records were expected and no others; these came: {records:#?}"
        );
    }
}

/// Makes sinks that keep what they are given.
#[derive(Debug)]
struct MockSinks {
    name: &'static str,
    got: Arc<Mutex<Got>>,
}

impl SinkFactory for MockSinks {
    fn definition(&self) -> SinkDef {
        SinkDef {
            name: self.name,
            doc: "keeps what it is given",
            example: "",
            keys: Vec::new(),
            ..file_sink_def()
        }
    }

    fn stage(
        &self,
        _sink: &model::Sink,
        _around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        Ok(Box::new(MockSink(self.got.clone())))
    }
}

struct MockSink(Arc<Mutex<Got>>);

impl Sink for MockSink {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        let mut got = lock(&self.0);
        got.gaps.extend(batch.gap().cloned());
        got.records
            .extend(batch.records().map(|record| SeenRecord::of(&record)));
        drop(got);
        Box::pin(std::future::ready(Verdict::Delivered))
    }
}

fn lock(got: &Mutex<Got>) -> MutexGuard<'_, Got> {
    got.lock().unwrap_or_else(PoisonError::into_inner)
}
