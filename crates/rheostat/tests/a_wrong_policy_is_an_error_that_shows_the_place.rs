//! What `main` shows when the policy is wrong at the start.

use rheostat::InitError;

#[test]
fn a_wrong_policy_is_an_error_that_shows_the_place() {
    let wrong =
        "version = 1\n[[rules]]\nmatch = { target = \"a\" }\ncount = { metrc = \"x_total\" }\n";
    let error = match rheostat::builder().policy_text(wrong).try_build() {
        Err(error @ InitError::Policy(_)) => format!("{error:?}"),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("it was accepted"),
    };
    for part in [
        "policy:4:11",
        "`count` has no key `metrc`",
        "write `metric`",
        "no policy is in force",
    ] {
        assert!(error.contains(part), "no {part:?} in\n{error}");
    }
}

#[test]
fn a_missing_file_is_an_error_that_names_it() {
    let error = match rheostat::builder()
        .policy("/nonexistent/rheostat.toml")
        .try_build()
    {
        Err(error) => format!("{error:?}"),
        Ok(_) => panic!("it was read"),
    };
    assert!(error.contains("/nonexistent/rheostat.toml"), "{error}");
    assert!(error.contains("No such file"), "{error}");
}

#[test]
fn a_file_that_is_no_policy_is_an_error_that_says_what_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("the folder is ours");
        path
    };
    let locked = file("locked.toml", b"version = 1");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let nobody = std::fs::Permissions::from_mode(0o000);
        std::fs::set_permissions(&locked, nobody).expect("the file is ours");
    }
    let mut cases = vec![
        (file("empty.toml", b""), "the policy is empty"),
        (file("binary.toml", b"version = \xff"), "is not UTF-8"),
        (file("other.toml", b"name = \"x\""), "missing-version"),
        (folder.path().to_owned(), "directory"),
        (std::path::PathBuf::new(), "cannot find policy file"),
    ];
    // Some users may read everything.
    if std::fs::read(&locked).is_err() {
        cases.push((locked, "ermission denied"));
    }
    for (path, said) in cases {
        let Err(error) = rheostat::builder().policy(&path).try_build() else {
            panic!("{} is no policy", path.display());
        };
        let error = format!("{error:?}");
        assert!(error.contains(said), "no {said:?} in\n{error}");
        assert!(error.contains(&path.display().to_string()), "{error}");
    }
}

#[test]
fn a_sink_that_cannot_be_opened_at_the_start_leaves_nothing_in_force() {
    let text = "version = 1\n[sinks.out]\ntype = \"file\"\npath = \"/proc/nowhere/x\"\n\
                [[rules]]\nmatch = { target = \"a\" }\nstream = { sink = \"out\" }\n";
    let Err(error) = rheostat::builder().policy_text(text).try_build() else {
        panic!("nothing can be written there");
    };
    let error = error.to_string();
    for part in [
        "policy:2:8",
        "/proc/nowhere/x",
        "help: ",
        "no policy is in force",
    ] {
        assert!(error.contains(part), "no {part:?} in\n{error}");
    }
    assert!(!error.contains("stays in force"), "{error}");
}

#[test]
fn or_empty_starts_without_rules_and_takes_a_policy_later() {
    let built = rheostat::builder()
        .policy_text("version = 2")
        .or_empty()
        .try_build();
    let (_subscriber, guard) = built.expect("a wrong policy is said, not returned");
    let handle = guard.handle();
    assert_eq!(handle.status().generation, 0);
    assert_eq!(handle.reload("version = 1").expect("it is fine"), 1);
}

#[test]
fn a_refused_reload_changes_nothing_and_says_what_stays() {
    let built = rheostat::builder().policy_text("version = 1").try_build();
    let (_subscriber, guard) = built.expect("an empty policy applies");
    let handle = guard.handle();
    let refusal = handle
        .reload("version = 1\nbogus = 1\n")
        .expect_err("it has an unknown key");
    assert!(
        refusal
            .to_string()
            .contains("generation 1 stays in force; nothing was changed"),
        "{refusal}"
    );
    let status = handle.status();
    assert_eq!((status.generation, status.refused), (1, 1));
}
