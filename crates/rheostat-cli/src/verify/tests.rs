//! Trails that somebody was at.

use hmac_sha256::Hash as Sha256;
use proptest::prelude::*;

use super::finding::What;
use super::line::Line;
use super::*;

/// The lines of a trail: so many records in each chain, one chain after the other.
fn trail_of(chains: &[usize]) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut prev = [0; 32];
    for (chain, records) in chains.iter().enumerate() {
        for seq in 0..*records {
            let (line, hash) = record(chain as u64 + 1, seq as u64, prev, "paid");
            lines.push(line);
            prev = hash;
        }
    }
    lines
}

fn record(chain: u64, seq: u64, prev: line::Hash, message: &str) -> (Vec<u8>, line::Hash) {
    let hashed = format!(
        "{{\"time\":\"2026-11-22T05:00:00.000000000Z\",\"level\":\"info\",\"message\":\"{message} {chain}.{seq}\",\
         \"chain\":{{\"id\":\"{chain:016x}\",\"seq\":{seq},\"prev\":\"{}\"",
        hex(&prev)
    );
    let hash: line::Hash = Sha256::hash(hashed.as_bytes());
    let line = format!("{hashed},\"hash\":\"{}\"}}}}\n", hex(&hash));
    (line.into_bytes(), hash)
}

fn verify(bytes: &[u8]) -> Trail {
    verify_with(bytes, Trail::default())
}

fn verify_with(bytes: &[u8], mut trail: Trail) -> Trail {
    let end = read(bytes, "trail", &mut trail).expect("memory can be read");
    trail.end(&end);
    trail
}

/// What was found, and at which lines.
fn found(trail: &Trail) -> Vec<(u64, What)> {
    let found = trail.findings.iter();
    found.map(|one| (one.at.line, one.what.clone())).collect()
}

fn lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(1_usize..12, 1..4).prop_map(|chains| trail_of(&chains))
}

/// A trail and one of its lines.
fn one_of_them() -> impl Strategy<Value = (Vec<Vec<u8>>, prop::sample::Index)> {
    (lines(), any::<prop::sample::Index>())
}

