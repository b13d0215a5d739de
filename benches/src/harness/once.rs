//! What is measured once, each in a process of its own: reloads, scrapes, files, memory.

use std::process::Command;

use crate::once;

/// All of it, as a Markdown table.
///
/// # Errors
///
/// A measurement that failed, with its name.
pub(crate) fn all() -> Result<String, String> {
    let mut text = String::from("| what | reached | target | verdict |\n|--|--:|--:|--|\n");
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    for (name, _) in once::ALL {
        let output = Command::new(&program)
            .args(["once", name])
            .output()
            .map_err(|error| format!("cannot start `{name}`: {error}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("`{name}` failed: {said}"));
        }
        text.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    Ok(text)
}

/// One of them, in this process.
///
/// # Errors
///
/// An unknown name, or what went wrong.
pub(crate) fn one(name: &str) -> Result<(), String> {
    let (_, measure) = once::ALL
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| format!("nothing is called `{name}`"))?;
    for line in measure()? {
        println!("{line}");
    }
    Ok(())
}
