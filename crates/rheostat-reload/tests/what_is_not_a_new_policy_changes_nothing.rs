//! A touched file, a refused text, a missing file, noise beside the file: what is in force stays.
#![cfg(target_os = "linux")]

mod support;

use std::fs;

use support::{ALL, Given, NEW, OLD, Watched, fresh_folder, sh};

#[test]
fn a_touched_file_counts_as_unchanged() {
    for given in ALL {
        let watched = Watched::new(given);
        sh(&watched, r#"touch "$F""#);
        watched.expect_status(|status| status.unchanged == 1);
        watched.assert_only(&[OLD]);
    }
}

#[test]
fn the_same_text_saved_again_counts_as_unchanged() {
    for script in [
        r#"printf %s "$OLD" > "$F""#,
        r#"cp "$F" "$D/tmp"; mv "$D/tmp" "$G""#,
    ] {
        for given in ALL {
            let watched = Watched::new(given);
            sh(&watched, script);
            watched.expect_status(|status| status.unchanged == 1);
            watched.assert_only(&[OLD]);
        }
    }
}

#[test]
fn a_refused_text_is_told_once_however_often_it_is_saved() {
    let watched = Watched::new(Given::Plain);
    let wrong = "version = 1 # wrong";
    for times in 1..=3 {
        fs::write(&watched.file, wrong).expect("written");
        watched.expect_status(|status| status.refused >= times);
    }
    assert_eq!(watched.told(), ["it is wrong"]);
    assert_eq!(watched.reloader.status().generation, 1);
    fs::write(&watched.file, NEW).expect("written");
    watched.expect(NEW);
    watched.expect_status(|status| !status.is_refused());
}

#[test]
fn a_file_that_stays_empty_is_refused_in_the_end() {
    let watched = Watched::new(Given::Plain);
    fs::write(&watched.file, "").expect("written");
    watched.expect_told("it is wrong");
    assert_eq!(watched.reloader.status().generation, 1);
}

#[test]
fn a_file_that_stays_missing_is_told_and_found_again() {
    let watched = Watched::new(Given::Symlink);
    fs::remove_file(&watched.file).expect("removed");
    watched.expect_told("cannot read policy file");
    assert_eq!(watched.reloader.status().generation, 1);
    fs::write(&watched.file, NEW).expect("written");
    watched.expect(NEW);
    watched.expect_status(|status| status.trouble.is_none());
}

#[test]
fn a_symlink_may_be_there_before_its_target() {
    let watched = Watched::of(Given::Symlink, |root| root.join("conf/p.toml"));
    sh(&watched, r#"mkdir "$D"; printf %s "$NEW" > "$F""#);
    watched.expect(NEW);
}

#[test]
fn a_log_file_beside_the_policy_hides_no_change() {
    let watched = Watched::new(Given::Plain);
    sh(
        &watched,
        r#"for i in $(seq 20000); do echo $i; done > "$D/app.log"; printf %s "$NEW" > "$F"; for i in $(seq 20000); do echo $i; done > "$D/app.log""#,
    );
    watched.expect(NEW);
    watched.assert_only(&[OLD, NEW]);
}

#[test]
fn a_stopped_watcher_is_gone_at_once() {
    let mut watched = Watched::new(Given::Plain);
    watched.expect_status(|status| status.watching);
    watched.stop();
    assert!(!watched.reloader.status().watching);
}

#[test]
fn a_path_is_resolved_against_the_folder_of_its_making() {
    use rheostat_reload::{FileSource, Source as _};

    let root = fresh_folder();
    fs::write(root.join("p.toml"), OLD).expect("written");
    std::env::set_current_dir(&root).expect("entered");
    let mut source = FileSource::new("p.toml").expect("a current folder");
    std::env::set_current_dir("/").expect("entered");
    let text = source.read().expect("it is there");
    assert_eq!((&*text.name, &*text.bytes), ("p.toml", OLD.as_bytes()));
    fs::remove_dir_all(root).expect("removed");
}
