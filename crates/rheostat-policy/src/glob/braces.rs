//! Alternatives: `a{b,c}` is `ab` and `ac`.

use super::pattern::MAX_ALTERNATIVES;

/// Why braces cannot be spelt out; the number is a byte in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NotClosed(usize),
    NotOpened(usize),
    TooMany,
}

/// All texts that a text with braces stands for; braces may nest.
pub(super) fn expand(text: &str) -> Result<Vec<String>, Fault> {
    balanced(text)?;
    spell_out(text)
}

/// Reports the outermost brace without a partner.
fn balanced(text: &str) -> Result<(), Fault> {
    let mut open = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '{' => open.push(at),
            '}' => {
                open.pop().ok_or(Fault::NotOpened(at))?;
            }
            _ => {}
        }
    }
    open.first().map_or(Ok(()), |at| Err(Fault::NotClosed(*at)))
}

/// A pair of braces that is still open.
struct Group {
    /// All texts up to it.
    before: Vec<String>,
    /// Its alternatives up to the last comma.
    finished: Vec<String>,
}

/// Outside of braces a comma is a character like any other.
fn spell_out(text: &str) -> Result<Vec<String>, Fault> {
    let mut groups: Vec<Group> = Vec::new();
    let mut current = vec![String::new()];
    for c in text.chars() {
        match (c, groups.last_mut()) {
            ('{', _) => groups.push(Group {
                before: std::mem::replace(&mut current, vec![String::new()]),
                finished: Vec::new(),
            }),
            (',', Some(group)) => {
                group.finished.append(&mut current);
                current.push(String::new());
            }
            ('}', Some(group)) => {
                group.finished.append(&mut current);
                if group.before.len() * group.finished.len() > MAX_ALTERNATIVES {
                    return Err(Fault::TooMany);
                }
                for before in &group.before {
                    let joined = group.finished.iter().map(|rest| format!("{before}{rest}"));
                    current.extend(joined);
                }
                groups.pop();
            }
            (c, _) => current.iter_mut().for_each(|text| text.push(c)),
        }
        let pending: usize = groups.iter().map(|group| group.finished.len()).sum();
        if current.len() + pending > MAX_ALTERNATIVES {
            return Err(Fault::TooMany);
        }
    }
    Ok(current)
}
