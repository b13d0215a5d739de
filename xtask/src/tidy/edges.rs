//! Which crate may import which: the hourglass of the architecture, as data.

use serde_json::Value;

use super::finding::Finding;
use super::tree::Tree;
use crate::{Failure, process};

/// Each crate with the crates of this workspace that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("rheostat-policy", &[]),
    ("rheostat-core", &["rheostat-policy"]),
    ("rheostat-queue", &["rheostat-core", "rheostat-policy"]),
    // Outputs name no sink, and no other output.
    ("rheostat-metrics", &["rheostat-core", "rheostat-policy"]),
    ("rheostat-stream", &["rheostat-core", "rheostat-policy"]),
    ("rheostat-log", &["rheostat-core", "rheostat-policy"]),
    // One output names a sink's crate: the client of OTLP is the same for spans and for records.
    (
        "rheostat-trace",
        &[
            "rheostat-sink-otlp",
            "rheostat-queue",
            "rheostat-core",
            "rheostat-policy",
        ],
    ),
    ("rheostat-tls", &["rheostat-core", "rheostat-policy"]),
    (
        "rheostat-http",
        &[
            "rheostat-queue",
            "rheostat-tls",
            "rheostat-core",
            "rheostat-policy",
        ],
    ),
    // Sinks name no output, and no other sink.
    (
        "rheostat-sink-local",
        &[
            "rheostat-queue",
            "rheostat-tls",
            "rheostat-core",
            "rheostat-policy",
        ],
    ),
    (
        "rheostat-sink-http",
        &[
            "rheostat-http",
            "rheostat-queue",
            "rheostat-core",
            "rheostat-policy",
        ],
    ),
    (
        "rheostat-sink-nats",
        &[
            "rheostat-queue",
            "rheostat-tls",
            "rheostat-core",
            "rheostat-policy",
        ],
    ),
    (
        "rheostat-sink-otlp",
        &[
            "rheostat-http",
            "rheostat-queue",
            "rheostat-core",
            "rheostat-policy",
        ],
    ),
    (
        "rheostat-sink-postgres",
        &[
            "rheostat-queue",
            "rheostat-tls",
            "rheostat-core",
            "rheostat-policy",
        ],
    ),
    ("rheostat-reload", &["rheostat-core", "rheostat-policy"]),
    (
        "rheostat",
        &[
            "rheostat-policy",
            "rheostat-core",
            "rheostat-queue",
            "rheostat-metrics",
            "rheostat-stream",
            "rheostat-log",
            "rheostat-trace",
            "rheostat-sink-http",
            "rheostat-sink-local",
            "rheostat-sink-nats",
            "rheostat-sink-otlp",
            "rheostat-sink-postgres",
            "rheostat-reload",
        ],
    ),
    (
        "rheostat-cli",
        &[
            "rheostat",
            "rheostat-core",
            // What a vocabulary from elsewhere is tried with.
            "rheostat-example-output",
            "rheostat-example-sink",
            "rheostat-policy",
        ],
    ),
    (
        "rheostat-testkit",
        &[
            "rheostat-core",
            "rheostat-log",
            "rheostat-metrics",
            "rheostat-policy",
            "rheostat-queue",
            "rheostat-sink-local",
            "rheostat-stream",
        ],
    ),
    ("xtask", &[]),
];

/// What tests of any crate may import besides: the kit made for them.
const TESTS_MAY_IMPORT: &[&str] = &["rheostat-testkit"];

/// Folders whose crates stand above everything, and may import anything.
const ABOVE_ALL: &[&str] = &["examples/", "benches/", "faults/"];

/// Compares cargo's own account of the workspace with the table.
pub(crate) fn check(_: &Tree) -> Result<Vec<Finding>, Failure> {
    let metadata = process::output(&mut process::cargo(&[
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| {
        Failure::new(format!("cannot read what cargo metadata printed: {error}"))
    })?;
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let members: Vec<&str> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    Ok(packages
        .iter()
        .flat_map(|package| wrong_edges(package, &members))
        .collect())
}

fn wrong_edges(package: &Value, members: &[&str]) -> Vec<Finding> {
    let name = package["name"].as_str().unwrap_or_default();
    let manifest = package["manifest_path"].as_str().unwrap_or_default();
    let place = manifest
        .strip_prefix(&format!("{}/", process::root().display()))
        .unwrap_or(manifest);
    if ABOVE_ALL.iter().any(|folder| place.starts_with(folder)) {
        return Vec::new();
    }
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(from, _)| *from == name) else {
        let said = format!("{name} is not in the table of imports in xtask/src/tidy/edges.rs");
        return vec![Finding::new(place, said)];
    };
    let dependencies = package["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let imported = dependencies.iter().filter_map(|dependency| {
        let to = dependency["name"]
            .as_str()
            .filter(|to| members.contains(to))?;
        let for_tests = dependency["kind"].as_str() == Some("dev");
        let fine =
            allowed.contains(&to) || for_tests && (TESTS_MAY_IMPORT.contains(&to) || to == name);
        (!fine).then(|| Finding::new(place, format!("{name} may not import {to}")))
    });
    imported.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(package: &Value) -> Vec<String> {
        let members = [
            "rheostat-core",
            "rheostat-policy",
            "rheostat-stream",
            "rheostat-log",
            "rheostat-testkit",
        ];
        wrong_edges(package, &members)
            .iter()
            .map(Finding::to_string)
            .collect()
    }

    #[test]
    fn an_output_that_imports_another_is_named() {
        let package = json!({ "name": "rheostat-stream", "manifest_path": "m", "dependencies": [
            { "name": "rheostat-core", "kind": null },
            { "name": "rheostat-log", "kind": null },
            { "name": "serde", "kind": null },
        ] });
        assert_eq!(
            said(&package),
            ["m: rheostat-stream may not import rheostat-log"]
        );
    }

    #[test]
    fn only_tests_import_the_kit() {
        let with = |kind: Option<&str>| {
            json!({ "name": "rheostat-stream", "manifest_path": "m", "dependencies": [
                { "name": "rheostat-testkit", "kind": kind },
            ] })
        };
        assert_eq!(said(&with(Some("dev"))), [""; 0]);
        assert_eq!(said(&with(None)).len(), 1);
    }

    #[test]
    fn a_new_crate_has_to_be_placed_first() {
        let package = json!({ "name": "rheostat-new", "manifest_path": "m", "dependencies": [] });
        assert_eq!(said(&package).len(), 1);
    }
}
