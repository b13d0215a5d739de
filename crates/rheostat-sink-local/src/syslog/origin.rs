//! Who speaks: the parts of a header that are the same in every message.

use std::path::Path;

use crate::names;

/// The facilities, in the order of their numbers.
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7",
];

/// The number of a facility by its name.
pub(super) fn facility(name: &str) -> Option<u8> {
    let at = FACILITIES.iter().position(|facility| *facility == name)?;
    u8::try_from(at).ok()
}

/// `HOSTNAME APP-NAME PROCID`.
pub(super) fn origin(hostname: Option<&str>, app_name: Option<&str>) -> Vec<u8> {
    let mut out = Vec::new();
    match hostname {
        Some(name) => names::word(name, 255, "", &mut out),
        None => names::word(&machine(), 255, "", &mut out),
    }
    out.push(b' ');
    match app_name {
        Some(name) => names::word(name, 48, "", &mut out),
        None => names::word(&program(), 48, "", &mut out),
    }
    out.extend_from_slice(format!(" {}", std::process::id()).as_bytes());
    out
}

fn machine() -> String {
    let name = rustix::system::uname();
    let name = name.nodename().to_string_lossy();
    if name.is_empty() {
        "-".to_owned()
    } else {
        name.into_owned()
    }
}

/// The name of the program's own file.
pub(crate) fn program() -> String {
    let path = std::env::current_exe().ok();
    let name = path.as_deref().and_then(Path::file_name);
    name.map_or_else(
        || "-".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
