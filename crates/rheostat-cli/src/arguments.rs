//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Check, explain and describe Rheostat policies.
#[derive(Debug, Parser)]
#[command(name = "rheostat", version, about)]
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
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The policy file; `-` reads standard input.
    pub(crate) policy: PathBuf,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
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
    /// A file of learned callsites, one JSON object a line (`[inventory] file` writes it).
    #[arg(long)]
    pub(crate) inventory: Option<PathBuf>,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// What to print.
    #[arg(value_enum, default_value_t = Document::JsonSchema)]
    pub(crate) document: Document,
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
