//! A thread that is stuck in a user's `Debug` keeps the tables of its time, delays nobody, and what
//! it kept is freed when it leaves.

mod common;

use std::fmt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use common::on;
use rheostat_core::internal::set_notice_hook;

const POLICY: &str = r#"
    [[rules]]
    name = "seen"
    match = { target = "app", event = "*" }
    count = { metric = "seen_total", labels = ["value", "tenant"] }
"#;

struct Parks(Sender<()>, Mutex<Receiver<()>>);

impl fmt::Debug for Parks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.send(()).expect("the test waits for this");
        self.1
            .lock()
            .expect("nobody panicked with it")
            .recv()
            .expect("the test sends this");
        f.write_str("parked")
    }
}

#[test]
fn a_reader_parked_in_a_debug_only_delays_freeing() {
    let name = "a_reader_parked_in_a_debug_only_delays_freeing";
    on(
        name,
        |case| case.global,
        |case, world| {
            let notices: Arc<Mutex<Vec<&str>>> = Arc::default();
            let hook = notices.clone();
            set_notice_hook(Some(Arc::new(move |notice| {
                hook.lock()
                    .expect("nobody panicked with it")
                    .push(notice.code)
            })));
            world.apply(POLICY);
            // Neighbours format too, and are not our affair: the parked value is for one `Debug`.
            if case.mount != common::Mount::Subscriber {
                return;
            }
            let (parked, is_parked) = channel();
            let (leave, may_leave) = channel();
            let reader = std::thread::spawn(move || {
                let value = Parks(parked, Mutex::new(may_leave));
                let span = tracing::info_span!(target: "app", "request", tenant = "acme");
                span.in_scope(|| tracing::info!(target: "app", ?value));
            });
            is_parked.recv().expect("the reader parks");
            for round in 0..100 {
                world.apply(&format!("{POLICY}\n# {round}"));
                tracing::info!(target: "app", value = round);
            }
            assert_eq!(world.status().unfreed_tables, 100);
            assert_eq!(
                *notices.lock().expect("nobody panicked with it"),
                ["unfreed-tables"]
            );
            assert_eq!(world.heard().len(), 100);
            leave.send(()).expect("the reader waits for this");
            reader.join().expect("the reader ends well");
            assert_eq!(world.heard(), ["seen tenant=acme value=parked"]);
            world.engine.tick();
            assert_eq!(world.status().unfreed_tables, 0);
        },
    );
}
