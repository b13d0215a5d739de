//! A NATS server, read by a subscriber or from its stream.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rheostat_testkit::real::Running;
use rheostat_testkit::real::nats::nats;
use serde_json::Value;

use super::readers::Reader;
use crate::peer::number_in;
use crate::place::Place;

/// Records that are too long are refused.
const LIMIT: &str = "max_payload: 4096\n";

/// The server, and who listens to it.
pub(crate) struct Nats {
    running: Running,
    /// Without JetStream, who subscribed gets what comes.
    subscriber: Option<Reader>,
}

pub(crate) fn core() -> Box<dyn Place> {
    let running = nats(LIMIT);
    let subscriber = Reader::start("nats", "nats", Some(running.address.clone()));
    Box::new(Nats {
        running,
        subscriber: Some(subscriber),
    })
}

pub(crate) fn jetstream() -> Box<dyn Place> {
    Box::new(Nats {
        running: nats(LIMIT),
        subscriber: None,
    })
}

impl Place for Nats {
    fn address(&self) -> Option<String> {
        Some(self.running.address.clone())
    }

    fn keys(&self, at: &str) -> String {
        let keys = format!("type = 'nats'\naddress = '{at}'\nsubject = 'faults'");
        if self.subscriber.is_some() {
            return keys;
        }
        format!("{keys}\njetstream = true\ncreate = 'FAULTS'")
    }

    fn server(&mut self) -> Option<&mut Running> {
        Some(&mut self.running)
    }

    fn arrived(&mut self) -> Vec<u64> {
        if let Some(subscriber) = &mut self.subscriber {
            return subscriber.arrived();
        }
        Client::connect(&self.running.address)
            .and_then(|mut client| client.stream())
            .expect("the server answers")
    }
}

/// Enough of a client to read a stream; no code of the sink's is in it.
struct Client {
    stream: BufReader<TcpStream>,
    /// Where the stream is to send what it has: a consumer outlives who made it, and goes on where somebody listens.
    back: String,
    /// Where the message that came last is to be answered.
    asked: Option<String>,
}

impl Client {
    fn connect(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let back = format!("back.{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let stream = BufReader::new(stream);
        let mut client = Self {
            stream,
            back,
            asked: None,
        };
        let hello = "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true}";
        client.say(&format!(
            "{hello}\r\nSUB answers 1\r\nSUB {} 2\r\n",
            client.back
        ))?;
        Ok(client)
    }

    fn say(&mut self, text: &str) -> std::io::Result<()> {
        self.stream.get_mut().write_all(text.as_bytes())
    }

    /// The numbers of all that the stream has kept, in its order; none where there is no stream.
    fn stream(&mut self) -> std::io::Result<Vec<u64>> {
        self.say("PUB $JS.API.STREAM.INFO.FAULTS answers 0\r\n\r\n")?;
        let info: Value = serde_json::from_slice(&self.message()?)?;
        let messages = info["state"]["messages"].as_u64().unwrap_or(0);
        if messages == 0 {
            return Ok(Vec::new());
        }
        let consumer = format!(
            r#"{{"stream_name":"FAULTS","config":{{"deliver_subject":"{}","deliver_policy":"all","ack_policy":"none","flow_control":true,"idle_heartbeat":5000000000}}}}"#,
            self.back
        );
        self.say(&format!(
            "PUB $JS.API.CONSUMER.CREATE.FAULTS answers {}\r\n{consumer}\r\n",
            consumer.len()
        ))?;
        let mut numbers = Vec::new();
        let mut seen = 0;
        while seen < messages {
            let message = self.message()?;
            let text = String::from_utf8_lossy(&message);
            if text.contains("consumer_create_response") {
                continue;
            }
            if text.starts_with("NATS/1.0 100") {
                // It asks whether we keep up, by its own subject or by a header, or says that it is there.
                let stalled = text
                    .lines()
                    .find_map(|line| line.strip_prefix("Nats-Consumer-Stalled: "));
                if let Some(asked) = stalled.map(str::to_owned).or_else(|| self.asked.take()) {
                    self.say(&format!("PUB {asked} 0\r\n\r\n"))?;
                }
                continue;
            }
            seen += 1;
            numbers.extend(number_in(&text));
        }
        Ok(numbers)
    }

    /// The next message, headers and all.
    fn message(&mut self) -> std::io::Result<Vec<u8>> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let length = line.trim_end().rsplit(' ').next();
            match line.split(' ').next() {
                Some(kind @ ("MSG" | "HMSG")) => {
                    // Behind subject and subscription, and before one size or two.
                    let words: Vec<&str> = line.split_whitespace().collect();
                    let whole = if kind == "MSG" { 5 } else { 6 };
                    self.asked = (words.len() == whole).then(|| words[3].to_owned());
                    let length = length.and_then(|length| length.parse::<usize>().ok());
                    let mut message = vec![0; length.unwrap_or(0) + 2];
                    self.stream.read_exact(&mut message)?;
                    return Ok(message);
                }
                Some("PING\r\n") => self.say("PONG\r\n")?,
                _ => {}
            }
        }
    }
}
