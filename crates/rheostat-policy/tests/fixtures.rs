//! Every mistake has a fixture: a policy, what is said of it, and edits that mend it.
//!
//! `fixtures/RHxxx-name[-variant].toml` must yield the finding `RHxxx`; the text
//! beside it is all that is printed. `RHEOSTAT_BLESS=1` writes the texts anew.
//! A fixture whose first line is `# linked: a, b` is checked by a program that
//! links only these; `# repeat: N` repeats the rest of the file N times.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rheostat_policy::diagnostic::Edit;
use rheostat_policy::{Checked, MapEnvironment, Severity, Vocabulary, check, codes, first_party};

struct Fixture {
    path: PathBuf,
    stem: String,
    bytes: Vec<u8>,
}

/// The time in all fixtures: 2026-01-01T00:00:00Z.
const NOW: i128 = 1_767_225_600_000_000_000;

impl Fixture {
    fn code(&self) -> &str {
        &self.stem[..5]
    }

    fn check(&self, bytes: &[u8]) -> Checked {
        let env = MapEnvironment::new()
            .with_var("FLAG", "true")
            .with_var("REPLICA", "7")
            .with_var("REGION", "eu")
            .with_var("TOKEN", "hush")
            .with_var("SECRET", "hush")
            .with_secret("/run/secrets/token", "hush\n")
            .with_now(NOW);
        let name = format!("{}.toml", self.stem);
        check(bytes, &name, &self.vocabulary(), &env)
    }

