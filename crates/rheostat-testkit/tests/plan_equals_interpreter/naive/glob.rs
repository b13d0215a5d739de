//! Globs, by recursion over what is left of pattern and text.

/// `a{b,c}d` as `abd`, `acd`.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some(open) = pattern.find('{') else {
        return vec![pattern.to_owned()];
    };
    let mut depth = 0;
    let mut cuts = vec![open];
    for (at, byte) in pattern.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b',' if depth == 1 => cuts.push(at),
            _ => {}
        }
        if depth == 0 {
            cuts.push(at);
            break;
        }
    }
    let (before, after) = (&pattern[..open], &pattern[cuts[cuts.len() - 1] + 1..]);
    cuts.windows(2)
        .flat_map(|cut| alternatives(&format!("{before}{}{after}", &pattern[cut[0] + 1..cut[1]])))
        .collect()
}

/// `*` is any run of characters.
pub(crate) fn name(pattern: &str, text: &str) -> bool {
    alternatives(pattern)
        .iter()
        .any(|pattern| run(pattern, text))
}

/// `*` within a `::` segment, `**` any number of segments.
pub(crate) fn target(pattern: &str, text: &str) -> bool {
    segmented(pattern, text, "::")
}

/// Over `/`, matched at the end of the path.
pub(crate) fn file(pattern: &str, text: &str) -> bool {
    alternatives(pattern).iter().any(|pattern| {
        let text: Vec<&str> = text.split('/').collect();
        let pattern: Vec<&str> = pattern.split('/').collect();
        (0..text.len()).any(|start| segments(&pattern, &text[start..]))
    })
}

fn segmented(pattern: &str, text: &str, separator: &str) -> bool {
    alternatives(pattern).iter().any(|pattern| {
        let pattern: Vec<&str> = pattern.split(separator).collect();
        let text: Vec<&str> = text.split(separator).collect();
        segments(&pattern, &text)
    })
}

fn segments(pattern: &[&str], text: &[&str]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=text.len()).any(|skip| segments(rest, &text[skip..])),
        ([first, rest @ ..], [head, tail @ ..]) => run(first, head) && segments(rest, tail),
        _ => false,
    }
}

fn run(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = pattern.trim_start_matches('*');
            text.char_indices()
                .map(|(at, _)| at)
                .chain([text.len()])
                .any(|at| run(rest, &text[at..]))
        }
        Some(first) => {
            text.starts_with(first) && run(&pattern[first.len_utf8()..], &text[first.len_utf8()..])
        }
    }
}
