//! A reader of NATS over a plain socket, written from the protocol: no code of the sink's is in it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

use rheostat_testkit::real::eventually;
use serde_json::{Value, json};

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Message {
    pub subject: String,
    pub headers: String,
    pub payload: Vec<u8>,
}

impl Message {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.payload).expect("it is JSON")
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.payload.clone()).expect("it is text")
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self
            .headers
            .lines()
            .filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

/// A connection that keeps whatever it is sent.
pub struct Wire {
    stream: TcpStream,
    came: Arc<Mutex<Vec<(u32, Message)>>>,
}

const ANSWERS: u32 = 1;
const ASKED_FOR: u32 = 2;

impl Wire {
    /// Connects; `login` are more keys of the `CONNECT`.
    pub fn connect(address: &str, login: &str) -> Self {
        let mut stream = TcpStream::connect(address).expect("the server listens");
        let came: Arc<Mutex<Vec<(u32, Message)>>> = Arc::default();
        let (reader, kept) = (
            stream.try_clone().expect("a socket can be cloned"),
            came.clone(),
        );
        std::thread::spawn(move || read(reader, &kept));
        let hello = format!(
            "CONNECT {{\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true{login}}}\r\n\
             SUB answers.here {ANSWERS}\r\n"
        );
        stream.write_all(hello.as_bytes()).expect("it reads");
        Self { stream, came }
    }

    fn write(&self, text: &str) {
        (&self.stream).write_all(text.as_bytes()).expect("it reads");
    }

    /// Listens to a subject; what is published from now on comes.
    pub fn listen(&self, subject: &str) {
        self.write(&format!("SUB {subject} {ASKED_FOR}\r\n"));
        // An answer to something else says that the server has read that, too.
        let _nobody = self.ask("nobody.is.there", "");
    }

    /// What came to what is listened to, in the order of its coming.
    pub fn messages(&self) -> Vec<Message> {
        let came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        let asked_for = came.iter().filter(|(sid, _)| *sid == ASKED_FOR);
        asked_for.map(|(_, message)| message.clone()).collect()
    }

    /// Waits for so many.
    pub fn wait_for(&self, messages: usize) -> Vec<Message> {
        eventually("the messages come", || self.messages().len() >= messages);
        self.messages()
    }

    fn answers(&self) -> Vec<Message> {
        let came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = came.iter().filter(|(sid, _)| *sid == ANSWERS);
        answers.map(|(_, message)| message.clone()).collect()
    }

    /// Asks something, and waits for the answer.
    pub fn ask(&self, subject: &str, payload: &str) -> Message {
        let before = self.answers().len();
        self.write(&format!(
            "PUB {subject} answers.here {}\r\n{payload}\r\n",
            payload.len()
        ));
        eventually("an answer comes", || self.answers().len() > before);
        self.answers().swap_remove(before)
    }

    /// Asks JetStream something; its answer must be a good one.
    pub fn api(&self, what: &str, payload: &Value) -> Value {
        let answer = self
            .ask(&format!("$JS.API.{what}"), &payload.to_string())
            .json();
        assert!(answer["error"].is_null(), "{what}: {answer}");
        answer
    }

    /// Makes a stream.
    pub fn make_stream(&self, name: &str, subjects: &[&str], more: Value) {
        let mut config = json!({ "name": name, "subjects": subjects, "storage": "file" });
        for (key, value) in more.as_object().into_iter().flatten() {
            config[key] = value.clone();
        }
        self.api(&format!("STREAM.CREATE.{name}"), &config);
    }

    /// How a stream is, once the server answers for it.
    pub fn stream(&self, name: &str) -> Value {
        self.api(&format!("STREAM.INFO.{name}"), &json!({}))
    }

    /// All that a stream has kept, in its order.
    pub fn kept(&self, name: &str) -> Vec<Message> {
        let messages = self.stream(name)["state"]["messages"]
            .as_u64()
            .expect("a number");
        self.write(&format!("SUB back.{name} {ASKED_FOR}\r\n"));
        let consumer = json!({
            "stream_name": name,
            "config": { "deliver_subject": format!("back.{name}"), "deliver_policy": "all", "ack_policy": "none" }
        });
        self.api(&format!("CONSUMER.CREATE.{name}"), &consumer);
        let mut all = self.wait_for(usize::try_from(messages).expect("few"));
        all.truncate(usize::try_from(messages).expect("few"));
        all
    }
}

/// Ends where the connection ends.
fn read(stream: TcpStream, kept: &Mutex<Vec<(u32, Message)>>) {
    let mut writer = stream.try_clone().expect("a socket can be cloned");
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    while {
        line.clear();
        reader.read_line(&mut line).is_ok_and(|read| read > 0)
    } {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words[words.len() - at].parse::<usize>().expect("a size");
        let (head, all) = match words.first() {
            Some(&"PING") => {
                let _gone = writer.write_all(b"PONG\r\n");
                continue;
            }
            Some(&"MSG") => (0, number(1)),
            Some(&"HMSG") => (number(2), number(1)),
            _ => continue,
        };
        let (subject, sid) = (words[1].to_owned(), words[2].parse().expect("a number"));
        let mut whole = vec![0; all + 2];
        if reader.read_exact(&mut whole).is_err() {
            return;
        }
        whole.truncate(all);
        let payload = whole.split_off(head);
        let message = Message {
            subject,
            headers: String::from_utf8(whole).expect("headers are text"),
            payload,
        };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((sid, message));
    }
}
