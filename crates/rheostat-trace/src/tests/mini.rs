//! A root as small as can be: it judges a span as a test says, and hands the rest inside.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rheostat_core::ledger::Entry;
use rheostat_policy::first_party::otlp_sink_def;
use rheostat_policy::{NoEnvironment, Vocabulary};
use serde_json::Value as Json;
use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::{Event, Interest, LevelFilter, Metadata, Subscriber};

use crate::bridge::{BridgeSubscriber, Wants, announce};
use crate::export::{Connection, chain};
use crate::hide::Shown;
use crate::options::TraceOptions;
use crate::pipe::{Full, Pipe, Settings};
use crate::service::Service;
use crate::shipped::Shipped;
use crate::shipping::{Remote, Shipping};

/// A bridge under a small root, with one sink.
pub(crate) struct Mini {
    pub(crate) service: Arc<Service>,
    pub(crate) pipe: Arc<Pipe>,
    pub(crate) account: Arc<Entry>,
    pub(crate) settings: Settings,
    pub(crate) told: Arc<Mutex<Vec<String>>>,
    /// The file that spans go to, unless the test has another sink.
    pub(crate) path: PathBuf,
}

impl Mini {
    /// Spans go to a file of this test's own.
    pub(crate) fn new() -> Self {
        Self::to(None)
    }

    /// Spans go where these keys say.
    pub(crate) fn to(keys: Option<&str>) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!(
            "rheostat-trace-{}-{count}.jsonl",
            std::process::id()
        ));
        let _ = std::fs::remove_file(&path);
        let told = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&told);
        let service = Arc::new(Service::new(TraceOptions {
            on_thread_start: || {},
            tell: Arc::new(move |line| log.lock().expect("no panic inside").push(line.to_owned())),
        }));
        service.wanted.commit(Arc::new(Everything));
        let file = format!("path = '{}'", path.display());
        let settings = settings(keys.unwrap_or(&file));
        let pipe = service.pipe(&settings);
        service
            .commit(&[(Arc::clone(&pipe), settings.clone())])
            .expect("a thread");
        Self {
            service,
            pipe,
            account: Arc::new(Entry::new("rule", "sink")),
            settings,
            told,
            path,
        }
    }

    /// An action with defaults, for the test to change.
    pub(crate) fn action(&self) -> Shipping {
        Shipping {
            ratio: 1.0,
            limits: None,
            remote: Remote::Honour,
            keeps: false,
            events: LevelFilter::INFO,
            name: None,
            shown: Shown::new(None, Vec::new(), Arc::new(|_| "#".to_owned()), 4096),
            pipe: Arc::clone(&self.pipe),
            account: Arc::clone(&self.account),
        }
    }

    /// A root under which every span is shipped by this action, but for those whose name begins with `no`.
    pub(crate) fn root(&self, action: Shipping) -> Root {
        let action = Arc::new(action);
        self.root_by(move |name| (!name.starts_with("no")).then(|| Arc::clone(&action)))
    }

    /// A root under which a span is shipped as this says, by its name.
    pub(crate) fn root_by(
        &self,
        judge: impl Fn(&str) -> Option<Arc<Shipping>> + Send + Sync + 'static,
    ) -> Root {
        Root {
            inner: self.service.subscriber(),
            service: Arc::clone(&self.service),
            judge: Box::new(judge),
            outside: Mutex::default(),
            numbers: Mutex::default(),
        }
    }

    /// The spans that arrived in the file, once everything was shipped.
    pub(crate) fn spans(&self) -> Vec<Json> {
        assert!(
            self.service.flush(Duration::from_secs(30)),
            "{:?}",
            self.told.lock()
        );
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let mut spans = Vec::new();
        for line in text.lines() {
            let request: Json = serde_json::from_str(line).expect("a line is JSON");
            for resource in request["resourceSpans"].as_array().expect("a list") {
                for scope in resource["scopeSpans"].as_array().expect("a list") {
                    spans.extend(scope["spans"].as_array().expect("a list").iter().cloned());
                }
            }
        }
        spans
    }

    /// The only span of this name.
    pub(crate) fn span(&self, name: &str) -> Json {
        let spans = self.spans();
        let mut named = spans.iter().filter(|span| span["name"] == name);
        let found = named
            .next()
            .cloned()
            .unwrap_or_else(|| panic!("no span `{name}` in {spans:?}"));
        assert!(named.next().is_none(), "two spans `{name}`");
        found
    }

    /// The names of the spans that arrived, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |span: &Json| span["name"].as_str().expect("a name").to_owned();
        let mut names: Vec<_> = self.spans().iter().map(name).collect();
        names.sort();
        names
    }
}

impl Drop for Mini {
    fn drop(&mut self) {
        self.service.shutdown(Duration::ZERO);
        let _ = std::fs::remove_file(&self.path);
    }
}

/// An attribute of a span or event, as text.
pub(crate) fn attribute(of: &Json, key: &str) -> Option<String> {
    let attributes = of["attributes"].as_array()?;
    let found = attributes
        .iter()
        .find(|attribute| attribute["key"] == key)?;
    let value = found["value"].as_object()?.values().next()?;
    Some(
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned),
    )
}

