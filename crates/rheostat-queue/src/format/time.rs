//! Moments as RFC 3339, UTC, with nanoseconds.

/// Appends `2026-11-21T22:30:00.123456789Z`.
pub(super) fn rfc3339(nanos: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&shown(nanos));
}

/// The same with `digits` digits behind the point.
pub(super) fn rfc3339_to(nanos: u64, digits: usize, out: &mut Vec<u8>) {
    let shown = shown(nanos);
    out.extend_from_slice(&shown[..20 + digits]);
    out.push(b'Z');
}

fn shown(nanos: u64) -> [u8; 30] {
    let seconds = nanos / 1_000_000_000;
    let (year, month, day) = civil(seconds / 86_400);
    let second = seconds % 86_400;
    let mut text = *b"0000-00-00T00:00:00.000000000Z";
    digits(&mut text[0..4], year);
    digits(&mut text[5..7], month);
    digits(&mut text[8..10], day);
    digits(&mut text[11..13], second / 3600);
    digits(&mut text[14..16], second / 60 % 60);
    digits(&mut text[17..19], second % 60);
    digits(&mut text[20..29], nanos % 1_000_000_000);
    text
}

#[inline]
fn digits(room: &mut [u8], mut number: u64) {
    for digit in room.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// The date of a day since 1970, by counting in years that begin in March, so
/// that the day a leap year adds is the last of its year.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(nanos: u64) -> String {
        let mut out = Vec::new();
        rfc3339(nanos, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn moments_are_shown_in_utc_with_nanoseconds() {
        assert_eq!(text(0), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(
            text(951_782_400_000_000_001),
            "2000-02-29T00:00:00.000000001Z"
        );
        assert_eq!(
            text(1_795_300_199_999_999_999),
            "2026-11-21T22:29:59.999999999Z"
        );
        assert_eq!(text(u64::MAX), "2554-07-21T23:34:33.709551615Z");
    }

    #[test]
    fn fewer_digits_are_cut_not_rounded() {
        let mut out = Vec::new();
        rfc3339_to(999_999_999, 6, &mut out);
        assert_eq!(out, b"1970-01-01T00:00:00.999999Z");
    }
}
