//! A file, on a disk that can be full.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::Command;

use rheostat_testkit::real::Running;
use tempfile::TempDir;

use super::readers::numbers;
use crate::place::Place;

/// A disk of its own, where root may mount one.
pub(crate) struct Disk(TempDir);

/// Enough for fifty kills; what is not written takes no memory.
const SIZE: &str = "size=2g";

pub(crate) fn file() -> Box<dyn Place> {
    let folder = TempDir::new().expect("a folder can be made");
    let mut mount = Command::new("mount");
    mount
        .args(["-t", "tmpfs", "-o", SIZE, "tmpfs"])
        .arg(folder.path());
    let mounted = mount.status().is_ok_and(|status| status.success());
    assert!(mounted, "root can mount a disk in memory");
    Box::new(Disk(folder))
}

impl Disk {
    fn ballast(&self) -> PathBuf {
        self.0.path().join("ballast")
    }
}

impl Place for Disk {
    fn keys(&self, _at: &str) -> String {
        format!(
            "type = 'file'\npath = '{}'",
            self.0.path().join("records").display()
        )
    }

    fn server(&mut self) -> Option<&mut Running> {
        None
    }

    fn arrived(&mut self) -> Vec<u64> {
        numbers(&std::fs::read_to_string(self.0.path().join("records")).unwrap_or_default())
    }

    fn fill_disk(&mut self, full: bool) {
        if !full {
            std::fs::remove_file(self.ballast()).expect("the ballast is there");
            return;
        }
        let options = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .open(self.ballast());
        let ballast: File = options.expect("a file can be made");
        let chunk = vec![0; 1 << 20];
        let mut to = &ballast;
        let mut room = chunk.len();
        while room > 0 {
            match std::io::Write::write(&mut to, &chunk[..room]) {
                Ok(1..) => {}
                _ => room /= 2,
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount")
            .arg("--lazy")
            .arg(self.0.path())
            .status();
        drop(unmounted);
    }
}
