//! The ring under loom: every interleaving of one writer and one reader.
//!
//! With the store of `head` or of `tail` weakened to `Relaxed`, or either of
//! their loads, the model fails: a byte is touched by both threads at once.

#![cfg(loom)]

use super::*;

#[test]
fn no_byte_is_touched_by_both_threads_at_once() {
    loom::model(|| {
        let (mut writer, mut reader) = ring(16);
        let producer = loom::thread::spawn(move || {
            let mut written = 0;
            for number in 1..=3_u8 {
                let done = writer.write(|room| {
                    *room.first_mut()? = number;
                    Some(1)
                });
                written += usize::from(done.is_ok());
            }
            written
        });
        let mut last = 0;
        let mut read = 0;
        for _ in 0..2 {
            read += drain(&mut reader, &mut last);
        }
        let written = producer.join().unwrap();
        read += drain(&mut reader, &mut last);
        assert_eq!(read, written);
    });
}

fn drain(reader: &mut Reader, last: &mut u8) -> usize {
    let mut read = 0;
    reader.look();
    while let Some(entry) = reader.peek() {
        assert!(entry[0] > *last, "entries keep their order");
        *last = entry[0];
        read += 1;
        reader.pop();
    }
    reader.release();
    read
}
