//! Opening what a sink needs: its files, its spool, its thread.

use std::collections::BTreeMap;
use std::sync::Arc;

use rheostat_core::flow::Home;
use rheostat_core::ledger::Ledger;
use rheostat_core::sink::{Around, Failure, NoTap};
use rheostat_policy::codes::live::SINK_NOT_OPENED;
use rheostat_policy::diagnostic::{Diagnostic, Help, Label, Severity};
use rheostat_policy::model::{self, CheckedPolicy};
use rheostat_policy::vocabulary::RecordClass;

use super::{Inner, Queues};
use crate::courier::{Feed, Kept};
use crate::dead_letters::DeadLetters;
use crate::drainer::Drainer;
use crate::entrance::Entrance;
use crate::health::chain;
use crate::inbox::Inbox;
use crate::secrets::Secrets;
use crate::settings::Settings;
use crate::spool::{Fsync, Spool};
use crate::staged::Running;
use crate::worker::{Equipment, Worker};

impl Queues {
    /// Opens a sink; none where others than queues see to it.
    pub(super) fn open(
        &self,
        sink: &model::Sink,
        policy: &CheckedPolicy,
        inner: &mut Inner,
    ) -> Result<Option<Running>, Box<Diagnostic>> {
        let factory = self
            .factories
            .iter()
            .find(|factory| factory.definition().name == sink.ty);
        let Some(factory) = factory else {
            // Spans go to sinks of the trace output's own; whatever else is
            // unknown was found when the policy was checked.
            return Ok(None);
        };
        let settings = Settings::of(sink);
        let metrics = self.feed(sink, &settings, &mut inner.told);
        let takes_records = sink
            .only
            .iter()
            .any(|class| matches!(class, RecordClass::Events | RecordClass::Logs));
        if !takes_records && metrics.is_none() {
            return Ok(None);
        }
        let around = Around { policy };
        let dead_letters = dead_letters(sink, &around)?;
        let (spool, shared) = self.spool(sink, &around, inner)?;
        let inbox = Inbox::new(sink.name.clone(), settings)
            .with_metrics(metrics.is_some())
            .with_spool(spool, shared);
        let inbox = Arc::new(inbox);
        let opened = factory.stage(sink, &around).inspect_err(|_| {
            inbox.release_spool();
        })?;
        let equipment = Equipment {
            sink: opened,
            dead_letters,
            metrics,
            secrets: Secrets::of(sink),
        };
        let worker = Worker::start(inbox.clone(), equipment)
            .map_err(|failure| Box::new(cannot_open(sink, &failure)))?;
        Ok(Some(Running {
            written: sink.clone(),
            entrance: Arc::new(Entrance::new(inbox)),
            worker,
        }))
    }

    /// Where the sink has metrics from, if it takes any and there are any.
    fn feed(
        &self,
        sink: &model::Sink,
        settings: &Settings,
        kept: &mut BTreeMap<Arc<str>, Kept>,
    ) -> Option<Feed> {
        if !sink.only.contains(&RecordClass::Metrics) {
            return None;
        }
        Some(Feed {
            source: self.around.get()?.metrics.clone()?,
            every: settings.metrics_every,
            kept: kept.entry(sink.name.clone()).or_default().clone(),
        })
    }

    /// What the sink keeps on disk, if it does, and whether another queue has it now.
    fn spool(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
        inner: &mut Inner,
    ) -> Result<(Option<Arc<Spool>>, bool), Box<Diagnostic>> {
        let buffer = sink.common.table("buffer");
        let Some(dir) = buffer.and_then(|buffer| buffer.text("dir")) else {
            return Ok((None, false));
        };
        let fsync = buffer.and_then(|buffer| buffer.text("fsync"));
        let fsync = Fsync::named(fsync.map_or("1s", |fsync| &**fsync));
        let dir = around.path(dir);
        let folder = Spool::folder_of(&dir, &sink.name);
        inner.spools.retain(|_, spool| spool.strong_count() > 0);
        let failed = |error| {
            let doing = format!("cannot use its spool {}", folder.display());
            Box::new(cannot_open(sink, &Failure::because(doing, error)))
        };
        let open = inner.spools.get(&folder).and_then(|spool| spool.upgrade());
        if let Some(spool) = open.filter(|spool| spool.claim()) {
            if let Err(error) = spool.adopt(fsync) {
                spool.release();
                return Err(failed(error));
            }
            return Ok((Some(spool), true));
        }
        let home = Home {
            tap: Arc::new(NoTap),
            sink: sink.name.clone(),
            ledger: self.around.get().map_or_else(
                || Arc::new(Ledger::default()),
                |around| around.ledger.clone(),
            ),
        };
        let spool = Arc::new(Spool::open(&dir, fsync, home).map_err(failed)?);
        inner.spools.insert(folder, Arc::downgrade(&spool));
        Ok((Some(spool), false))
    }
}

impl Inner {
    pub(super) fn start_drainer(&mut self, at: &model::Sink) -> Result<(), Box<Diagnostic>> {
        if self.drainer.is_none() && !self.ended {
            let drainer = Drainer::start().map_err(|error| {
                let failure = Failure::because("cannot start the draining thread", error);
                Box::new(cannot_open(at, &failure))
            })?;
            self.drainer = Some(drainer);
        }
        Ok(())
    }
}

/// Opens the file for refused records, where the sink has one.
fn dead_letters(
    sink: &model::Sink,
    around: &Around<'_>,
) -> Result<Option<DeadLetters>, Box<Diagnostic>> {
    let Some(written) = sink.common.text("dead_letter") else {
        return Ok(None);
    };
    let path = around.path(written);
    let opened = DeadLetters::open(&path, sink.name.clone());
    opened.map(Some).map_err(|error| {
        let doing = format!("cannot open its `dead_letter` file {}", path.display());
        Box::new(cannot_open(sink, &Failure::because(doing, error)))
    })
}

/// Whether a sink is written as before, wherever in the file it stands now.
pub(super) fn same(one: &model::Sink, other: &model::Sink) -> bool {
    let mut moved = other.clone();
    moved.place = one.place;
    *one == moved
}

/// The finding about a sink that cannot be opened.
pub fn cannot_open(sink: &model::Sink, failure: &Failure) -> Diagnostic {
    Diagnostic {
        code: SINK_NOT_OPENED.code,
        name: SINK_NOT_OPENED.name,
        severity: Severity::Error,
        message: format!("sink `{}` cannot be opened: {}", sink.name, chain(failure)),
        primary: Label {
            place: sink.place,
            text: "nothing could be written there".into(),
        },
        others: Vec::new(),
        helps: vec![Help {
            text: "see that the program may write there, or name another place".into(),
            edit: None,
        }],
        notes: Vec::new(),
    }
}
