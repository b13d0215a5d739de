//! Installing what is missing: Debian packages, and a Python environment of our own.

use std::process::Command;

use super::parts::{From, PARTS, Part, environment, node_modules};
use crate::{Failure, process};

/// Installs every part that is not there.
pub(super) fn missing() -> Result<(), Failure> {
    let missing = || PARTS.iter().filter(|part| !part.is_here());
    let mut debian: Vec<&str> = missing().filter_map(debian_package).collect();
    if missing().any(|part| python_package(part).is_some()) && !can_make_environments() {
        debian.push("python3-venv");
    }
    debian.dedup();
    install_debian(&debian)?;

    let python: Vec<&str> = missing().filter_map(python_package).collect();
    install_python(&python)?;

    let npm: Vec<&str> = missing().filter_map(npm_package).collect();
    install_npm(&npm)?;

    match missing()
        .map(|part| part.name)
        .collect::<Vec<_>>()
        .as_slice()
    {
        [] => Ok(()),
        still => Err(Failure::new(format!(
            "installed, but still not found: {}",
            still.join(", ")
        ))),
    }
}

fn debian_package(part: &Part) -> Option<&'static str> {
    match part.from {
        From::Debian(package) => Some(package),
        From::Python(_) | From::Npm(_) => None,
    }
}

fn python_package(part: &Part) -> Option<&'static str> {
    match part.from {
        From::Python(package) => Some(package),
        From::Debian(_) | From::Npm(_) => None,
    }
}

fn npm_package(part: &Part) -> Option<&'static str> {
    match part.from {
        From::Npm(package) => Some(package),
        From::Debian(_) | From::Python(_) => None,
    }
}

fn can_make_environments() -> bool {
    process::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]))
}

fn install_debian(packages: &[&str]) -> Result<(), Failure> {
    if packages.is_empty() {
        return Ok(());
    }
    process::run(apt().arg("update"))?;
    process::run(
        apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
    )
}

/// `apt-get` that asks nothing, through sudo where we are not root.
fn apt() -> Command {
    let root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let mut command = if root {
        Command::new("apt-get")
    } else {
        Command::new("sudo")
    };
    if !root {
        command.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
    }
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .arg("--quiet");
    command
}

fn install_python(packages: &[&str]) -> Result<(), Failure> {
    if packages.is_empty() {
        return Ok(());
    }
    let folder = environment();
    let python = folder.join("bin/python");
    if !python.exists() {
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    // Rotel has released nothing but pre-releases so far.
    process::run(
        Command::new(python)
            .args(["-m", "pip", "install", "--quiet", "--pre"])
            .args(packages),
    )
}

fn install_npm(packages: &[&str]) -> Result<(), Failure> {
    let modules = node_modules();
    let Some(folder) = modules.parent().filter(|_| !packages.is_empty()) else {
        return Ok(());
    };
    process::run(
        Command::new("npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--omit=optional",
                "--prefix",
            ])
            .arg(folder)
            .args(packages),
    )
}
