//! The client: a sink as one writes it.

use std::io;
use std::time::Duration;

use rheostat_core::sink::{Answer, Around, Batch, Failure, Report, Sink, SinkFactory, Verdict};
use rheostat_policy::vocabulary::{KeyDef, RecordClass, SinkDef, Type};
use rheostat_policy::{Diagnostic, model};
use rheostat_queue::Settings;
use rheostat_queue::format::Format;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer;

/// Makes sinks of type `reference`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReferenceSinks;

impl SinkFactory for ReferenceSinks {
    fn definition(&self) -> SinkDef {
        SinkDef {
            name: "reference",
            doc: "the server of the test kit",
            example: "[sinks.tested]\ntype = \"reference\"\naddress = \"127.0.0.1:4000\"\n",
            takes: vec![RecordClass::Events, RecordClass::Logs, RecordClass::Metrics],
            formats: Vec::new(),
            keys: vec![
                KeyDef::new(
                    "address",
                    Type::Address,
                    "host and port of the server",
                    r#""127.0.0.1:4000""#,
                )
                .required(),
                KeyDef::new(
                    "password",
                    Type::Secret,
                    "what it tells the server first",
                    r#"{ env = "PASSWORD" }"#,
                ),
            ],
            not_in_this_build: false,
        }
    }

    fn stage(
        &self,
        sink: &model::Sink,
        _around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let text = |key| sink.args.text(key).map(|text| text.to_string());
        let password = sink.args.secret("password");
        Ok(Box::new(Reference {
            address: text("address").unwrap_or_default(),
            password: password.map(|password| password.reveal().to_owned()),
            timeout: Settings::of(sink).timeout,
            connection: None,
        }))
    }
}

struct Reference {
    address: String,
    password: Option<String>,
    timeout: Duration,
    connection: Option<BufReader<TcpStream>>,
}

impl Reference {
    /// One request and its answer. After an error nobody knows what the
    /// connection holds, so it goes; and it goes if this is dropped half-way.
    async fn ask(&mut self, request: &[u8], len: usize) -> Verdict {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => match timeout(self.timeout, self.connect()).await {
                Ok(Ok(connection)) => connection,
                Ok(Err(error)) => return self.failed("cannot connect to", error),
                Err(_) => return self.failed("cannot connect to", timed_out()),
            },
        };
        match timeout(self.timeout, exchange(&mut connection, request)).await {
            Ok(Ok(line)) => {
                self.connection = Some(connection);
                answer::read(&line, len)
            }
            Ok(Err(error)) => self.failed("cannot deliver to", error),
            Err(_) => self.failed("cannot deliver to", timed_out()),
        }
    }

    async fn connect(&self) -> io::Result<BufReader<TcpStream>> {
        let mut connection = BufReader::new(TcpStream::connect(&self.address).await?);
        if let Some(password) = &self.password {
            let hello = format!("password {password}\n");
            connection.write_all(hello.as_bytes()).await?;
        }
        Ok(connection)
    }

    fn failed(&self, doing: &str, error: io::Error) -> Verdict {
        let doing = format!("{doing} {}", self.address);
        Verdict::retry(Failure::because(doing, error))
    }
}

async fn exchange(connection: &mut BufReader<TcpStream>, request: &[u8]) -> io::Result<String> {
    connection.write_all(request).await?;
    let mut line = String::new();
    connection.read_line(&mut line).await?;
    if line.ends_with('\n') {
        Ok(line)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn timed_out() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

impl Sink for Reference {
    fn deliver<'a>(&'a mut self, batch: &'a Batch) -> Answer<'a, Verdict> {
        let mut request = format!("records {}\n", batch.len()).into_bytes();
        for record in batch.records() {
            request.extend_from_slice(format!("{} ", record.id()).as_bytes());
            Format::Json.record(&record, &mut request);
        }
        if let Some(gap) = batch.gap() {
            let mut told = b"gap ".to_vec();
            Format::Json.gap(gap, &mut told);
            request.splice(0..0, told);
        }
        Box::pin(async move { self.ask(&request, batch.len()).await })
    }

    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        let mut request = format!("points {}\n", report.len());
        for (family, point) in report.points() {
            let labels: Vec<String> = report
                .labels(family, point)
                .map(|(name, value)| format!("{name}={value:?}"))
                .collect();
            request.push_str(&format!(
                "{}{{{}}} {} {} {}\n",
                family.name,
                labels.join(","),
                point.from,
                point.to,
                point.amount.number()
            ));
        }
        Box::pin(async move { self.ask(request.as_bytes(), report.len()).await })
    }

    fn acknowledges(&self) -> bool {
        true
    }

    fn keeps_trails(&self) -> bool {
        true
    }
}
