//! What the command line asks for.

/// How to run.
#[derive(Debug)]
pub(crate) struct Options {
    /// How many turns every case gets.
    pub(crate) rounds: usize,
    /// Whether callgrind counts instructions too.
    pub(crate) instructions: bool,
    /// Only cases whose name holds this.
    pub(crate) only: Option<String>,
}

/// Reads the options.
///
/// # Errors
///
/// A word that is not an option.
pub(crate) fn read(words: &[&str]) -> Result<Options, String> {
    let mut options = Options {
        rounds: 100,
        instructions: false,
        only: None,
    };
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match *word {
            "--instructions" => options.instructions = true,
            "--rounds" => {
                let text = rest.next().ok_or("`--rounds` needs a number")?;
                options.rounds = text
                    .parse()
                    .map_err(|_| format!("`{text}` is not a number of rounds"))?;
            }
            "--only" => options.only = Some((*rest.next().ok_or("`--only` needs a name")?).into()),
            other => {
                return Err(format!(
                    "`{other}` is not an option; known are --rounds N, --only NAME, --instructions"
                ));
            }
        }
    }
    if options.rounds == 0 {
        return Err("`--rounds` needs at least 1".into());
    }
    Ok(options)
}
