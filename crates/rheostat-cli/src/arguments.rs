//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Check, explain and describe Rheostat policies.
#[derive(Debug, Parser)]
#[command(
    name = "rheostat",
    version,
    after_help = "Exit codes: 0 fine, 1 errors in the input, 2 wrong usage."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is wrong with a policy, where, why, and what to write instead.
    Check(Check),
    /// Say what a policy makes of a callsite: which rules apply, what is decided already, what is left per record.
    Explain(Explain),
    /// Print the JSON Schema of the policy language, for editors.
    Schema(Schema),
    /// Say whether a trail of durable records is whole: nothing missing, altered, put in or out of order.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The policy file; `-` reads standard input.
    pub(crate) policy: PathBuf,
    /// A file of learned callsites, which `[inventory] file` of a policy has a program write: says which rules match
    /// none of them, and which names no span lends.
    #[arg(long, value_name = "FILE")]
    pub(crate) inventory: Option<PathBuf>,
    /// Say the most memory that Rheostat can take under the policy, and for what. With `--format json` the answer is an
    /// object of `findings` and `memory`.
    #[arg(long)]
    pub(crate) memory: bool,
    /// How many threads of the program record; four for each processor of this machine, unless said otherwise. More
    /// than four for each processor of the machine that it runs on share their storage and need no more.
    #[arg(long, value_name = "N", requires = "memory", value_parser = clap::value_parser!(u64).range(1..=4096))]
    pub(crate) threads: Option<u64>,
    #[command(flatten)]
    pub(crate) program: Program,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// The program that the policy is for.
#[derive(Debug, Args)]
pub(crate) struct Program {
    /// What that program links, as its `Handle::vocabulary` says; its own actions and sinks are known then.
    #[arg(long, value_name = "FILE")]
    pub(crate) vocabulary: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The policy file; `-` reads standard input.
    pub(crate) policy: PathBuf,
    /// A callsite: `event target=shop::db level=info fields=rows,elapsed file=src/db.rs:41` (or `span name=… …`).
    #[arg(
        long,
        required_unless_present = "inventory",
        conflicts_with = "inventory"
    )]
    pub(crate) callsite: Vec<String>,
    /// A file of learned callsites, one JSON object a line (`[inventory] file` of a policy has a program write it).
    #[arg(long, value_name = "FILE")]
    pub(crate) inventory: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) program: Program,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Files of JSON lines as they were delivered, the oldest first; `-` reads standard input. Files that were rotated
    /// away, and dead-letter files, belong to it.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The hash of a record that has to be there, such as the last one that `verify` showed: without one, nothing tells
    /// that the end was cut off.
    #[arg(long, value_name = "HASH")]
    pub(crate) head: Vec<String>,
    /// The hash of the last record before these files, where older ones are gone on purpose.
    #[arg(long, value_name = "HASH")]
    pub(crate) after: Vec<String>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// What to print.
    #[arg(value_enum, default_value_t = Document::JsonSchema)]
    pub(crate) document: Document,
    #[command(flatten)]
    pub(crate) program: Program,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For tools.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Document {
    /// The JSON Schema of a policy file.
    JsonSchema,
    /// The reference of the language, in Markdown.
    Reference,
}
