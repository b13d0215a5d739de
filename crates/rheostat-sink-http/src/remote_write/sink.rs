//! The sink behind `prometheus_remote_write`: a report is a request.

use prost::Message as _;
use rheostat_core::sink::{Answer, Batch, Failure, Report, Sink, Temporality, Verdict};

use super::series::Writer;
use super::stamps::Stamps;
use rheostat_http::{Call, Client};

/// What most receivers call the path, where the policy's `url` has none.
const USUAL_PATH: &str = "/api/v1/write";

const HEADERS: [(&str, &str); 2] = [
    ("content-encoding", "snappy"),
    ("x-prometheus-remote-write-version", "0.1.0"),
];

pub(super) struct RemoteWrite {
    client: Client,
    writer: Writer,
    stamps: Stamps,
}

impl RemoteWrite {
    pub(super) fn new(client: Client, writer: Writer) -> Self {
        Self {
            client,
            writer,
            stamps: Stamps::default(),
        }
    }

    async fn send(&mut self, report: &Report) -> Verdict {
        let Some(moment) = report.points().map(|(_, point)| point.to).max() else {
            return Verdict::Delivered;
        };
        let stamp = self.stamps.of(moment);
        let request = self.writer.request(report, stamp, self.stamps.before());
        let packed = match snap::raw::Encoder::new().compress_vec(&request.encode_to_vec()) {
            Ok(packed) => packed,
            // Only what is beyond 4 GiB cannot be packed.
            Err(error) => {
                return Verdict::RefusedWhole(Failure::because("cannot pack a report", error));
            }
        };
        let path = match self.client.path() {
            "/" => USUAL_PATH,
            _ => "",
        };
        let mut call = Call::post(path, "application/x-protobuf", packed);
        call.headers = &HEADERS;
        match self.client.send(call).await {
            Ok(answer) => {
                let verdict = answer.verdict();
                if matches!(verdict, Verdict::Delivered) {
                    self.writer.settled(report);
                }
                verdict
            }
            Err(verdict) => verdict,
        }
    }
}

impl Sink for RemoteWrite {
    fn deliver<'a>(&'a mut self, _batch: &'a Batch) -> Answer<'a, Verdict> {
        let why = Failure::new("remote write takes nothing but metrics");
        Box::pin(std::future::ready(Verdict::Misconfigured(why)))
    }

    fn report<'a>(&'a mut self, report: &'a Report) -> Answer<'a, Verdict> {
        Box::pin(self.send(report))
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }

    fn acknowledges(&self) -> bool {
        true
    }
}
