//! Where a guard ends: inside a runtime, in a panic, on another thread. What was accepted is delivered everywhere.
#![cfg(feature = "stream")]

mod support;

use std::path::Path;

use rheostat::Guard;

fn mounted(folder: &Path) -> Guard {
    let policy = format!(
        "version = 1\n[sinks.out]\ntype = \"file\"\npath = \"{}\"\n\
         [[rules]]\nmatch.target = \"shop\"\nstream.sink = \"out\"\n",
        folder.join("out").display()
    );
    let built = rheostat::builder().policy_text(policy).init();
    built.expect("it mounts")
}

fn order() {
    tracing::info!(target: "shop", "order placed");
}

fn child(case: &str, folder: &Path) {
    match case {
        "runtime" => {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime.expect("a runtime").block_on(async {
                let _telemetry = mounted(folder);
                order();
            });
        }
        "panic" => {
            let _telemetry = mounted(folder);
            order();
            panic!("on purpose");
        }
        _ => {
            let telemetry = mounted(folder);
            order();
            let other = std::thread::spawn(move || drop(telemetry));
            other.join().expect("dropping does not panic");
        }
    }
}

#[test]
fn a_guard_may_be_dropped_anywhere() {
    if let Some((case, folder)) = support::case() {
        return child(&case, &folder);
    }
    for case in ["runtime", "panic", "thread"] {
        let folder = tempfile::tempdir().expect("a folder");
        let output = support::run("a_guard_may_be_dropped_anywhere", case, folder.path());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), case != "panic", "{case}: {stderr}");
        // Only the panic that was asked for.
        let panics = stderr.matches("panicked at").count();
        assert_eq!(panics, usize::from(case == "panic"), "{case}: {stderr}");
        let written = std::fs::read_to_string(folder.path().join("out")).unwrap_or_default();
        assert_eq!(written.matches("order placed").count(), 1, "{case}");
    }
}
