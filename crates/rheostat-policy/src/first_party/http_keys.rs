//! The keys that all sinks over HTTP have.

use crate::vocabulary::{KeyDef, Type};

/// Where the server is, who we are to it, how it is spoken to.
pub(super) fn http_keys(example: &'static str) -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "url",
            Type::Url,
            "the server; a path stands before the path of each request",
            example,
        )
        .required(),
        KeyDef::new("user", Type::Text, "who logs in", r#""shop""#),
        KeyDef::new(
            "password",
            Type::Beside("user", Box::new(Type::Secret)),
            "with which password",
            r#"{ env = "PASSWORD" }"#,
        ),
        KeyDef::new(
            "token",
            Type::Secret,
            "with which token, in place of user and password",
            r#"{ env = "TOKEN" }"#,
        ),
        KeyDef::new(
            "headers",
            Type::Named(Box::new(Type::AnyOf(vec![Type::Text, Type::Secret]))),
            "headers of each request; a value may be a secret",
            r#"{ x-tenant = "shop" }"#,
        ),
        KeyDef::new(
            "tls",
            Type::Table(tls()),
            "whom it trusts and who it is, where the server is `https://`",
            r#"{ ca = "ca.pem" }"#,
        ),
        KeyDef::new(
            "compression",
            Type::Choice(&["none", "gzip"]),
            "how requests are packed",
            r#""gzip""#,
        )
        .or(r#""none""#),
    ]
}

/// The keys of a `tls` table.
pub(super) fn tls() -> Vec<KeyDef> {
    vec![
        KeyDef::new(
            "ca",
            Type::Path,
            "certificates in PEM: only whom these sign is trusted; absent: whom the web trusts",
            r#""ca.pem""#,
        ),
        KeyDef::new(
            "cert",
            Type::Beside("key", Box::new(Type::Path)),
            "the certificate in PEM that it shows, with those up to the root",
            r#""client.pem""#,
        ),
        KeyDef::new(
            "key",
            Type::Beside("cert", Box::new(Type::Path)),
            "the key of that certificate, in PEM",
            r#""client.key""#,
        ),
    ]
}
