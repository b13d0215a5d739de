//! One sink, and a program with a spool that is killed while it fires.

use std::fs::File;
use std::hash::{BuildHasher as _, RandomState};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::compare::{Arrived, THREADS};
use crate::judge::Outcome;
use crate::place::Says;
use crate::program::{Program, Start};
use crate::trial::Stand;

/// The latest moment of a kill, after the program began to fire.
const WITHIN: Duration = Duration::from_secs(2);
/// How long what is left may take.
const DELIVERED: Duration = Duration::from_secs(800);

/// What one program wrote down of one of its threads.
#[derive(Clone, Copy, Default)]
struct Note {
    fired: u64,
    accepted: u64,
}

impl Stand<'_> {
    /// Kills programs one after the other, at moments that are as likely as each other.
    pub(crate) fn under_kills(&mut self, first: u64) -> Outcome {
        let mut outcome = Outcome::default();
        if let Err(why) = self.kills(first, &mut outcome) {
            outcome.wrong.push(why);
        }
        outcome
    }

    fn kills(&mut self, first: u64, outcome: &mut Outcome) -> Result<(), String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let mut random = RandomState::new().hash_one(self.subject.name);
        let runs = first..first + self.scale.kills;
        let mut fired_for = Duration::ZERO;
        for run in runs.clone() {
            let mut program = self.start(folder.path(), run)?;
            program.keep_firing();
            let began = Instant::now();
            while notes(folder.path(), run)[0].accepted == 0 {
                if program.has_ended() || began.elapsed() > Duration::from_secs(60) {
                    return Err(format!("run {run} accepts nothing"));
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let moment = WITHIN.mul_f64((random >> 11) as f64 / (1_u64 << 53) as f64);
            std::thread::sleep(moment);
            fired_for += began.elapsed();
            program.kill().map_err(|error| error.to_string())?;
        }
        let mut last = self.start(folder.path(), runs.end)?;
        if !last.flush(DELIVERED)? {
            return Err(format!("not everything is delivered: {}", last.status()?));
        }
        let status = last.status()?;
        drop(last);
        let notes: Vec<(u64, [Note; THREADS as usize])> =
            runs.map(|run| (run, notes(folder.path(), run))).collect();
        let fired = notes.iter().flat_map(|(_, notes)| notes);
        outcome.offered = fired.map(|note| note.fired).sum();
        let rate = outcome.offered as f64 / fired_for.as_secs_f64().max(0.001);
        outcome.note = format!("{} kills at {rate:.0} a second", self.scale.kills);
        if self.subject.metrics {
            self.compare_counts(&notes, outcome);
        } else {
            self.compare_records(&notes, outcome);
        }
        if !outcome.wrong.is_empty() {
            let said = std::fs::read_to_string(folder.path().join("errors")).unwrap_or_default();
            outcome.wrong.push(format!("the programs said: {said}"));
        }
        if let Some(lost) = status["losses"].as_object().filter(|lost| !lost.is_empty()) {
            let lost = serde_json::to_string(lost).unwrap_or_default();
            outcome.wrong.push(format!("lost at the end: {lost}"));
        }
        Ok(())
    }

    fn start(&self, folder: &Path, run: u64) -> Result<Program, String> {
        let more = if self.subject.metrics {
            "metrics_every = '50ms'".to_owned()
        } else {
            format!(
                "batch = {{ records = 2000, every = '5ms' }}\n\
                 buffer = {{ memory = '4MiB', disk = '4GiB', dir = '{}', fsync = '1s' }}",
                folder.join("spool").display()
            )
        };
        // Straight: what a relay holds is lost with nobody's fault.
        let at = self.place.address().unwrap_or_default();
        Program::start(&Start {
            folder,
            policy: &self.policy(&at, &more),
            run,
            names: None,
            standard_output: self.place.standard_output(),
        })
    }

    /// Whatever was accepted arrived, at least once and in order.
    fn compare_records(&mut self, notes: &[(u64, [Note; 2])], outcome: &mut Outcome) {
        let accepted = notes.iter().flat_map(|(_, notes)| notes);
        let accepted: u64 = accepted.map(|note| note.accepted).sum();
        // What the system holds for a receiver comes a little later.
        let until = Instant::now() + Duration::from_secs(60);
        let mut thrown;
        let arrived = loop {
            thrown = self.place.thrown_away();
            let arrived = Arrived::new(&self.place.arrived(), self.place.has_an_order());
            let there: u64 = notes.iter().map(|(run, _)| arrived.different(*run)).sum();
            outcome.delivered = there;
            if there + thrown >= accepted || Instant::now() > until {
                break arrived;
            }
            std::thread::sleep(Duration::from_millis(200));
        };
        for (run, notes) in notes {
            outcome.again += arrived.again(*run);
            for (thread, note) in notes.iter().enumerate() {
                let whole = arrived.whole(*run, thread as u64, note.accepted);
                // What the system threw away after it took it is not the sink's to answer for.
                if thrown == 0 || self.subject.says != Says::System {
                    outcome.wrong.extend(whole.err());
                }
            }
            outcome.wrong.extend(arrived.in_order(*run).err());
        }
        outcome.missing = accepted.saturating_sub(outcome.delivered);
        if outcome.missing > thrown {
            outcome.wrong.push(format!(
                "{} accepted records are not there",
                outcome.missing
            ));
        }
        outcome
            .note
            .push_str(&format!(", {accepted} accepted for sure"));
    }

    /// What was in a report that was taken is counted, and nothing that was not.
    fn compare_counts(&mut self, notes: &[(u64, [Note; 2])], outcome: &mut Outcome) {
        for (run, [note, _]) in notes {
            let mut counted = self.place.counted(*run);
            let until = Instant::now() + Duration::from_secs(10);
            while counted < note.accepted && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(50));
                counted = self.place.counted(*run);
            }
            outcome.delivered += counted;
            // A little more than was written down may have been fired, and reported.
            let most = note.fired + 1_000;
            if counted < note.accepted || counted > most {
                outcome.wrong.push(format!(
                    "run {run}: {} of {} were reported, {counted} are counted there",
                    note.accepted, note.fired
                ));
            }
        }
        outcome
            .note
            .push_str(", what was counted since the last report is gone");
    }
}

fn notes(folder: &Path, run: u64) -> [Note; THREADS as usize] {
    let mut bytes = [0; 32];
    let read = File::open(folder.join(format!("notes-{run}")))
        .and_then(|file| file.read_at(&mut bytes, 0));
    let read = read.unwrap_or(0);
    let number = |at: usize| {
        let whole = at * 8 + 8 <= read;
        let bytes: [u8; 8] = bytes[at * 8..at * 8 + 8].try_into().unwrap_or_default();
        if whole { u64::from_le_bytes(bytes) } else { 0 }
    };
    [0, 2].map(|at| Note {
        fired: number(at),
        accepted: number(at + 1),
    })
}
