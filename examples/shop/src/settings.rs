//! The shop's settings, read once from the environment.
//!
//! The policy file reads the same variables, so that one `SHOP_OUT` moves the
//! database and every file the telemetry writes. It is an absolute path, since
//! a policy's paths start at the policy's folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::StartError;

/// Where the shop listens, what it talks to, and where it keeps its files.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address customers connect to: `SHOP_LISTEN`.
    pub listen: SocketAddr,
    /// The policy file: `SHOP_POLICY`.
    pub policy: PathBuf,
    /// The folder for the database and for what the policy writes: `SHOP_OUT`.
    pub out: PathBuf,
    /// The base address of a pricing service: `SHOP_PRICING`. Without one the
    /// shop starts its own.
    pub pricing: Option<String>,
}

impl Settings {
    /// Reads the environment; every setting has a default that works.
    ///
    /// # Errors
    ///
    /// [`StartError`] names the variable whose value cannot be used.
    pub fn from_env() -> Result<Self, StartError> {
        Ok(Self {
            listen: listen_address(std::env::var("SHOP_LISTEN").ok())?,
            policy: std::env::var_os("SHOP_POLICY").map_or_else(shipped_policy, PathBuf::from),
            out: std::env::var_os("SHOP_OUT").map_or_else(own_folder, PathBuf::from),
            pricing: std::env::var("SHOP_PRICING").ok(),
        })
    }
}

fn listen_address(given: Option<String>) -> Result<SocketAddr, StartError> {
    let text = given.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    text.parse().map_err(|source| StartError::Setting {
        name: "SHOP_LISTEN",
        text,
        source: Box::new(source),
    })
}

/// The policy beside this crate.
fn shipped_policy() -> PathBuf {
    from_here(Path::new(env!("CARGO_MANIFEST_DIR")).join("rheostat.toml"))
}

/// Where the shipped policy writes to as well, when `SHOP_OUT` is not set.
fn own_folder() -> PathBuf {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    from_here(top.unwrap_or(Path::new("")).join("target/shop"))
}

/// The path relative to the current folder when it is below it, so that what
/// is printed can be typed into an editor.
fn from_here(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).map(Path::to_owned).unwrap_or(path)
}
