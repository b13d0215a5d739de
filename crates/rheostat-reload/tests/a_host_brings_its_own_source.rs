//! The host's own source and the host's own texts take the same way as a file's.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rheostat_reload::{
    News, Outcome, Reloader, Source, SourceError, Text, Watcher, WatcherOptions,
};

/// Texts that arrive through a channel, as they would from a store that a fleet watches.
struct Inbox(Receiver<&'static str>);

impl Source for Inbox {
    fn name(&self) -> Arc<str> {
        "inbox".into()
    }

    fn read(&mut self) -> Result<Text, SourceError> {
        Ok(Text::new("inbox", *b"version = 1"))
    }

    fn wait(&mut self, limit: Duration) -> News {
        match self.0.recv_timeout(limit) {
            Ok(text) => News::Saved(Text::new("inbox", text.as_bytes())),
            Err(_) => News::Nothing,
        }
    }
}

#[test]
fn texts_of_both_are_applied_in_one_order() {
    let (send, receive) = channel();
    let applied = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&applied);
    let reloader = Arc::new(Reloader::<String>::new(move |text: &Text| {
        let mut log = log.lock().expect("no panic inside");
        log.push(String::from_utf8_lossy(&text.bytes).into_owned());
        Ok(log.len() as u64)
    }));
    let options = WatcherOptions {
        on_thread_start: || {},
        tell: Arc::new(|_| {}),
    };
    let watcher = Watcher::start(Inbox(receive), Arc::clone(&reloader), options).expect("a thread");

    send.send("from the store").expect("the watcher listens");
    let end = Instant::now() + Duration::from_secs(30);
    while reloader.status().generation == 0 && Instant::now() < end {
        std::thread::yield_now();
    }
    let own = Text::new("policy", *b"from the host");
    assert_eq!(reloader.offer(&own), Outcome::Applied(2));
    drop(watcher);
    assert_eq!(
        *applied.lock().expect("no panic inside"),
        ["from the store", "from the host"]
    );
    assert!(!reloader.status().watching);
}