    fn vocabulary(&self) -> Vocabulary {
        let mut vocabulary = first_party::vocabulary();
        let text = String::from_utf8_lossy(&self.bytes);
        if let Some(linked) = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# linked: "))
        {
            let names: BTreeSet<&str> = linked.split(", ").collect();
            vocabulary.actions.retain(|def| names.contains(def.name));
            vocabulary.sinks.retain(|def| names.contains(def.name));
        }
        vocabulary
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn fixtures() -> Vec<Fixture> {
    let mut out: Vec<Fixture> = std::fs::read_dir(folder())
        .expect("the fixtures are there")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| Fixture {
            stem: path
                .file_stem()
                .expect("a file has a name")
                .to_string_lossy()
                .into_owned(),
            bytes: repeated(std::fs::read(&path).expect("a fixture can be read")),
            path,
        })
        .filter(|fixture| fixture.stem.starts_with("RH"))
        .collect();
    out.sort_by(|left, right| left.stem.cmp(&right.stem));
    out
}

fn repeated(bytes: Vec<u8>) -> Vec<u8> {
    let Some(rest) = bytes.strip_prefix(b"# repeat: ") else {
        return bytes;
    };
    let line = rest
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a line ends");
    let times = String::from_utf8_lossy(&rest[..line]);
    rest[line + 1..].repeat(times.parse().expect("a number of times"))
}

fn edited(bytes: &[u8], edit: &Edit) -> Vec<u8> {
    let range = edit.place.range();
    [
        &bytes[..range.start],
        edit.with.as_bytes(),
        &bytes[range.end..],
    ]
    .concat()
}

#[test]
fn every_fixture_is_found_and_printed_as_its_snapshot_says() {
    let bless = std::env::var_os("RHEOSTAT_BLESS").is_some();
    let mut wrong = Vec::new();
    for fixture in fixtures() {
        let checked = fixture.check(&fixture.bytes);
        let found = checked
            .diagnostics
            .items
            .iter()
            .find(|item| item.code == fixture.code());
        let Some(found) = found else {
            wrong.push(format!(
                "{} does not yield its code, but:\n{}",
                fixture.stem, checked.diagnostics
            ));
            continue;
        };
        if !fixture.stem[6..].starts_with(found.name) {
            wrong.push(format!("{} should be named {}", fixture.stem, found.name));
        }
        let printed = format!("{}\n", checked.diagnostics);
        let snapshot = fixture.path.with_extension("txt");
        if bless {
            std::fs::write(&snapshot, &printed).expect("a snapshot can be written");
        } else if std::fs::read_to_string(&snapshot).ok().as_deref() != Some(&printed) {
            wrong.push(format!("{} is now printed as:\n{printed}", fixture.stem));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_offers_a_way_out() {
    let mut stuck = Vec::new();
    for fixture in fixtures() {
        let checked = fixture.check(&fixture.bytes);
        let items = checked.diagnostics.items.iter();
        // Of what no build can do yet, a disabled rule is the way out already.
        let without = items.filter(|item| item.helps.is_empty() && item.code != "RH900");
        stuck.extend(without.map(|item| format!("{}: {}", fixture.stem, item.message)));
    }
    assert!(stuck.is_empty(), "{}", stuck.join("\n"));
}

#[test]
fn every_edit_that_a_help_offers_mends_the_fixture() {
    let mut wrong = Vec::new();
    let mut edits = 0;
    for fixture in fixtures() {
        let checked = fixture.check(&fixture.bytes);
        let items = &checked.diagnostics.items;
        for item in items.iter().filter(|item| item.code == fixture.code()) {
            for edit in item.helps.iter().filter_map(|help| help.edit.as_ref()) {
                edits += 1;
                let mended = edited(&fixture.bytes, edit);
                let after = fixture.check(&mended);
                // What no build can do yet, no edit can mend.
                let still = after.diagnostics.items.iter().any(|other| {
                    let error = other.severity == Severity::Error;
                    other.code == fixture.code() || (error && other.code != "RH900")
                });
                if still {
                    wrong.push(format!(
                        "{}: `{}` leaves\n{}\nof\n{}",
                        fixture.stem,
                        edit.with,
                        after.diagnostics,
                        String::from_utf8_lossy(&mended)
                    ));
                }
            }
        }
    }
    assert!(edits > 60, "only {edits} edits were tried");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_fixture() {
    let have: BTreeSet<String> = fixtures()
        .iter()
        .map(|fixture| fixture.code().to_owned())
        .collect();
    let missing: Vec<String> = codes::all()
        .iter()
        .filter(|code| !codes::live::ALL.contains(code) && !have.contains(code.code))
        .map(|code| format!("{} {}", code.code, code.name))
        .collect();
    assert!(
        missing.is_empty(),
        "no fixture for:\n{}",
        missing.join("\n")
    );
}

#[test]
fn codes_and_names_are_unique_and_explained() {
    let all = codes::all();
    assert!(all.len() >= 75, "{} codes", all.len());
    let unique = |values: Vec<&str>| values.iter().collect::<BTreeSet<_>>().len();
    assert_eq!(
        unique(all.iter().map(|code| code.code).collect()),
        all.len()
    );
    assert_eq!(
        unique(all.iter().map(|code| code.name).collect()),
        all.len()
    );
    for code in all {
        assert!(
            code.code.len() == 5 && code.code.starts_with("RH"),
            "{}",
            code.code
        );
        assert!(
            code.explain.ends_with(['.', '`']),
            "{} is not explained",
            code.code
        );
    }
}

#[test]
fn a_policy_comes_back_exactly_when_nothing_is_an_error() {
    for fixture in fixtures() {
        let checked = fixture.check(&fixture.bytes);
        assert_eq!(
            checked.policy.is_some(),
            !checked.diagnostics.has_errors(),
            "{}",
            fixture.stem
        );
    }
}

#[test]
fn no_prefix_of_a_fixture_makes_the_check_panic() {
    for fixture in fixtures() {
        if fixture.bytes.len() > 4096 {
            continue;
        }
        let step = 1 + fixture.bytes.len() / 25;
        for end in (0..fixture.bytes.len()).step_by(step) {
            let checked = fixture.check(&fixture.bytes[..end]);
            assert!(!checked.diagnostics.rendered(false).is_empty());
        }
    }
}
