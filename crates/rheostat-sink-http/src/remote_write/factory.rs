//! What `type = "prometheus_remote_write"` means.

use rheostat_core::sink::{Around, Sink, SinkFactory};
use rheostat_policy::Diagnostic;
use rheostat_policy::first_party::remote_write_sink_def;
use rheostat_policy::model;
use rheostat_policy::vocabulary::SinkDef;

use super::labels::{Everywhere, is_name};
use super::series::{Histograms, Writer};
use super::sink::RemoteWrite;
use rheostat_http::{Client, refused};

/// `type = "prometheus_remote_write"`
#[derive(Clone, Copy, Debug, Default)]
pub struct RemoteWriteSinks;

impl SinkFactory for RemoteWriteSinks {
    fn definition(&self) -> SinkDef {
        remote_write_sink_def()
    }

    fn stage(
        &self,
        sink: &model::Sink,
        around: &Around<'_>,
    ) -> Result<Box<dyn Sink>, Box<Diagnostic>> {
        let word = |key| sink.args.text(key).map(|text| &**text);
        let histograms = match word("histograms") {
            Some("native") => Histograms::Native,
            Some("both") => Histograms::Both,
            _ => Histograms::Classic,
        };
        let job = word("job").map_or_else(program, str::to_owned);
        let instance = word("instance").map_or_else(instance, str::to_owned);
        let mut everywhere = Vec::new();
        for (name, value) in sink.args.map("labels").into_iter().flatten() {
            if !is_name(name) {
                return Err(refused(sink, format!("`{name}` is not a label's name")));
            }
            everywhere.push((name.to_string(), value.to_string()));
        }
        everywhere.push(("job".to_owned(), job));
        everywhere.push(("instance".to_owned(), instance));
        let writer = Writer::new(Everywhere(everywhere), histograms);
        let client = Client::stage(sink, around, "Bearer")?;
        Ok(Box::new(RemoteWrite::new(client, writer)))
    }
}

/// The name of the program's own file.
fn program() -> String {
    let path = std::env::current_exe().ok();
    let name = path.as_deref().and_then(std::path::Path::file_name);
    name.map_or_else(
        || "unknown".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Machine and process: no two programs that run at one time are the same.
fn instance() -> String {
    let machine = rustix::system::uname();
    let machine = machine.nodename().to_string_lossy();
    format!("{machine}:{}", std::process::id())
}