/// Settings with defaults that suit a test: batches go at once, retries come soon.
pub(crate) fn settings(keys: &str) -> Settings {
    Settings {
        sink: "sink".into(),
        connection: connection(keys).unwrap_or_else(|why| panic!("{keys}: {why}")),
        batch_records: 512,
        batch_bytes: 1 << 20,
        batch_every: Duration::from_millis(10),
        memory: 1 << 24,
        full: Full::DropNew,
        retry_first: Duration::from_millis(10),
        retry_max: Duration::from_millis(50),
        retry_for: Duration::from_secs(60),
        timeout: Duration::from_secs(10),
        resource: vec![("service.name".to_owned(), "shop".to_owned())],
    }
}

/// Where a sink with these keys ships spans to.
pub(crate) fn connection(keys: &str) -> Result<Connection, String> {
    let known = Vocabulary {
        actions: Vec::new(),
        sinks: vec![otlp_sink_def()],
    };
    let text = format!("version = 1\n[sinks.sink]\ntype = 'otlp'\n{keys}\n");
    let checked = rheostat_policy::check(text.as_bytes(), "policy", &known, &NoEnvironment);
    let Some(policy) = checked.policy.map(Arc::new) else {
        return Err(checked.diagnostics.to_string());
    };
    Connection::stage(&policy.sinks[0], &policy).map_err(|why| chain(&why))
}

struct Everything;

impl Wants for Everything {
    fn span(&self, _: &'static Metadata<'static>) -> bool {
        true
    }

    fn events(&self) -> LevelFilter {
        LevelFilter::TRACE
    }

    fn level(&self) -> LevelFilter {
        LevelFilter::TRACE
    }
}

type Judge = dyn Fn(&str) -> Option<Arc<Shipping>> + Send + Sync;

pub(crate) struct Root {
    inner: BridgeSubscriber,
    service: Arc<Service>,
    judge: Box<Judge>,
    /// Spans that are not handed inside, with the nearest one that was.
    outside: Mutex<HashMap<u64, Option<Id>>>,
    /// The number of a span that was handed inside.
    numbers: Mutex<HashMap<u64, u64>>,
}

/// The next span's number, of all roots.
static NUMBER: AtomicU64 = AtomicU64::new(1);

const OUTSIDE: u64 = 1 << 63;

impl Root {
    fn number(&self, id: &Id) -> u64 {
        let numbers = self.numbers.lock().expect("no panic inside");
        numbers.get(&id.into_u64()).copied().unwrap_or_default()
    }

    fn inside(&self, id: &Id) -> Option<Id> {
        if id.into_u64() < OUTSIDE {
            return Some(id.clone());
        }
        self.outside
            .lock()
            .expect("no panic inside")
            .get(&id.into_u64())
            .cloned()
            .flatten()
    }
}

impl Subscriber for Root {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let _ = self.inner.register_callsite(metadata);
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() || self.inner.enabled(metadata)
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.inner.event_enabled(event)
    }

    fn new_span(&self, attrs: &Attributes<'_>) -> Id {
        let metadata = attrs.metadata();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let shipped = (self.judge)(metadata.name());
        let shipped = shipped.map(|action| Arc::new(Shipped::new(action, number, Vec::new())));
        announce(metadata.callsite(), shipped);
        if self.inner.enabled(metadata) {
            let id = match attrs.parent() {
                None => self.inner.new_span(attrs),
                Some(parent) => self.inner.new_span(&match self.inside(parent) {
                    Some(parent) => Attributes::child_of(parent, metadata, attrs.values()),
                    None => Attributes::new_root(metadata, attrs.values()),
                }),
            };
            self.numbers
                .lock()
                .expect("no panic inside")
                .insert(id.into_u64(), number);
            return id;
        }
        let id = OUTSIDE | number;
        let parent = attrs.parent().and_then(|parent| self.inside(parent));
        self.outside
            .lock()
            .expect("no panic inside")
            .insert(id, parent);
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        if id.into_u64() < OUTSIDE {
            self.inner.record(id, values);
        }
    }

    fn record_follows_from(&self, id: &Id, follows: &Id) {
        if let (Some(id), Some(follows)) = (self.inside(id), self.inside(follows)) {
            self.inner.record_follows_from(&id, &follows);
        }
    }

    fn event(&self, event: &Event<'_>) {
        self.inner.event(event);
    }

    fn enter(&self, id: &Id) {
        if id.into_u64() < OUTSIDE {
            self.inner.enter(id);
        }
    }

    fn exit(&self, id: &Id) {
        if id.into_u64() < OUTSIDE {
            self.inner.exit(id);
        }
    }

    fn clone_span(&self, id: &Id) -> Id {
        if id.into_u64() < OUTSIDE {
            self.inner.clone_span(id)
        } else {
            id.clone()
        }
    }

    fn try_close(&self, id: Id) -> bool {
        if id.into_u64() >= OUTSIDE {
            return false;
        }
        let closed = self.inner.try_close(id.clone());
        let number = self.number(&id);
        if closed && let Some(shipped) = self.service.judged.take(number) {
            shipped.judge(KEEP.with(std::cell::Cell::get));
        }
        closed
    }

    fn current_span(&self) -> Current {
        self.inner.current_span()
    }

    // SAFETY: passed on to what is owned.
    #[expect(
        unsafe_code,
        reason = "the tests use OpenTelemetrySpanExt, which finds its layer so"
    )]
    unsafe fn downcast_raw(&self, id: std::any::TypeId) -> Option<*const ()> {
        // SAFETY: the caller's promise is passed on.
        unsafe { self.inner.downcast_raw(id) }
    }
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Root")
    }
}

thread_local! {
    /// What `keep` comes to for the spans that close on this thread.
    pub(crate) static KEEP: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}
