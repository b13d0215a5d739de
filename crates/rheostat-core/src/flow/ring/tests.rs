#![cfg(not(loom))]

use super::*;

fn put(writer: &mut Writer, bytes: &[u8]) -> Result<Level, Full> {
    writer.write(|room| {
        room.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(bytes.len())
    })
}

fn take(reader: &mut Reader) -> Vec<Vec<u8>> {
    reader.look();
    let mut taken = Vec::new();
    while let Some(entry) = reader.peek() {
        taken.push(entry.to_vec());
        reader.pop();
    }
    reader.release();
    taken
}

#[test]
fn entries_come_out_as_they_went_in() {
    let (mut writer, mut reader) = ring(64);
    put(&mut writer, b"one").unwrap();
    put(&mut writer, b"").unwrap();
    put(&mut writer, b"three").unwrap();
    assert_eq!(take(&mut reader), [&b"one"[..], b"", b"three"]);
    assert!(take(&mut reader).is_empty());
}

#[test]
fn a_full_ring_refuses_and_keeps_what_it_has() {
    let (mut writer, mut reader) = ring(32);
    put(&mut writer, b"0123456789").unwrap();
    put(&mut writer, b"abcdefghij").unwrap();
    assert_eq!(put(&mut writer, b"x"), Err(Full::Now));
    assert_eq!(take(&mut reader).len(), 2);
    assert_eq!(put(&mut writer, b"x"), Ok(Level::Fine));
}

#[test]
fn an_entry_larger_than_the_ring_is_refused_for_ever() {
    let (mut writer, _reader) = ring(32);
    assert_eq!(put(&mut writer, &[0; 40]), Err(Full::Ever));
}

#[test]
fn an_entry_is_never_split_at_the_end_of_the_memory() {
    let (mut writer, mut reader) = ring(64);
    for round in 0..1000_u32 {
        let len = (round * 7 % 29) as usize;
        let bytes = vec![round as u8; len];
        put(&mut writer, &bytes).unwrap();
        assert_eq!(take(&mut reader), [bytes]);
    }
}

#[test]
fn half_full_calls_for_the_reader() {
    let (mut writer, mut reader) = ring(64);
    assert_eq!(put(&mut writer, b"0123"), Ok(Level::Fine));
    put(&mut writer, b"0123").unwrap();
    put(&mut writer, b"0123").unwrap();
    assert_eq!(put(&mut writer, b"0123"), Ok(Level::High));
    take(&mut reader);
    assert_eq!(put(&mut writer, b"0123"), Ok(Level::Fine));
}

#[test]
fn room_comes_back_only_when_the_reader_gives_it() {
    let (mut writer, mut reader) = ring(32);
    put(&mut writer, &[1; 28]).unwrap();
    reader.look();
    reader.pop();
    assert_eq!(put(&mut writer, b"x"), Err(Full::Now));
    reader.release();
    assert!(put(&mut writer, b"x").is_ok());
}

#[test]
fn two_threads_pass_a_million_entries_in_order() {
    let (mut writer, mut reader) = ring(4096);
    let producer = std::thread::spawn(move || {
        for number in 0..1_000_000_u64 {
            while put(&mut writer, &number.to_le_bytes()).is_err() {
                std::thread::yield_now();
            }
        }
    });
    let mut expected = 0_u64;
    while expected < 1_000_000 {
        for entry in take(&mut reader) {
            assert_eq!(entry, expected.to_le_bytes());
            expected += 1;
        }
    }
    producer.join().unwrap();
}
