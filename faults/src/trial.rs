//! One sink under one fault.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rheostat_testkit::relay::{Mode, Relay};
use serde_json::Value;
use tempfile::TempDir;

use crate::compare::Arrived;
use crate::fault::Fault;
use crate::names::{self, Names};
use crate::place::{Place, Reach, Says, Subject};
use crate::program::{Program, Start};
use crate::run::Scale;

/// How many records each thread fires before a fault, while it stands (but for the hang), and after it.
const SOME: u64 = 1_000;
/// How many it fires at a server that hangs: many times what waits for it.
const MANY: u64 = 30_000;
/// What waits in memory, in bytes.
const WAITS: u64 = 4 << 20;
/// What else may grow: batches as they are sent, what libraries keep, what an allocator does not give back.
const BESIDE: u64 = 16 << 20;
/// How long a fault stands that nobody has to notice.
const WHILE: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(120);

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How many records were fired, or events counted.
    pub offered: u64,
    /// How many were delivered, as the program's ledger says; for metrics, how many the server has.
    pub delivered: u64,
    /// How many were lost, by the ledger's causes.
    pub lost: BTreeMap<String, u64>,
    /// How many were delivered and are not there.
    pub missing: u64,
    /// How many came more than once.
    pub again: u64,
    /// What else there is to say.
    pub note: String,
    /// What does not hold.
    pub wrong: Vec<String>,
}

/// A sink with its other end, and what stands between.
pub(crate) struct Stand<'s> {
    pub(crate) subject: &'s Subject,
    pub(crate) place: Box<dyn Place>,
    pub(crate) scale: &'s Scale,
    relay: Option<Relay>,
}

impl<'s> Stand<'s> {
    pub(crate) fn new(subject: &'s Subject, scale: &'s Scale) -> Self {
        let place = (subject.start)();
        let relay = place.address().and_then(|address| match subject.reach {
            Reach::Http => Some(Relay::http(&address)),
            Reach::Bytes => Some(Relay::bytes(&address)),
            Reach::Direct => None,
        });
        Self {
            subject,
            place,
            scale,
            relay,
        }
    }

    /// The policy of a program that goes there, with more keys of the sink.
    pub(crate) fn policy(&self, at: &str, more: &str) -> String {
        let (class, action) = if self.subject.metrics {
            (
                "metrics",
                "count = { metric = 'faults_total', labels = ['run'] }",
            )
        } else {
            ("events", "stream = { sink = 's' }")
        };
        format!(
            "version = 1\n[sinks.s]\n{}\nonly = ['{class}']\ntimeout = '1s'\nretry = {{ first = '5ms', max = '200ms' }}\n\
             {more}\n[[rules]]\nname = 'r'\nmatch = {{ target = 'faults', event = '*' }}\n{action}\n",
            self.place.keys(at)
        )
    }

    /// Where a program finds it, relay or not.
    fn at(&self) -> String {
        let straight = || self.place.address().unwrap_or_default();
        self.relay
            .as_ref()
            .map_or_else(straight, |relay| relay.address.clone())
    }

    /// One program, under one fault.
    pub(crate) fn under(&mut self, fault: Fault, run: u64) -> Outcome {
        let mut outcome = Outcome::default();
        if let Err(why) = self.run(fault, run, &mut outcome) {
            outcome.wrong.push(why);
        }
        outcome
    }

