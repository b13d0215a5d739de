//! A disk of two megabytes that only this test sees, made without any right where the system allows that.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use rheostat_testkit::real;

/// Names the folder to a child.
const FOLDER: &str = "RHEOSTAT_SMALL_DISK";
/// For root, and for everybody else.
const WAYS: [&str; 2] = ["-m", "-rm"];
const MOUNT: &str = "mount -t tmpfs -o size=2m none \"$0\"";

/// Runs a test in a process of its own that has such a disk in a folder; `name` is the test's own.
pub(crate) fn on_a_small_disk(name: &str, body: impl FnOnce(&Path)) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return body(Path::new(&folder));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let can = |way: &&'static str| {
        let tried = unshared(way, MOUNT, folder.path()).output();
        tried.is_ok_and(|output| output.status.success())
    };
    let Some(way) = WAYS.into_iter().find(can) else {
        let want = "a file system of its own: `unshare -rm` (util-linux) and `mount`, and a kernel that permits them";
        return real::skip(&format!("a_full_disk: {name}"), want);
    };
    let script = format!("{MOUNT} && exec \"$1\" --exact \"$2\" --nocapture");
    run(unshared(way, &script, folder.path()), name, folder.path());
}

/// Runs a test in a process of its own that may write no file longer than 128 KiB; `name` is the test's own.
pub(crate) fn with_short_files(name: &str, body: impl FnOnce(&Path)) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return body(Path::new(&folder));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut shell = Command::new("sh");
    // Blocks are of 512 bytes.
    let script = "trap '' XFSZ && ulimit -f 256 && exec \"$1\" --exact \"$2\" --nocapture";
    shell.args(["-c", script]).arg(folder.path());
    run(shell, name, folder.path());
}

fn unshared(way: &str, script: &str, folder: &Path) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args([way, "sh", "-c", script]).arg(folder);
    unshare
}

fn run(mut command: Command, name: &str, folder: &Path) {
    let this = std::env::current_exe().expect("a test knows its own program");
    let output = command
        .arg(this)
        .arg(name)
        .env(FOLDER, folder)
        .output()
        .expect("it was tried");
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    assert!(out.contains("1 passed"), "no test `{name}` ran\n{out}");
}

/// Takes the last byte of a disk, until the file is removed.
pub(crate) fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("filler");
    let mut file = File::create(&path).expect("there is room for a name");
    for step in [64 << 10, 512, 1] {
        loop {
            match file.write_all(&vec![b'.'; step]) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("the disk is not full, but: {error}"),
            }
        }
    }
    path
}

pub(crate) fn free(filler: &Path) {
    fs::remove_file(filler).expect("it is ours");
}
