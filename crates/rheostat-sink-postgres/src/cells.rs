//! Rows as they are sent: lines of COPY, or one text for each parameter.

use std::ops::Range;

use bytes::Bytes;

use crate::ty::Fit;

/// What stands for a NUL, which no text of such a server can hold.
pub(crate) const NUL: &str = "\u{2400}";

/// Rows on their way out.
pub(crate) struct Cells {
    bytes: Vec<u8>,
    rows: usize,
    form: Form,
}

enum Form {
    /// Cells are set off by tabs, rows by line feeds.
    Copy,
    /// Where each cell is; `None` for null.
    Apart(Vec<Option<Range<usize>>>),
}

impl Cells {
    /// For `COPY … FROM STDIN`.
    pub(crate) fn copy(bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
            rows: 0,
            form: Form::Copy,
        }
    }

    /// For parameters.
    pub(crate) fn apart() -> Self {
        Self {
            form: Form::Apart(Vec::new()),
            ..Self::copy(0)
        }
    }

    /// Adds a cell. What `write` appended counts only where it says so.
    #[inline]
    pub(crate) fn put(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Fit) -> Fit {
        let at = self.bytes.len();
        let fit = write(&mut self.bytes);
        let is_null = fit != Fit::Written;
        if is_null {
            self.bytes.truncate(at);
        }
        match &mut self.form {
            Form::Copy if is_null => self.bytes.extend_from_slice(b"\\N\t"),
            Form::Copy => {
                clean(&mut self.bytes, at, is_special_in_copy);
                self.bytes.push(b'\t');
            }
            Form::Apart(cells) if is_null => cells.push(None),
            Form::Apart(cells) => {
                clean(&mut self.bytes, at, |byte| byte == 0);
                cells.push(Some(at..self.bytes.len()));
            }
        }
        fit
    }

    /// Ends a row, which has a cell at least.
    pub(crate) fn end_row(&mut self) {
        self.rows += 1;
        if let (Form::Copy, Some(last)) = (&self.form, self.bytes.last_mut()) {
            *last = b'\n';
        }
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// All lines.
    pub(crate) fn into_bytes(self) -> Bytes {
        self.bytes.into()
    }

    /// All cells, each where it was put.
    pub(crate) fn texts(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let cells = match &self.form {
            Form::Copy => &[][..],
            Form::Apart(cells) => cells,
        };
        cells
            .iter()
            .map(|cell| cell.as_ref().map(|at| &self.bytes[at.clone()]))
    }
}

fn is_special_in_copy(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b'\\')
}

/// Writes what stands behind `at` anew where something in it is special.
#[inline]
fn clean(bytes: &mut Vec<u8>, at: usize, is_special: impl Fn(u8) -> bool) {
    if let Some(first) = bytes[at..].iter().position(|byte| is_special(*byte)) {
        rewrite(bytes, at + first, is_special);
    }
}

#[cold]
fn rewrite(bytes: &mut Vec<u8>, at: usize, is_special: impl Fn(u8) -> bool) {
    let tail = bytes.split_off(at);
    for byte in tail {
        match byte {
            0 => bytes.extend_from_slice(NUL.as_bytes()),
            special if is_special(special) => bytes.extend_from_slice(match special {
                b'\t' => b"\\t",
                b'\n' => b"\\n",
                b'\r' => b"\\r",
                _ => b"\\\\",
            }),
            other => bytes.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(cells: &mut Cells, text: &str) {
        cells.put(|out| {
            out.extend_from_slice(text.as_bytes());
            Fit::Written
        });
    }

    #[test]
    fn nothing_in_a_cell_ends_it() {
        let mut cells = Cells::copy(0);
        write(&mut cells, "a\tb\nc\\N\r\0ž");
        cells.put(|out| {
            out.push(b'x');
            Fit::Not
        });
        write(&mut cells, "");
        cells.end_row();
        let expected = "a\\tb\\nc\\\\N\\r␀ž\t\\N\t\n";
        assert_eq!(cells.into_bytes(), expected.as_bytes());
    }

    #[test]
    fn parameters_are_texts_as_they_are() {
        let mut cells = Cells::apart();
        write(&mut cells, "a\tb\\");
        cells.put(|_| Fit::Nothing);
        write(&mut cells, "x\0");
        cells.end_row();
        let texts: Vec<Option<&[u8]>> = cells.texts().collect();
        assert_eq!(texts, [Some(&b"a\tb\\"[..]), None, Some("x␀".as_bytes())]);
        assert_eq!(cells.rows(), 1);
    }
}
