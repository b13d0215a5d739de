//! One sink under one fault.

use std::time::{Duration, Instant};

use rheostat_testkit::relay::{Mode, Relay};
use tempfile::TempDir;

use crate::fault::Fault;
use crate::judge::Outcome;
use crate::names::{self, Names};
use crate::place::{Place, Reach, Says, Subject};
use crate::program::{Program, Start};
use crate::run::Scale;

/// How many records each thread fires before a fault, while it stands (but for the hang), and after it.
const SOME: u64 = 1_000;
/// How many it fires at a server that hangs: many times what waits for it.
const MANY: u64 = 30_000;
/// What waits in memory, in bytes.
pub(crate) const WAITS: u64 = 4 << 20;
/// How long a fault stands that nobody has to notice.
const WHILE: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(120);

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
            Fault::Hung => return self.place.stop(true),
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
            Fault::Hung => self.place.stop(false),
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
