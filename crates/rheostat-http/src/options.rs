//! What a policy says about a server: its address, who we are to it, how it is spoken to.

use std::time::Duration;

use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::uri::{Authority, Scheme};
use http::{Uri, uri};
use rheostat_core::sink::{Around, Failure};
use rheostat_policy::Diagnostic;
use rheostat_policy::model::{self, Arg, Args};
use rheostat_queue::format::base64;
use rheostat_queue::{Settings, cannot_open};
use rheostat_tls::ClientConfig;

/// The keys that all sinks over HTTP have, read and checked.
pub(crate) struct Options {
    pub(crate) server: Server,
    pub(crate) headers: HeaderMap,
    pub(crate) tls: ClientConfig,
    pub(crate) timeout: Duration,
    pub(crate) gzip: bool,
}

/// Where the server is.
pub(crate) struct Server {
    scheme: Scheme,
    authority: Authority,
    /// What stands before the path of each call, without a slash at its end.
    prefix: String,
}

/// A finding at a sink's place in the policy.
pub fn refused(sink: &model::Sink, why: impl Into<String>) -> Box<Diagnostic> {
    Box::new(cannot_open(sink, &Failure::new(why)))
}

impl Options {
    /// Reads them; `place` is the key that says where the server is. `scheme`
    /// stands before a `token`: `Bearer` for most servers.
    pub(crate) fn read(
        place: &str,
        sink: &model::Sink,
        around: &Around<'_>,
        scheme: &str,
    ) -> Result<Self, Failure> {
        let url = sink.args.text(place).map(|url| &**url).unwrap_or_default();
        Ok(Self {
            server: Server::read(place, url)?,
            headers: headers(&sink.args, scheme)?,
            tls: rheostat_tls::config(sink.args.table("tls"), around)?,
            timeout: Settings::of(sink).timeout,
            gzip: sink
                .args
                .text("compression")
                .is_some_and(|how| &**how == "gzip"),
        })
    }
}

impl Server {
    fn read(key: &str, url: &str) -> Result<Self, Failure> {
        let parsed: Uri = url.parse().map_err(|error: uri::InvalidUri| {
            Failure::because(format!("cannot read its `{key}`"), error)
        })?;
        let wrong = |why: &str| Failure::new(format!("its `{key}` {why}"));
        let parts = parsed.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(wrong("does not start with `http://host`"));
        };
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(wrong("is neither `http://` nor `https://`"));
        }
        if authority.as_str().contains('@') {
            // Whoever shows a URL would show the password.
            return Err(wrong(
                "names a user; `user` and `password` are keys of their own",
            ));
        }
        let path = parts.path_and_query;
        if path.as_ref().is_some_and(|path| path.query().is_some()) {
            return Err(wrong("has a `?` part, which belongs to the sink"));
        }
        let prefix = path.as_ref().map_or("", |path| path.path());
        Ok(Self {
            scheme,
            authority,
            prefix: prefix.trim_end_matches('/').to_owned(),
        })
    }

    /// Host and port, for people.
    pub(crate) fn shown(&self) -> &str {
        self.authority.as_str()
    }

    /// The path that the policy's `url` has, `/` where it has none.
    pub(crate) fn path(&self) -> &str {
        if self.prefix.is_empty() {
            "/"
        } else {
            &self.prefix
        }
    }

    /// Takes this off the end of the path; whether it was there.
    pub(crate) fn cut_path(&mut self, end: &str) -> bool {
        let cut = self.prefix.strip_suffix(end).map(str::len);
        cut.inspect(|left| self.prefix.truncate(*left)).is_some()
    }

    /// The address of a path, which is empty or begins with a slash, and what follows it.
    pub(crate) fn uri(&self, path: &str) -> Result<Uri, Failure> {
        let whole = match (&*self.prefix, path) {
            ("", "") => "/".to_owned(),
            (prefix, path) => format!("{prefix}{path}"),
        };
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(whole)
            .build()
            .map_err(|_| Failure::new(format!("cannot address {} so", self.shown())))
    }
}

fn headers(args: &Args, scheme: &str) -> Result<HeaderMap, Failure> {
    let mut map = HeaderMap::new();
    let agent = concat!("rheostat/", env!("CARGO_PKG_VERSION"));
    map.insert(USER_AGENT, HeaderValue::from_static(agent));
    if let Some(value) = authorization(args, scheme) {
        map.insert(AUTHORIZATION, sensitive(&value, "authorization")?);
    }
    for (name, value) in args.named("headers").into_iter().flatten() {
        let key = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Failure::new(format!("`{name}` is not a header's name")))?;
        let value = match value {
            Arg::Text(text) => text,
            Arg::Secret(secret) => secret.reveal(),
            _ => continue,
        };
        map.insert(key, sensitive(value, name)?);
    }
    Ok(map)
}

fn authorization(args: &Args, scheme: &str) -> Option<String> {
    if let Some(token) = args.secret("token") {
        return Some(format!("{scheme} {}", token.reveal()));
    }
    let user = args.text("user")?;
    let password = args.secret("password").map_or("", |secret| secret.reveal());
    let mut encoded = Vec::new();
    base64(format!("{user}:{password}").as_bytes(), &mut encoded);
    Some(format!("Basic {}", String::from_utf8_lossy(&encoded)))
}

/// A header's value that no `Debug` shows. What it is stays out of the error too.
fn sensitive(value: &str, name: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        let why = format!("the value of header `{name}` has characters that no header can have");
        Failure::new(why)
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(url: &str) -> String {
        match Server::read("url", url) {
            Ok(_) => String::new(),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn a_path_of_the_url_stands_before_each_call() {
        let at = |url: &str, path: &str| {
            Server::read("url", url)
                .unwrap()
                .uri(path)
                .unwrap()
                .to_string()
        };
        assert_eq!(at("http://h:1", "/write?db=a"), "http://h:1/write?db=a");
        assert_eq!(at("http://h:1/", "/write"), "http://h:1/write");
        assert_eq!(at("http://h:1/", ""), "http://h:1/");
        assert_eq!(
            at("https://h/in/flux/", "/write"),
            "https://h/in/flux/write"
        );
    }

    #[test]
    fn what_belongs_into_keys_of_their_own_is_refused_in_a_url() {
        assert!(why("http://joe:canary@h").contains("`user` and `password` are keys"));
        assert!(!why("http://joe:canary@h").contains("canary"));
        assert!(why("http://h/?password=canary").contains("`?` part"));
        assert!(why("ftp://h").contains("neither"));
        assert!(why("/path").contains("does not start with"));
    }

    #[test]
    fn the_debug_of_a_header_shows_nothing_of_its_value() {
        let value = sensitive("canary", "x-token").unwrap();
        assert!(!format!("{value:?}").contains("canary"));
        let error = sensitive("cana\nry", "x-token").unwrap_err().to_string();
        assert!(error.contains("x-token") && !error.contains("cana"));
    }
}