proptest! {
    #[test]
    fn a_trail_that_nobody_touched_is_fine(lines in lines()) {
        let trail = verify(&lines.concat());
        prop_assert!(is_fine(&trail), "{}", as_text(&trail));
        prop_assert_eq!(records(&trail), lines.len() as u64);
    }

    #[test]
    fn one_altered_byte_anywhere_is_found(lines in lines(), at in any::<prop::sample::Index>(), with in 1_u8..) {
        let mut bytes = lines.concat();
        let at = at.index(bytes.len());
        bytes[at] ^= with;
        let trail = verify(&bytes);
        prop_assert!(!is_fine(&trail), "{}", as_text(&trail));
    }

    #[test]
    fn a_missing_line_is_found_where_it_was((mut lines, at) in one_of_them()) {
        // The very last one is the end, of which nothing tells.
        prop_assume!(lines.len() > 1);
        let at = at.index(lines.len() - 1);
        lines.remove(at);
        let trail = verify(&lines.concat());
        let expected = |what: &What| matches!(what, What::Missing { .. } | What::BeginningMissing { .. });
        prop_assert!(
            found(&trail).iter().all(|(line, what)| *line == at as u64 + 1 && expected(what)),
            "{}", as_text(&trail)
        );
        prop_assert_eq!(trail.wrong, 1, "{}", as_text(&trail));
    }

    #[test]
    fn two_lines_in_each_others_place_are_found((mut lines, at) in one_of_them(), other in any::<prop::sample::Index>()) {
        let (at, other) = (at.index(lines.len()), other.index(lines.len()));
        prop_assume!(at != other);
        lines.swap(at, other);
        let trail = verify(&lines.concat());
        prop_assert!(!is_fine(&trail));
        let out_of_order = found(&trail).into_iter().filter(|(_, what)| matches!(what, What::OutOfOrder { .. }));
        prop_assert!(out_of_order.count() > 0, "{}", as_text(&trail));
    }

    #[test]
    fn records_that_come_again_are_told_from_others((lines, at) in one_of_them(), len in 1_usize..6) {
        // What a process had not written down as delivered, the next one delivers again.
        let at = at.index(lines.len());
        let end = (at + len).min(lines.len());
        let again = [&lines[..end], &lines[at..]].concat();
        let trail = verify(&again.concat());
        prop_assert!(is_fine(&trail), "{}", as_text(&trail));
        prop_assert_eq!(trail.repeated, (end - at) as u64);
        prop_assert_eq!(records(&trail), lines.len() as u64);
    }

    #[test]
    fn a_part_of_a_line_that_comes_again_whole_is_no_mistake((lines, at) in one_of_them(), cut in 1_usize..150) {
        let at = at.index(lines.len());
        let mut torn = lines[at][..cut].to_vec();
        torn.push(b'\n');
        let mut again = lines;
        again.insert(at, torn);
        let trail = verify(&again.concat());
        prop_assert!(is_fine(&trail), "{}", as_text(&trail));
        prop_assert_eq!(trail.cut_short, 1);
    }

    #[test]
    fn an_end_that_is_cut_off_is_found_by_who_knows_the_last_hash(lines in lines(), at in any::<prop::sample::Index>()) {
        let whole = lines.concat();
        let head = verify(&whole).chains.values().last().and_then(chain::Chain::tip).expect("a hash");
        let at = at.index(whole.len());
        let heads = || Trail::new(Vec::new(), vec![head]);
        prop_assert!(is_fine(&verify_with(&whole, heads())));
        // Without its line feed the last line is still whole.
        prop_assert_eq!(is_fine(&verify_with(&whole[..at], heads())), at + 1 == whole.len());
    }

    #[test]
    fn a_record_that_was_made_anew_with_a_right_hash_is_found((mut lines, at) in one_of_them()) {
        let at = at.index(lines.len() - 1 + usize::from(lines.len() == 1));
        prop_assume!(at + 1 < lines.len());
        let Line::Whole(link) = Line::read(lines[at].trim_ascii_end()) else { unreachable!("it was written whole") };
        lines[at] = record(link.chain, link.seq, link.prev, "not paid").0;
        let trail = verify(&lines.concat());
        let expected = |what: &What| matches!(what, What::Replaced { .. } | What::BeginningMissing { .. });
        prop_assert!(
            found(&trail).iter().all(|(line, what)| *line == at as u64 + 2 && expected(what)) && trail.wrong == 1,
            "{}", as_text(&trail)
        );
    }
}

#[test]
fn a_record_put_in_with_a_right_hash_is_found() {
    let mut lines = trail_of(&[3, 2]);
    let Line::Whole(last) = Line::read(lines[2].trim_ascii_end()) else {
        unreachable!("it was written whole")
    };
    lines.insert(3, record(1, 3, last.hash, "forged").0);
    let trail = verify(&lines.concat());
    assert_eq!(found(&trail), [(4, What::Surplus { seq: 3 })]);
}

#[test]
fn a_second_record_in_one_place_is_found() {
    let mut lines = trail_of(&[3]);
    let Line::Whole(first) = Line::read(lines[0].trim_ascii_end()) else {
        unreachable!("it was written whole")
    };
    lines.push(record(1, 1, first.hash, "forged").0);
    let trail = verify(&lines.concat());
    assert_eq!(found(&trail), [(4, What::Second { seq: 1 })]);
}

#[test]
fn records_of_other_rules_and_gaps_are_left_alone() {
    let mut lines = trail_of(&[2]);
    lines.insert(
        1,
        b"{\"time\":\"2026\",\"kind\":\"gap\",\"lost\":{\"queue_full\":3}}\n".to_vec(),
    );
    let trail = verify(&lines.concat());
    assert!(is_fine(&trail), "{}", as_text(&trail));
    assert_eq!(trail.plain, 1);
}

#[test]
fn a_record_that_was_put_aside_is_not_missing_whichever_file_comes_first() {
    let lines = trail_of(&[3, 2]);
    for gone in 0..lines.len() {
        let record = String::from_utf8(lines[gone].clone()).expect("text");
        let letter = format!(
            "{{\"refused_at\":\"2026\",\"sink\":\"lake\",\"why\":\"\\\",\\\"record\\\":{{\",\"record\":{}}}\n",
            record.trim_end()
        );
        let mut rest = lines.clone();
        rest.remove(gone);
        for all in [
            [rest.concat(), letter.clone().into_bytes()].concat(),
            [letter.into_bytes(), rest.concat()].concat(),
        ] {
            let trail = verify(&all);
            assert!(is_fine(&trail), "{gone}: {}", as_text(&trail));
            assert_eq!(trail.put_aside, 1);
        }
    }
}

