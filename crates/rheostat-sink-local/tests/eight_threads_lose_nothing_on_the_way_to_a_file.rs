//! Many threads, one file: every record arrives once and each thread's in order.

mod common;

use std::collections::HashMap;

use common::output::Program;
use common::{Folder, flush, lines};
use rheostat_core::ledger::Outcome;
use rheostat_core::mount::Root;

const THREADS: u64 = 8;
const EACH: u64 = 5_000;

#[test]
fn eight_threads_lose_nothing_on_the_way_to_a_file() {
    let folder = Folder::new();
    let path = folder.at("records.jsonl");
    let program = Program::new();
    program.apply(&format!(
        "version = 1\n[sinks.s]\ntype = \"file\"\npath = {path:?}\nfull = \"block\"\n\
         [[rules]]\nname = \"r\"\nmatch = {{ target = \"many\" }}\nstream = {{ sink = \"s\" }}\n"
    ));
    let root = Root::subscriber(program.engine.clone());
    tracing::subscriber::set_global_default(root).expect("the first one");
    program.engine.installed();
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            std::thread::spawn(move || {
                for n in 0..EACH {
                    tracing::info!(target: "many", thread, n);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("the thread ends well");
    }
    flush(&program.queues);
    let mut next: HashMap<u64, u64> = HashMap::new();
    for line in lines(&path) {
        let record: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let field = |name: &str| record["fields"][name].as_u64().expect("a number");
        let expected = next.entry(field("thread")).or_default();
        assert_eq!(field("n"), *expected, "thread {}", field("thread"));
        *expected += 1;
    }
    assert!(next.len() as u64 == THREADS && next.values().all(|records| *records == EACH));
    let ledger = program.engine.ledger().lines();
    let delivered: u64 = ledger
        .iter()
        .filter(|line| line.outcome == Outcome::Delivered)
        .map(|line| line.records)
        .sum();
    assert_eq!(delivered, THREADS * EACH);
    assert_eq!(ledger.len(), 1, "{ledger:?}");
}
