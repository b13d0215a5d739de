//! The one way by which a text may come into force.
//!
//! Texts come from the watcher's thread and from the host itself; they are
//! applied one after another, in the order of their offers. What is in force
//! stays in force until a better one was accepted.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::source::Text;
use crate::status::Status;

type Apply<R> = dyn FnMut(&Text) -> Result<u64, R> + Send;

/// Offers texts to whoever applies policies, and remembers what came of it.
///
/// `R` is why a text was refused; its `Display` is what a person is shown.
pub struct Reloader<R> {
    offers: Mutex<Offers<R>>,
    // Apart from the offers, so that asking never waits for a policy being applied.
    status: Mutex<Status>,
}

/// What came of one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<R> {
    /// It is in force now, as this generation.
    Applied(u64),
    /// It was in force already, as this generation.
    Unchanged(u64),
    /// It is not in force; what was stays.
    Refused(R),
}

struct Offers<R> {
    apply: Box<Apply<R>>,
    in_force: Option<Text>,
}

impl<R: fmt::Display> Reloader<R> {
    /// A reloader that brings a text into force with this, which says the generation or why not.
    pub fn new(apply: impl FnMut(&Text) -> Result<u64, R> + Send + 'static) -> Self {
        Self {
            offers: Mutex::new(Offers {
                apply: Box::new(apply),
                in_force: None,
            }),
            status: Mutex::default(),
        }
    }

    /// Offers a text, and waits until it is in force or refused.
    ///
    /// A text that is in force already is not applied again. One that was refused before is tried again,
    /// because the reason (a folder, a port) may lie outside it.
    pub fn offer(&self, text: &Text) -> Outcome<R> {
        let mut offers = lock(&self.offers);
        if offers
            .in_force
            .as_ref()
            .is_some_and(|held| held.bytes == text.bytes)
        {
            let mut status = lock(&self.status);
            status.unchanged += 1;
            status.refusal = None;
            return Outcome::Unchanged(status.generation);
        }
        match (offers.apply)(text) {
            Ok(generation) => {
                offers.in_force = Some(text.clone());
                let mut status = lock(&self.status);
                status.generation = generation;
                status.applied += 1;
                status.applied_at = Some(SystemTime::now());
                status.refusal = None;
                Outcome::Applied(generation)
            }
            Err(refusal) => {
                let shown: Arc<str> = refusal.to_string().into();
                let mut status = lock(&self.status);
                status.refused += 1;
                status.refusal = Some(shown);
                Outcome::Refused(refusal)
            }
        }
    }

    /// What came of the texts offered so far.
    pub fn status(&self) -> Status {
        lock(&self.status).clone()
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut Status)) {
        change(&mut lock(&self.status));
    }
}

impl<R> fmt::Debug for Reloader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloader")
            .field("status", &lock(&self.status))
            .finish_non_exhaustive()
    }
}

/// A panic inside `apply` must not make every later reload panic too.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reloader() -> Reloader<String> {
        let mut generation = 0;
        Reloader::new(move |text: &Text| {
            if text.bytes.starts_with(b"bad") {
                return Err("it is bad".to_owned());
            }
            generation += 1;
            Ok(generation)
        })
    }

    fn text(bytes: &str) -> Text {
        Text::new("policy", bytes.as_bytes())
    }

    #[test]
    fn a_good_text_comes_into_force() {
        let reloader = reloader();
        assert_eq!(reloader.offer(&text("one")), Outcome::Applied(1));
        assert_eq!(reloader.offer(&text("two")), Outcome::Applied(2));
        let status = reloader.status();
        assert_eq!((status.generation, status.applied), (2, 2));
        assert!(status.applied_at.is_some());
    }

    #[test]
    fn the_text_in_force_is_not_applied_again() {
        let reloader = reloader();
        reloader.offer(&text("one"));
        assert_eq!(reloader.offer(&text("one")), Outcome::Unchanged(1));
        assert_eq!(reloader.status().unchanged, 1);
    }

    #[test]
    fn a_bad_text_changes_nothing_but_the_status() {
        let reloader = reloader();
        reloader.offer(&text("one"));
        assert_eq!(
            reloader.offer(&text("bad")),
            Outcome::Refused("it is bad".to_owned())
        );
        let status = reloader.status();
        assert_eq!((status.generation, status.refused), (1, 1));
        assert_eq!(status.refusal.as_deref(), Some("it is bad"));
    }

    #[test]
    fn going_back_to_the_text_in_force_ends_the_refusal() {
        let reloader = reloader();
        reloader.offer(&text("one"));
        reloader.offer(&text("bad"));
        assert_eq!(reloader.offer(&text("one")), Outcome::Unchanged(1));
        assert!(!reloader.status().is_refused());
    }

    #[test]
    fn a_refused_text_is_tried_again() {
        let mut folder_exists = false;
        let reloader = Reloader::new(move |_: &Text| {
            if folder_exists {
                return Ok(1);
            }
            folder_exists = true;
            Err("no such folder")
        });
        assert_eq!(
            reloader.offer(&text("one")),
            Outcome::Refused("no such folder")
        );
        assert_eq!(reloader.offer(&text("one")), Outcome::Applied(1));
    }
}
