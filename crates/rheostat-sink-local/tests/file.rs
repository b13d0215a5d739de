//! The sink `file`.

mod common;

use std::os::unix::fs::PermissionsExt as _;

use common::{Folder, apply, eventually, flush, lines, numbers, policy, start, told_lost};
use rheostat_core::ledger::Cause;
use rheostat_queue::Queues;

fn file(folder: &Folder, keys: &str) -> String {
    let path = folder.at("records.jsonl");
    format!("type = \"file\"\npath = {:?}\n{keys}", path)
}

#[test]
fn records_are_lines_in_order() {
    let folder = Folder::new();
    let running = start(&file(&folder, ""));
    running.feed.put(0..2000);
    flush(&running.queues);
    let written = numbers(lines(&folder.at("records.jsonl")));
    assert_eq!(written, (0..2000).collect::<Vec<_>>());
    assert_eq!(running.feed.account.get(Cause::Delivered), 2000);
}

#[test]
fn a_file_has_the_mode_that_the_policy_says_and_its_folder_is_made() {
    let folder = Folder::new();
    let path = folder.at("a/b/records.jsonl");
    let sink = format!("type = \"file\"\npath = {path:?}\nmode = \"0600\"");
    let _running = start(&sink);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_is_in_the_file_already_stays() {
    let folder = Folder::new();
    std::fs::write(folder.at("records.jsonl"), "{\"fields\":{\"n\":7}}\n").unwrap();
    let running = start(&file(&folder, ""));
    running.feed.put(8..9);
    flush(&running.queues);
    assert_eq!(numbers(lines(&folder.at("records.jsonl"))), [7, 8]);
}

#[test]
fn a_line_that_a_killed_process_left_half_written_is_ended_once() {
    let folder = Folder::new();
    let path = folder.at("records.jsonl");
    std::fs::write(&path, "{\"fields\":{\"n\":7}}\n{\"fie").unwrap();
    let running = start(&file(&folder, ""));
    running.feed.put(8..9);
    flush(&running.queues);
    running.feed.put(9..10);
    flush(&running.queues);
    let text = std::fs::read_to_string(&path).unwrap();
    let written: Vec<&str> = text.lines().collect();
    assert_eq!(written.len(), 4, "{text}");
    assert_eq!(written[1], "{\"fie");
    let whole = [written[0], written[2], written[3]];
    assert_eq!(numbers(whole), [7, 8, 9]);
}

#[test]
fn a_file_that_was_moved_away_is_begun_anew() {
    let folder = Folder::new();
    let running = start(&file(&folder, ""));
    running.feed.put(0..3);
    flush(&running.queues);
    std::fs::rename(folder.at("records.jsonl"), folder.at("moved")).unwrap();
    running.feed.put(3..5);
    flush(&running.queues);
    assert_eq!(numbers(lines(&folder.at("moved"))), [0, 1, 2]);
    assert_eq!(numbers(lines(&folder.at("records.jsonl"))), [3, 4]);
}

#[test]
fn a_file_that_was_deleted_is_begun_anew() {
    let folder = Folder::new();
    let running = start(&file(&folder, ""));
    running.feed.put(0..3);
    flush(&running.queues);
    std::fs::remove_file(folder.at("records.jsonl")).unwrap();
    running.feed.put(3..5);
    flush(&running.queues);
    assert_eq!(numbers(lines(&folder.at("records.jsonl"))), [3, 4]);
}

#[test]
fn a_file_is_rotated_before_it_grows_too_large_and_no_record_is_divided() {
    let folder = Folder::new();
    let running = start(&file(&folder, "rotate = { size = \"2KiB\", keep = 100 }"));
    running.feed.put(0..100);
    flush(&running.queues);
    let names = folder.names();
    assert!(names.len() > 3, "{names:?}");
    // The current file's name sorts before those with a moment behind it.
    let old_first = names[1..].iter().chain(&names[..1]);
    let mut all = Vec::new();
    for name in old_first {
        let path = folder.at(name);
        assert!(std::fs::metadata(&path).unwrap().len() <= 2048, "{name}");
        all.extend(numbers(lines(&path)));
    }
    assert_eq!(all, (0..100).collect::<Vec<_>>());
}

#[test]
fn only_the_newest_old_files_stay() {
    let folder = Folder::new();
    std::fs::write(folder.at("records.jsonl.notes"), "not ours").unwrap();
    let running = start(&file(&folder, "rotate = { size = \"1KiB\", keep = 2 }"));
    running.feed.put(0..100);
    flush(&running.queues);
    let names = folder.names();
    assert_eq!(names.len(), 1 + 2 + 1, "{names:?}");
    assert!(names.contains(&"records.jsonl.notes".to_owned()));
    let newest = numbers(lines(&folder.at("records.jsonl")));
    assert_eq!(*newest.last().unwrap(), 99);
}

#[test]
fn a_file_that_is_old_enough_is_rotated_with_the_next_record() {
    let folder = Folder::new();
    let running = start(&file(&folder, "rotate = { every = \"1ns\" }"));
    running.feed.put(0..1);
    flush(&running.queues);
    running.feed.put(1..2);
    flush(&running.queues);
    assert_eq!(numbers(lines(&folder.at("records.jsonl"))), [1]);
    assert_eq!(folder.names().len(), 2);
}

#[test]
fn a_full_disk_loses_nothing_before_the_retry_limit_and_counts_what_it_loses_after() {
    let sink = "type = \"file\"\npath = \"/dev/full\"\nbatch = { every = \"1ms\" }\n\
                retry = { first = \"1ms\", max = \"2ms\", for = \"50ms\" }";
    let running = start(sink);
    running.feed.put(0..10);
    let account = running.feed.account.clone();
    eventually("the batch is given up", || {
        account.get(Cause::RetryLimit) == 10
    });
    assert_eq!(account.queued(), 0);
    let status = &running.queues.status()[0];
    assert!(!status.up);
    let failure = status.last_failure.clone().unwrap();
    assert!(
        failure.starts_with("cannot write to /dev/full: No space left on device"),
        "{failure}"
    );
}

#[test]
fn records_that_a_full_disk_refused_arrive_elsewhere_after_an_edit() {
    let folder = Folder::new();
    let slow = "batch = { every = \"1ms\" }";
    let running = start(&format!("type = \"file\"\npath = \"/dev/full\"\n{slow}"));
    running.feed.put(0..10);
    let queues = &running.queues;
    eventually("the sink is down", || !queues.status()[0].up);
    let after = apply(queues, &file(&folder, slow));
    after.put(10..12);
    flush(queues);
    let written = numbers(lines(&folder.at("records.jsonl")));
    assert_eq!(written, (0..12).collect::<Vec<_>>());
    assert_eq!(running.feed.account.get(Cause::Delivered), 10);
}

#[test]
fn a_file_that_cannot_be_opened_is_a_finding_at_its_sink_and_changes_nothing() {
    let folder = Folder::new();
    let queues = Queues::new(rheostat_sink_local::all());
    let feed = apply(&queues, &file(&folder, ""));
    let wrong = policy("type = \"file\"\npath = \"/proc/none/records.jsonl\"");
    let findings = queues.stage(&wrong).err().unwrap();
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0]
            .message
            .starts_with("sink `s` cannot be opened: cannot open /proc/none"),
        "{}",
        findings[0].message
    );
    let place = findings[0].primary.place.range();
    assert!(wrong.source.text[place].contains('s'));
    feed.put(0..1);
    flush(&queues);
    assert_eq!(numbers(lines(&folder.at("records.jsonl"))), [0]);
}

