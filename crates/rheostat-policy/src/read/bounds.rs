//! Texts of which more is known than that they are texts: addresses, URLs, names.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::Reader;
use crate::codes::file;
use crate::diagnostic::Report;
use crate::toml::Node;
use crate::vocabulary::Type;

impl Reader<'_> {
    /// Any string, expanded.
    pub(crate) fn text(&mut self, node: &Node) -> Option<Arc<str>> {
        if node.as_text().is_none() {
            self.wrong_type(node, "a string");
            return None;
        }
        self.expanded(node)
    }

    pub(super) fn text_of(&mut self, node: &Node, ty: &Type) -> Option<Arc<str>> {
        let text = self.text(node)?;
        if matches!(ty, Type::Address | Type::Url) && has_login(&text) {
            self.report(login_inside(node));
            return None;
        }
        let fine = match ty {
            Type::Path | Type::OwnFile => !text.is_empty() && !text.contains('\0'),
            Type::Address => host_and_port(&text).is_some(),
            Type::Url => is_url(&text),
            Type::FileMode => is_mode(&text),
            _ => true,
        };
        if fine {
            return Some(text);
        }
        self.report(match ty {
            Type::Address => bad_address(node, &text),
            Type::Url => bad_url(node, &text),
            Type::FileMode => Report::new(
                &file::BAD_MODE,
                node.place,
                format!("`{text}` is not a file mode"),
            )
            .under("three or four octal digits")
            .fix("write `0640`", node.place, "\"0640\""),
            _ => Report::new(&file::EMPTY_TEXT, node.place, "a path cannot be empty")
                .under("a path belongs here")
                .help("write one such as `logs/app.jsonl`"),
        });
        None
    }
}

fn is_mode(text: &str) -> bool {
    (3..=4).contains(&text.len()) && text.bytes().all(|byte| (b'0'..=b'7').contains(&byte))
}

/// Whether an address or a URL says who logs in, as `user:password@` before the host.
fn has_login(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    authority.contains('@')
}

fn login_inside(node: &Node) -> Report {
    Report::new(&file::PLAIN_SECRET, node.place, "a login is written here")
        .under("everyone who reads the file sees it")
        .help("take out what stands before the `@`: user and password have keys of their own")
}

fn bad_address(node: &Node, text: &str) -> Report {
    let report = Report::new(
        &file::BAD_ADDRESS,
        node.place,
        format!("`{text}` is not a host and a port"),
    )
    .under("such as `127.0.0.1:9464`");
    let bare = text.trim_start_matches("http://").trim_end_matches('/');
    let guess = if let Some(port) = text.strip_prefix(':') {
        format!("127.0.0.1:{port}")
    } else if text.parse::<u16>().is_ok() {
        format!("127.0.0.1:{text}")
    } else {
        bare.to_owned()
    };
    if guess != text && host_and_port(&guess).is_some() {
        return report.fix(
            format!("write `{guess}`"),
            node.place,
            format!("\"{guess}\""),
        );
    }
    report.help("name both, with a colon between them")
}

fn bad_url(node: &Node, text: &str) -> Report {
    let report = Report::new(&file::BAD_URL, node.place, format!("`{text}` is not a URL"))
        .under("such as `http://127.0.0.1:4317`");
    let guess = format!("http://{text}");
    if is_url(&guess) && !text.contains("://") {
        return report.fix(
            format!("write `{guess}`"),
            node.place,
            format!("\"{guess}\""),
        );
    }
    report.help("begin with `http://` or `https://`, then host and port")
}

/// The two parts of an address.
pub(crate) fn host_and_port(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if host.starts_with('[') {
        bare.parse::<std::net::Ipv6Addr>().ok()?;
        return Some((bare, port));
    }
    let plain = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    plain.then_some((host, port))
}

/// Whether only this machine can reach the address.
pub(crate) fn is_loopback(address: &str) -> bool {
    if let Ok(address) = address.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    host_and_port(address).is_some_and(|(host, _)| {
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

fn is_url(text: &str) -> bool {
    let Some(rest) = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"))
    else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let good_host = !host.is_empty() && !host.starts_with(':');
    good_host && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}
