//! journald, in a namespace of its own.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use rheostat_testkit::real::Running;
use tempfile::TempDir;

use crate::place::Place;

pub(crate) const JOURNALD: &str = "/lib/systemd/systemd-journald";

/// A journal apart from the system's.
pub(crate) struct Journal {
    running: Running,
    namespace: String,
}

pub(crate) fn journald() -> Box<dyn Place> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let namespace = format!("rheostat-faults-{}-{number}", std::process::id());
    // Its usual limit is on how much one program may say.
    std::fs::create_dir_all("/run/systemd").expect("root may");
    let text = "[Journal]\nRateLimitIntervalSec=0\nRateLimitBurst=0\nSystemMaxUse=4G\n";
    std::fs::write(config(&namespace), text).expect("root may");
    let folder = TempDir::new().expect("a folder can be made");
    let mut command = Command::new(JOURNALD);
    command
        .arg(&namespace)
        .env("RUNTIME_DIRECTORY", folder.path());
    let socket = folder.path().join("socket");
    let running = Running::start(String::new(), command, folder, move || socket.exists());
    Box::new(Journal { running, namespace })
}

fn config(namespace: &str) -> PathBuf {
    PathBuf::from(format!("/run/systemd/journald@{namespace}.conf"))
}

impl Place for Journal {
    fn keys(&self, _at: &str) -> String {
        let socket = self.running.file("socket");
        format!(
            "type = 'journald'\npath = '{}'\nidentifier = 'faults'",
            socket.display()
        )
    }

    fn server(&mut self) -> Option<&mut Running> {
        Some(&mut self.running)
    }

    fn arrived(&mut self) -> Vec<u64> {
        let shown = Command::new("journalctl")
            .arg(format!("--namespace={}", self.namespace))
            .args([
                "--output=cat",
                "--output-fields=F_NUMBER",
                "--all",
                "--no-pager",
            ])
            .arg("SYSLOG_IDENTIFIER=faults")
            .output();
        let shown = shown.expect("journalctl runs");
        let text = String::from_utf8_lossy(&shown.stdout);
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    fn kill(&mut self) {
        self.running.kill();
        std::fs::remove_file(self.running.file("socket")).unwrap_or_default();
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.running.kill();
        std::fs::remove_file(config(&self.namespace)).unwrap_or_default();
        let files = std::fs::read_dir("/var/log/journal").into_iter().flatten();
        let end = format!(".{}", self.namespace);
        for folder in files.flatten().map(|entry| entry.path()) {
            if folder.to_string_lossy().ends_with(&end) {
                std::fs::remove_dir_all(folder).unwrap_or_default();
            }
        }
    }
}
