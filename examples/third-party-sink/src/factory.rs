//! The factory: what `type = "csv"` means, and how such a sink is opened.

use std::fs::OpenOptions;

use rheostat_core::sink::{Around, Sink, SinkFactory};
use rheostat_policy::diagnostic::{Label, Severity};
use rheostat_policy::model;
use rheostat_policy::vocabulary::{KeyDef, RecordClass, SinkDef, Type};
use rheostat_policy::{Diagnostic, Place};

use crate::sink::Csv;

/// Makes sinks of type `csv`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CsvFactory;

impl SinkFactory for CsvFactory {
    fn definition(&self) -> SinkDef {
        SinkDef {
            name: "csv",
            doc: "a file of comma-separated values, one line a record",
            example: "type = \"csv\"\npath = \"events.csv\"",
            takes: vec![RecordClass::Events],
            formats: Vec::new(),
            keys: vec![
                KeyDef::new(
                    "path",
                    Type::Path,
                    "the file, appended to",
                    r#""events.csv""#,
                )
                .required(),
            ],
            not_in_this_build: false,
        }
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let path = around.path(
            sink.args
                .text("path")
                .map(|path| &**path)
                .unwrap_or_default(),
        );
        match OpenOptions::new().create(true).append(true).open(&path) {
            Ok(file) => Ok(Box::new(Csv(file))),
            Err(error) => Err(Box::new(cannot_open(
                &path.display().to_string(),
                &error,
                sink.place,
            ))),
        }
    }
}

fn cannot_open(path: &str, error: &std::io::Error, place: Place) -> Diagnostic {
    Diagnostic {
        code: "CSV1",
        name: "cannot-open",
        severity: Severity::Error,
        message: format!("cannot open the file {path}"),
        primary: Label {
            place,
            text: error.to_string(),
        },
        others: Vec::new(),
        helps: Vec::new(),
        notes: Vec::new(),
    }
}
