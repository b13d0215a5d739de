//! Text that cannot steer a terminal or break its frame.

/// Per byte: whether it needs a closer look.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        special[byte] = true;
        byte += 1;
    }
    special[b'"' as usize] = true;
    special[b'\\' as usize] = true;
    special[0x7f] = true;
    // The first byte of U+0080 to U+009F, which terminals take for controls.
    special[0xc2] = true;
    // The first byte of U+2028 to U+202E and U+2066 to U+2069: what breaks
    // lines in JavaScript and turns the direction of what follows.
    special[0xe2] = true;
    special
};

/// Appends a text as it stands between the quotes of a JSON string.
#[inline]
pub(super) fn json(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut plain = 0;
    let mut at = 0;
    while at < bytes.len() {
        if !SPECIAL[bytes[at] as usize] {
            at += 1;
            continue;
        }
        let (length, code) = look(&bytes[at..]);
        if let Some(code) = code {
            out.extend_from_slice(&bytes[plain..at]);
            escaped_in_json(code, out);
            plain = at + length;
        }
        at += length;
    }
    out.extend_from_slice(&bytes[plain..]);
}

#[cold]
fn escaped_in_json(code: u32, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match code {
        0x22 => out.extend_from_slice(b"\\\""),
        0x5c => out.extend_from_slice(b"\\\\"),
        0x0a => out.extend_from_slice(b"\\n"),
        0x0d => out.extend_from_slice(b"\\r"),
        0x09 => out.extend_from_slice(b"\\t"),
        code => {
            out.extend_from_slice(b"\\u");
            for shift in [12, 8, 4, 0] {
                out.push(HEX[(code >> shift & 15) as usize]);
            }
        }
    }
}

/// Appends a text for people: what is harmless as it is, the rest as Rust would write it.
pub fn plain(text: &str, out: &mut Vec<u8>) {
    escape_for_people(text, false, out);
}

/// The same between quotes, which are escaped too.
pub(super) fn quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escape_for_people(text, true, out);
    out.push(b'"');
}

fn escape_for_people(text: &str, in_quotes: bool, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut plain = 0;
    let mut at = 0;
    while at < bytes.len() {
        if !SPECIAL[bytes[at] as usize] {
            at += 1;
            continue;
        }
        let (length, code) = look(&bytes[at..]);
        let harmless = matches!(code, None | Some(0x22 | 0x5c)) && !in_quotes;
        if let (Some(code), false) = (code, harmless) {
            out.extend_from_slice(&bytes[plain..at]);
            let shown = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend(shown.escape_default().map(|part| part as u8));
            plain = at + length;
        }
        at += length;
    }
    out.extend_from_slice(&bytes[plain..]);
}

/// The length of what begins here and, if it must be escaped, its code.
#[inline]
fn look(bytes: &[u8]) -> (usize, Option<u32>) {
    match bytes {
        [0xc2, next @ 0x80..=0x9f, ..] => (2, Some(u32::from(*next))),
        [0xc2, ..] => (2, None),
        [0xe2, 0x80, last @ 0xa8..=0xae, ..] => (3, Some(0x2000 | (u32::from(*last) & 0x3f))),
        [0xe2, 0x81, last @ 0xa6..=0xa9, ..] => (3, Some(0x2040 | (u32::from(*last) & 0x3f))),
        [0xe2, ..] => (3, None),
        [byte, ..] => (1, Some(u32::from(*byte))),
        [] => (0, None),
    }
}
