//! The judgement, with an eye that sees what a test says and a clock that a test moves.

use std::cell::RefCell;
use std::rc::Rc;

use super::*;

#[derive(Default)]
struct Scene {
    bytes: Option<Vec<u8>>,
    version: i64,
    noticed: Noticed,
    stats: usize,
    reads: usize,
    /// Noticed by the second look, as if it happened while we read.
    during: Noticed,
    followed: usize,
}

struct Stage {
    scene: Rc<RefCell<Scene>>,
    settle: Settle,
    start: Instant,
    now: Instant,
}

impl Eye for Rc<RefCell<Scene>> {
    fn noticed(&mut self) -> Noticed {
        let mut scene = self.borrow_mut();
        let during = std::mem::take(&mut scene.during);
        std::mem::replace(&mut scene.noticed, during)
    }

    fn stamp(&mut self, anew: bool) -> io::Result<Stamp> {
        let mut scene = self.borrow_mut();
        scene.stats += 1;
        scene.followed += usize::from(anew);
        let bytes = scene.bytes.as_ref().ok_or(io::ErrorKind::NotFound)?;
        Ok(Stamp {
            file: (1, 1),
            len: bytes.len() as u64,
            modified: (scene.version, 0),
            changed: (scene.version, 0),
            young: false,
        })
    }

    fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut scene = self.borrow_mut();
        scene.reads += 1;
        Ok(scene.bytes.clone().ok_or(io::ErrorKind::NotFound)?)
    }
}

const OLD: &str = "version = 1";
const NEW: &str = "version = 1 # new";

const CHANGED: Noticed = Noticed {
    changed: true,
    moved: false,
    lost: false,
    act: None,
};
const WRITTEN: Noticed = Noticed {
    act: Some(Act::Written),
    ..CHANGED
};
const SAVED: Noticed = Noticed {
    act: Some(Act::Saved),
    ..CHANGED
};

impl Stage {
    /// A policy that was read at start, long enough ago that nothing is due.
    fn new() -> Self {
        let start = Instant::now();
        let mut stage = Self {
            scene: Rc::default(),
            settle: Settle::new(start),
            start,
            now: start,
        };
        stage.put(OLD);
        let stamp = stage.scene.stamp(true).expect("it is there");
        stage.settle.known(OLD.into(), stamp);
        assert!(stage.after(0).is_none());
        assert!(stage.after(25).is_none());
        stage.scene.borrow_mut().stats = 0;
        stage
    }

    /// The file's bytes are these from now on.
    fn put(&mut self, text: &str) {
        let mut scene = self.scene.borrow_mut();
        scene.bytes = Some(text.into());
        scene.version += 1;
    }

    fn notice(&mut self, noticed: Noticed) {
        self.scene.borrow_mut().noticed = noticed;
    }

    /// One step, this many milliseconds later.
    fn after(&mut self, millis: u64) -> Option<String> {
        self.now += Duration::from_millis(millis);
        match self.settle.step(&mut self.scene, self.now)? {
            Finding::Saved(bytes) => Some(String::from_utf8(bytes).expect("text")),
            Finding::Unreadable(error) => Some(format!("error: {}", error.kind())),
        }
    }

    /// Steps whenever something is due, without notices, until something is found.
    fn until_found(&mut self) -> (String, Duration) {
        for _ in 0..1000 {
            let (until, _) = self.settle.rest(self.now);
            let wait = until.saturating_duration_since(self.now);
            self.now += wait;
            if let Some(found) = self.after(0) {
                return (found, self.now - self.start);
            }
        }
        ("nothing".to_owned(), self.now - self.start)
    }

    fn counts(&self) -> (usize, usize) {
        (self.scene.borrow().stats, self.scene.borrow().reads)
    }
}

#[test]
fn a_closed_file_counts_at_once() {
    let mut stage = Stage::new();
    stage.put(NEW);
    stage.notice(SAVED);
    assert_eq!(stage.after(1).as_deref(), Some(NEW));
}

#[test]
fn a_file_that_is_being_written_does_not_count() {
    let mut stage = Stage::new();
    stage.put("version = 1\n[[ru");
    stage.notice(WRITTEN);
    assert_eq!(stage.after(1), None);
    for _ in 0..40 {
        assert_eq!(stage.after(100), None);
    }
    stage.put(NEW);
    stage.notice(SAVED);
    assert_eq!(stage.after(100).as_deref(), Some(NEW));
}

#[test]
fn a_writer_that_never_closes_is_not_waited_for_for_ever() {
    let mut stage = Stage::new();
    stage.put(NEW);
    stage.notice(WRITTEN);
    assert_eq!(stage.after(1), None);
    let (found, took) = stage.until_found();
    assert_eq!(found, NEW);
    assert!(took >= WRITER && took < WRITER + POLL);
}

