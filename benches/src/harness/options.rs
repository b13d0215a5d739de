//! What the command line asks for.

/// How to run.
#[derive(Debug)]
pub(crate) struct Options {
    /// How many turns every process gets.
    pub(crate) rounds: usize,
    /// How many processes run each case: where code and data happen to lie differs from one to the next.
    pub(crate) processes: usize,
    /// Whether callgrind counts instructions too.
    pub(crate) instructions: bool,
    /// Whether what grows is measured at small sizes only.
    pub(crate) quick: bool,
    /// Only cases whose name holds this.
    pub(crate) only: Option<String>,
    /// Where the report is written, besides being printed.
    pub(crate) write: Option<String>,
}

/// Reads the options.
///
/// # Errors
///
/// A word that is not an option.
pub(crate) fn read(words: &[&str]) -> Result<Options, String> {
    let mut options = Options {
        rounds: 100,
        processes: 3,
        instructions: false,
        quick: false,
        only: None,
        write: None,
    };
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match *word {
            "--instructions" => options.instructions = true,
            "--quick" => options.quick = true,
            "--rounds" => options.rounds = number(word, rest.next())?,
            "--processes" => options.processes = number(word, rest.next())?,
            "--only" => options.only = Some((*rest.next().ok_or("`--only` needs a name")?).into()),
            "--write" => {
                options.write = Some((*rest.next().ok_or("`--write` needs a path")?).into())
            }
            other => {
                return Err(format!(
                    "`{other}` is not an option; known are --rounds N, --processes N, --only NAME, \
                     --instructions, --quick, --write FILE"
                ));
            }
        }
    }
    Ok(options)
}

fn number(option: &str, word: Option<&&str>) -> Result<usize, String> {
    match word.and_then(|word| word.parse().ok()) {
        Some(0) | None => Err(format!("`{option}` needs a number, at least 1")),
        Some(number) => Ok(number),
    }
}