    fn run(&mut self, fault: Fault, run: u64, outcome: &mut Outcome) -> Result<(), String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let mut at = self.at();
        let named = (fault == Fault::NameGone).then(Names::without);
        let named = named.transpose().map_err(|error| error.to_string())?;
        if named.is_some() {
            let port = at.rsplit_once(':').map_or("", |(_, port)| port);
            at = format!("{}:{port}", names::NAME);
        }
        let more = format!(
            "{}buffer = {{ memory = '{}KiB' }}\ndead_letter = '{}'",
            if self.subject.metrics {
                "metrics_every = '50ms'\n"
            } else {
                "batch = { records = 500, every = '5ms' }\n"
            },
            WAITS / 1024,
            folder.path().join("dead").display()
        );
        let mut program = Program::start(&Start {
            folder: folder.path(),
            policy: &self.policy(&at, &more),
            run,
            names: named.as_ref(),
            standard_output: self.place.standard_output(),
        })?;
        if fault != Fault::NameGone {
            program.fire(SOME, 20, "not")?;
            flushed(&mut program, "before the fault")?;
        }
        self.begin(fault);
        let began = Instant::now();
        let (many, size, odd) = match fault {
            Fault::Hung => (MANY, 600, "not"),
            Fault::Partial if self.subject.name.starts_with("nats") => (SOME, 20, "long"),
            Fault::Partial => (SOME, 20, "text"),
            _ => (SOME, 20, "not"),
        };
        // It answers while the fault stands: nobody who fires waits for what is wrong elsewhere.
        let fired = program
            .fire(many, size, odd)
            .and_then(|()| self.stand(fault, &mut program, began));
        // Whatever happened, the next fault finds all well.
        self.end(fault, named.as_ref());
        outcome.note = fired?;
        program.fire(SOME, 20, "not")?;
        flushed(&mut program, "after the fault")?;
        let status = program.status()?;
        self.judge(fault, run, &status, outcome);
        let left = program.end(Duration::from_secs(10))?;
        if left != "everything was delivered" {
            outcome.wrong.push(format!("at its end: {left}"));
        }
        Ok(())
    }

    fn begin(&mut self, fault: Fault) {
        let answer = |status: &str, head: &str| {
            Mode::Answer(format!(
                "HTTP/1.1 {status}\r\n{head}Content-Length: 2\r\n\r\nno"
            ))
        };
        let drip = match self.subject.reach {
            Reach::Http => Mode::Drip(Duration::from_millis(100)),
            _ if self.subject.says == Says::Server => Mode::Drip(Duration::from_micros(200)),
            _ => Mode::Trickle(Duration::from_micros(200)),
        };
        let mode = match fault {
            Fault::Reset => Mode::ResetMidBody,
            Fault::LostAnswer => Mode::ResetBeforeAnswer,
            Fault::Drip => drip,
            Fault::Broken => answer("500 Internal Server Error", ""),
            Fault::TooMany => answer("429 Too Many Requests", "Retry-After: 1\r\n"),
            Fault::TooLarge => Mode::TooLarge(1_500),
            Fault::Refused => return self.leave(),
            Fault::Restarted => return self.restart(),
            Fault::DiskFull => return self.place.fill_disk(true),
            Fault::Hung => return self.signal("STOP"),
            Fault::Partial | Fault::NameGone | Fault::Killed => return,
        };
        if let Some(relay) = &self.relay {
            relay.set(mode);
        }
    }

    fn end(&mut self, fault: Fault, names: Option<&Names>) {
        match fault {
            Fault::Refused => match &mut self.relay {
                Some(relay) => relay.come_back(),
                None => self.place.start_again(),
            },
            Fault::DiskFull => self.place.fill_disk(false),
            Fault::Hung => self.signal("CONT"),
            Fault::NameGone => {
                let resolved = names.map(Names::resolve).transpose();
                resolved.expect("the names are ours");
            }
            _ => {}
        }
        if let Some(relay) = &self.relay {
            relay.set(Mode::Pass);
        }
    }

    fn leave(&mut self) {
        match &mut self.relay {
            Some(relay) => relay.leave(),
            None => self.place.kill(),
        }
    }

    fn restart(&mut self) {
        // Nothing is under way to a server that forgets what it had when it goes, so that it can be asked before.
        if let Some(relay) = &mut self.relay {
            relay.leave();
        }
        self.place.kill();
        self.place.start_again();
        if let Some(relay) = &mut self.relay {
            relay.come_back();
        }
    }

    fn signal(&mut self, name: &str) {
        if let Some(server) = self.place.server() {
            server.signal(name);
        }
    }

    /// Waits for as long as the fault has to stand; what the sink says of it.
    fn stand(&self, fault: Fault, program: &mut Program, began: Instant) -> Result<String, String> {
        let hold = match fault {
            Fault::Hung => self.scale.hang,
            Fault::Restarted | Fault::Partial => Duration::ZERO,
            _ => WHILE,
        };
        let answers = self.subject.says == Says::Server && fault.is_noticed();
        let dripped = fault == Fault::Drip && self.subject.reach != Reach::Http;
        let must = fault == Fault::NameGone || (answers && !dripped);
        loop {
            let status = program.status()?;
            let is_down = status["up"] == false;
            if began.elapsed() >= hold && (is_down || !must) {
                let why = status["why"].as_str().filter(|_| is_down);
                return Ok(why.unwrap_or_default().to_owned());
            }
            if began.elapsed() > PATIENCE + hold {
                return Err("the sink does not notice".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn judge(&mut self, fault: Fault, run: u64, status: &Value, outcome: &mut Outcome) {
        let number = |name: &str| status[name].as_u64().unwrap_or(0);
        outcome.offered = number("fired");
        let mut wrong = Vec::new();
        if self.subject.metrics {
            let counted = until_still(|| self.place.counted(run), outcome.offered);
            outcome.delivered = counted;
            outcome.missing = outcome.offered.saturating_sub(counted);
            if counted > outcome.offered {
                wrong.push(format!("{counted} are counted there"));
            }
            if number("points_refused") > 0 {
                wrong.push(format!("{} points are refused", number("points_refused")));
            }
        } else {
            outcome.delivered = number("delivered");
            let losses = status["losses"].as_object().into_iter().flatten();
            outcome.lost = losses
                .map(|(cause, records)| (cause.clone(), records.as_u64().unwrap_or(0)))
                .collect();
            let lost: u64 = outcome.lost.values().sum();
            if outcome.delivered + lost != outcome.offered || number("queued") > 0 {
                wrong.push(format!("the ledger does not sum: {status}"));
            }
            let gone = self.place.thrown_away();
            let expected = outcome.delivered;
            let arrived = until_still(
                || Arrived::new(&self.place.arrived(), true).different(run) + gone,
                expected,
            );
            let there = Arrived::new(&self.place.arrived(), self.place.has_an_order());
            outcome.missing = expected.saturating_sub(arrived);
            outcome.again = there.again(run);
            if there.different(run) > expected {
                let there = there.different(run);
                wrong.push(format!("{there} are there, more than were delivered"));
            }
            wrong.extend(there.in_order(run).err());
        }
        let may_miss = self.subject.says != Says::Server && fault.breaks_connections();
        if outcome.missing > 0 && !may_miss {
            wrong.push(format!("{} are not there", outcome.missing));
        }
        let bound = WAITS + number("rings") + BESIDE;
        if number("grown") > bound {
            wrong.push(format!(
                "memory grew by {} bytes, of {bound}",
                number("grown")
            ));
        }
        if fault == Fault::Hung && !self.subject.metrics {
            outcome.note = format!("memory grew by {} MB", number("grown") >> 20);
        }
        outcome.wrong.extend(wrong);
    }
}

fn flushed(program: &mut Program, when: &str) -> Result<(), String> {
    if program.flush(PATIENCE)? {
        return Ok(());
    }
    Err(format!(
        "not everything is delivered {when}: {}",
        program.status()?
    ))
}

/// Asks until it is what was expected, or has not changed for a while: some are told of what they took only later.
fn until_still(mut ask: impl FnMut() -> u64, expected: u64) -> u64 {
    let (mut last, mut since) = (ask(), Instant::now());
    while last != expected && since.elapsed() < Duration::from_secs(3) {
        std::thread::sleep(Duration::from_millis(50));
        let now = ask();
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    last
}