#[test]
fn without_a_word_two_equal_looks_decide() {
    let mut stage = Stage::new();
    stage.put(NEW);
    stage.notice(CHANGED);
    assert_eq!(stage.after(1), None);
    assert_eq!(stage.after(40), None);
    assert_eq!(stage.after(10).as_deref(), Some(NEW));
}

#[test]
fn a_file_that_goes_on_changing_does_not_count() {
    let mut stage = Stage::new();
    for n in 0..20 {
        stage.put(&format!("version = 1 # {n}"));
        stage.notice(CHANGED);
        assert_eq!(stage.after(40), None);
    }
    assert_eq!(stage.after(60).as_deref(), Some("version = 1 # 19"));
}

#[test]
fn what_is_written_while_we_read_does_not_count() {
    let mut stage = Stage::new();
    stage.put(NEW);
    stage.notice(SAVED);
    stage.scene.borrow_mut().during = WRITTEN;
    assert_eq!(stage.after(1), None);
    stage.notice(SAVED);
    assert_eq!(stage.after(30).as_deref(), Some(NEW));
}

#[test]
fn the_poll_finds_what_nobody_noticed() {
    let mut stage = Stage::new();
    stage.put(NEW);
    let (found, took) = stage.until_found();
    assert_eq!(found, NEW);
    assert!(took <= POLL + SETTLE + SPACING);
}

#[test]
fn the_poll_compares_bytes_even_when_the_stamp_is_the_same() {
    let mut stage = Stage::new();
    stage.put("version = 2");
    stage.scene.borrow_mut().version -= 1;
    assert_eq!(stage.until_found().0, "version = 2");
}

#[test]
fn an_empty_file_counts_only_when_it_stays_empty() {
    let mut stage = Stage::new();
    stage.put("");
    stage.notice(SAVED);
    assert_eq!(stage.after(1), None);
    assert_eq!(stage.after(500), None);
    assert_eq!(stage.after(500).as_deref(), Some(""));
}

#[test]
fn a_file_filled_soon_after_it_was_emptied_is_told_once() {
    let mut stage = Stage::new();
    stage.put("");
    stage.notice(SAVED);
    assert_eq!(stage.after(1), None);
    stage.put(NEW);
    stage.notice(SAVED);
    assert_eq!(stage.after(300).as_deref(), Some(NEW));
    assert_eq!(stage.after(5000), None);
}

#[test]
fn a_touched_file_is_told_again() {
    let mut stage = Stage::new();
    stage.put(OLD);
    stage.notice(SAVED);
    assert_eq!(stage.after(1).as_deref(), Some(OLD));
    assert_eq!(stage.after(3000), None);
}

#[test]
fn a_burst_beside_the_file_costs_one_stat_in_20_ms_and_no_read() {
    let mut stage = Stage::new();
    for _ in 0..1000 {
        stage.notice(CHANGED);
        assert_eq!(stage.after(1), None);
    }
    let (stats, reads) = stage.counts();
    assert!((40..=50).contains(&stats), "{stats} stats in a second");
    assert_eq!(reads, 0);
}

#[test]
fn the_way_is_followed_anew_when_it_may_have_changed() {
    let mut stage = Stage::new();
    let before = stage.scene.borrow().followed;
    stage.notice(CHANGED);
    stage.after(30);
    assert_eq!(stage.scene.borrow().followed, before);
    stage.notice(Noticed {
        moved: true,
        ..CHANGED
    });
    stage.after(30);
    assert_eq!(stage.scene.borrow().followed, before + 1);
}

#[test]
fn lost_notices_do_not_leave_a_writer_behind() {
    let mut stage = Stage::new();
    stage.put(NEW);
    stage.notice(WRITTEN);
    assert_eq!(stage.after(1), None);
    stage.notice(Noticed {
        lost: true,
        ..CHANGED
    });
    assert_eq!(stage.after(30), None);
    assert_eq!(stage.after(60).as_deref(), Some(NEW));
}

#[test]
fn a_missing_file_is_a_trouble_once_and_found_again() {
    let mut stage = Stage::new();
    stage.scene.borrow_mut().bytes = None;
    stage.notice(CHANGED);
    assert_eq!(stage.after(1), None);
    let (found, took) = stage.until_found();
    assert_eq!(found, "error: entity not found");
    assert!(took >= POLL);
    for _ in 0..10 {
        assert_eq!(stage.after(2000), None);
    }
    stage.put(NEW);
    assert_eq!(stage.until_found().0, NEW);
}

#[test]
fn a_file_deleted_and_recreated_at_once_is_no_trouble() {
    let mut stage = Stage::new();
    stage.scene.borrow_mut().bytes = None;
    stage.notice(CHANGED);
    assert_eq!(stage.after(1), None);
    stage.put(NEW);
    stage.notice(SAVED);
    assert_eq!(stage.after(100).as_deref(), Some(NEW));
}