#[test]
fn an_unchanged_sink_goes_on_through_an_edit_of_another() {
    let folder = Folder::new();
    let running = start(&file(&folder, ""));
    running.feed.put(0..5);
    let again = apply(
        &running.queues,
        &format!("# moved down\n{}", file(&folder, "")),
    );
    running.feed.put(5..6);
    again.put(6..7);
    flush(&running.queues);
    let written = numbers(lines(&folder.at("records.jsonl")));
    assert_eq!(written, (0..7).collect::<Vec<_>>());
}

#[test]
fn a_sink_that_left_the_policy_delivers_what_it_had() {
    let folder = Folder::new();
    let running = start(&file(&folder, ""));
    running.feed.put(0..5);
    let none = common::read("version = 1\n");
    let staged = running.queues.stage(&none).unwrap();
    running.queues.commit(staged);
    // A thread that is still inside the plan of the policy before.
    running.feed.put(5..6);
    flush(&running.queues);
    let written = numbers(lines(&folder.at("records.jsonl")));
    assert_eq!(written, (0..6).collect::<Vec<_>>());
}

#[test]
fn a_policy_that_was_staged_and_not_applied_leaves_nothing_behind() {
    let folder = Folder::new();
    let queues = Queues::new(rheostat_sink_local::all());
    let staged = queues.stage(&policy(&file(&folder, ""))).unwrap();
    drop(staged);
    assert!(queues.status().is_empty());
}

#[test]
fn shutting_down_delivers_everything_and_then_takes_no_more() {
    let folder = Folder::new();
    let running = start(&file(&folder, ""));
    running.feed.put(0..100);
    let report = running.queues.shutdown(common::LONG);
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(numbers(lines(&folder.at("records.jsonl"))).len(), 100);
    assert_eq!(running.feed.put(100..103), 0);
    assert_eq!(running.feed.account.get(Cause::Closed), 3);
}

#[test]
fn shutting_down_keeps_its_limit_when_the_sink_does_not_deliver() {
    let running = start("type = \"file\"\npath = \"/dev/full\"");
    running.feed.put(0..10);
    let limit = std::time::Duration::from_millis(50);
    let report = running.queues.shutdown(limit);
    assert!(!report.is_complete());
    assert_eq!(running.feed.account.get(Cause::Shutdown), 10);
    assert_eq!(running.feed.account.queued(), 0);
}

#[test]
fn what_a_full_queue_dropped_is_told_in_the_file() {
    let folder = Folder::new();
    let running = start(&file(&folder, "buffer = { memory = \"4KiB\" }"));
    let taken = running.feed.put(0..500);
    assert_eq!(taken, 500, "the rings take them all");
    flush(&running.queues);
    running.feed.put(1000..1001);
    flush(&running.queues);
    let lines = lines(&folder.at("records.jsonl"));
    let arrived = numbers(&lines).len() as u64;
    assert_eq!(arrived + told_lost(&lines), 501);
    assert_eq!(running.feed.lost(), told_lost(&lines));
}
