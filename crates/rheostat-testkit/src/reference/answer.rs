//! What the server's answers mean.

use std::time::Duration;

use rheostat_core::sink::{Failure, Refusal, Verdict};

/// The verdict that a line stands for; `len` is what was asked about.
pub(super) fn read(line: &str, len: usize) -> Verdict {
    let mut words = line.trim_end().splitn(2, ' ');
    let (kind, rest) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    match kind {
        "ok" => Verdict::Delivered,
        "later" => {
            let (wait, why) = rest.split_once(' ').unwrap_or((rest, ""));
            Verdict::RetryAfter {
                delivered: 0,
                after: wait.parse().ok().map(Duration::from_millis),
                why: Failure::new(why),
            }
        }
        "partly" => {
            let mut words = rest.splitn(3, ' ');
            let mut positions = || positions(words.next().unwrap_or(""), len);
            let (refused, again) = (positions(), positions());
            let why = words.next().unwrap_or("");
            let refusal = |record| Refusal {
                record,
                why: Failure::new(why),
            };
            Verdict::Partly {
                refused: refused.into_iter().map(refusal).collect(),
                again,
                after: None,
                why: Failure::new(why),
            }
        }
        "refused" => Verdict::RefusedWhole(Failure::new(rest)),
        "denied" => Verdict::Misconfigured(Failure::new(rest)),
        other => Verdict::retry(Failure::new(format!(
            "the server answers {other:?}, which is no word of this protocol"
        ))),
    }
}

/// `1,4,9`, or `-` for none.
fn positions(text: &str, len: usize) -> Vec<usize> {
    let numbers = text.split(',').filter_map(|number| number.parse().ok());
    numbers.filter(|at| *at < len).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_has_its_verdict() {
        let shown = |line| format!("{:?}", read(line, 10));
        assert!(shown("ok\n").starts_with("Delivered"));
        assert!(shown("later 1500 busy\n").contains("1.5s"));
        assert!(shown("later - busy\n").contains("None"));
        assert!(shown("refused too large\n").starts_with("RefusedWhole"));
        assert!(shown("denied who are you\n").starts_with("Misconfigured"));
        assert!(shown("<html>\n").starts_with("RetryAfter"));
        let Verdict::Partly { refused, again, .. } = read("partly 1 2,3,11 no\n", 10) else {
            unreachable!("it was partly");
        };
        assert_eq!((refused[0].record, again), (1, vec![2, 3]));
    }
}
