//! What a sink's secrets spell, so that no reason shows it.
//!
//! Sinks are written not to tell. A server may still quote what it was sent,
//! and a client library may put a URL into its error: so every reason passes
//! here before anybody can read it.

use rheostat_policy::model::{Arg, Args, Sink};

/// What stands for a secret.
const HIDDEN: &str = "<secret>";

/// The texts that no reason may hold, the longest first.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Those of a sink, as they are, as a URL has them and as basic authentication has them.
    pub(crate) fn of(sink: &Sink) -> Self {
        let mut plain = Vec::new();
        collect(&sink.args, &mut plain);
        collect(&sink.common, &mut plain);
        let user = sink.args.text("user").map(|user| &**user);
        let mut all = Vec::new();
        for secret in plain {
            all.push(base64(&format!("{}:{secret}", user.unwrap_or_default())));
            all.push(percent(&secret));
            all.push(secret);
        }
        Self::new(all)
    }

    fn new(mut all: Vec<String>) -> Self {
        all.retain(|text| !text.is_empty());
        all.sort_by(|one, other| (other.len(), other).cmp(&(one.len(), one)));
        all.dedup();
        Self(all)
    }

    /// The text without them.
    pub(crate) fn hide(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| {
            if text.contains(&**secret) {
                text.replace(&**secret, HIDDEN)
            } else {
                text
            }
        })
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} secrets>", self.0.len())
    }
}

fn collect(args: &Args, out: &mut Vec<String>) {
    args.values().for_each(|arg| collect_one(arg, out));
}

fn collect_one(arg: &Arg, out: &mut Vec<String>) {
    match arg {
        Arg::Secret(secret) => out.push(secret.reveal().to_owned()),
        Arg::Table(args) => collect(args, out),
        Arg::List(args) => args.iter().for_each(|arg| collect_one(arg, out)),
        Arg::Named(args) => args.iter().for_each(|(_, arg)| collect_one(arg, out)),
        _ => {}
    }
}

fn base64(text: &str) -> String {
    let mut out = Vec::new();
    crate::format::base64(text.as_bytes(), &mut out);
    out.into_iter().map(char::from).collect()
}

/// As `application/x-www-form-urlencoded` and URLs write it.
fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_each_of_its_spellings() {
        let all = ["p w", "p%20w", "dTpwIHc="].map(str::to_owned);
        let secrets = Secrets::new(all.to_vec());
        assert_eq!(base64("u:p w"), "dTpwIHc=");
        assert_eq!(percent("p w"), "p%20w");
        let said = "401 for Basic dTpwIHc=, p=p%20w, `p w`".to_owned();
        assert_eq!(
            secrets.hide(said),
            "401 for Basic <secret>, p=<secret>, `<secret>`"
        );
    }

    #[test]
    fn debug_shows_nothing_of_them() {
        let secrets = Secrets::new(vec!["canary".into()]);
        assert_eq!(format!("{secrets:?}"), "<1 secrets>");
    }
}