#[test]
fn a_trail_whose_beginning_is_gone_on_purpose_is_fine_after_its_last_hash() {
    let lines = trail_of(&[2, 2]);
    let Line::Whole(last) = Line::read(lines[1].trim_ascii_end()) else {
        unreachable!("it was written whole")
    };
    let rest = lines[2..].concat();
    let expected = What::BeginningMissing { hash: last.hash };
    assert_eq!(found(&verify(&rest)), [(1, expected)]);
    let known = Trail::new(vec![last.hash], Vec::new());
    assert!(is_fine(&verify_with(&rest, known)));
}

#[test]
fn a_beginning_that_was_cut_off_within_a_chain_is_told_with_the_hash_to_say() {
    let lines = trail_of(&[4]);
    let Line::Whole(last) = Line::read(lines[1].trim_ascii_end()) else {
        unreachable!("it was written whole")
    };
    let rest = lines[2..].concat();
    let trail = verify(&rest);
    let missing = What::Missing {
        from: 0,
        to: 1,
        hash: Some(last.hash),
    };
    assert_eq!(found(&trail), [(1, missing)]);
    let known = Trail::new(vec![last.hash], Vec::new());
    assert!(is_fine(&verify_with(&rest, known)));
}

#[test]
fn a_part_of_a_line_at_the_end_of_one_file_may_come_whole_in_the_next() {
    let lines = trail_of(&[3]);
    let mut trail = Trail::default();
    let first = [&lines[0][..], &lines[1][..80]].concat();
    read(&first[..], "old", &mut trail).expect("memory can be read");
    let end = read(&lines[1..].concat()[..], "new", &mut trail).expect("memory can be read");
    trail.end(&end);
    assert!(is_fine(&trail), "{}", as_text(&trail));
    assert_eq!(trail.cut_short, 1);
}

#[test]
fn all_chains_together_remember_no_more_than_the_bound() {
    let mut trail = Trail::default();
    let at = place("trail", 1);
    for chain in 1..40 {
        for seq in 0..60_000 {
            let link = line::Link {
                chain,
                seq,
                prev: [0; 32],
                hash: [chain as u8; 32],
            };
            trail.whole(&link, &at);
        }
    }
    let hashes: usize = trail.chains.values().map(|chain| chain.window.len()).sum();
    assert!(hashes <= window::MOST, "{hashes}");
}

#[test]
fn a_file_without_chains_is_not_said_to_be_fine() {
    assert!(!is_fine(&verify(b"")));
    assert!(!is_fine(&verify(
        b"{\"time\":\"2026\",\"kind\":\"event\"}\n"
    )));
}

#[test]
fn json_that_a_tool_spelled_anew_is_said_to_be_that() {
    let line = String::from_utf8(trail_of(&[1]).concat()).expect("text");
    let trail = verify(line.replace("\":", "\": ").as_bytes());
    assert_eq!(found(&trail), [(1, What::Respelled)]);
}

#[test]
fn files_that_were_rotated_away_come_before_the_one_they_were() {
    let files = [
        "b",
        "a.jsonl",
        "a.jsonl.20261121T223000.123456789Z",
        "a.jsonl.bak",
    ]
    .map(PathBuf::from);
    let ordered = in_order(&files);
    let expected = [
        "b",
        "a.jsonl.20261121T223000.123456789Z",
        "a.jsonl",
        "a.jsonl.bak",
    ];
    assert_eq!(ordered, expected.map(PathBuf::from));
}

#[test]
fn the_memory_for_hashes_is_bounded_and_what_is_older_is_not_taken_for_the_same() {
    let mut window = window::Window::default();
    for seq in 0..100 {
        window.push(seq, Some([seq as u8; 32]), 10);
    }
    assert_eq!((window.len(), window.next()), (10, 100));
    assert_eq!(window.get(90), Some(Some([90; 32])));
    assert_eq!((window.get(89), window.get(100)), (None, None));
    window.push(u64::MAX - 1, Some([1; 32]), 10);
    assert_eq!(window.len(), 1);
}
