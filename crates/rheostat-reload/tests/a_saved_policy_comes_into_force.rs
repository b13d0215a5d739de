//! T26: every way by which a file gets saved, by the tools that people use, brings the new text into force.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};

use support::{ALL, Given, NEW, OLD, Watched, has, run, sh};

/// Saves by a script, for each way the path can be given, and expects the new text and no other.
fn saved_by(script: &str) {
    for given in ALL {
        let watched = Watched::new(given);
        sh(&watched, script);
        watched.expect(NEW);
        watched.assert_only(&[OLD, NEW]);
    }
}

#[test]
fn written_in_place() {
    saved_by(r#"printf %s "$NEW" > "$F""#);
}

#[test]
fn written_in_place_through_the_given_path() {
    saved_by(r#"printf %s "$NEW" > "$G""#);
}

#[test]
fn renamed_over() {
    saved_by(r#"printf %s "$NEW" > "$D/tmp"; mv "$D/tmp" "$F""#);
}

#[test]
fn copied_from_elsewhere_with_its_times_kept() {
    saved_by(r#"printf %s "$NEW" > "$R/new"; touch -d 2001-01-01 "$R/new"; cp -p "$R/new" "$F""#);
}

#[test]
fn edited_by_sed() {
    saved_by(r#"sed -i 's/old/new/; $a last = true' "$F""#);
}

#[test]
fn edited_by_sed_at_the_given_path_which_makes_a_file_of_a_link() {
    saved_by(r#"sed -i 's/old/new/; $a last = true' "$G""#);
}

#[test]
fn renamed_over_the_given_path() {
    saved_by(r#"printf %s "$NEW" > "$R/tmp"; mv "$R/tmp" "$G""#);
}

#[test]
fn replaced_by_a_link_by_ln_sfn() {
    saved_by(r#"printf %s "$NEW" > "$R/other.toml"; ln -sfn "$R/other.toml" "$F""#);
}

#[test]
fn deleted_and_recreated() {
    saved_by(r#"rm "$F"; printf %s "$NEW" > "$F""#);
}

#[test]
fn deleted_and_recreated_at_the_given_path() {
    saved_by(r#"rm "$G"; printf %s "$NEW" > "$G""#);
}

#[test]
fn the_folder_deleted_and_recreated() {
    saved_by(r#"rm -r "$D"; mkdir "$D"; printf %s "$NEW" > "$F""#);
}

#[test]
fn the_folder_replaced_by_another() {
    saved_by(
        r#"mkdir "$R/next"; printf %s "$NEW" > "$R/next/p.toml"; mv "$D" "$R/was"; mv "$R/next" "$D""#,
    );
}

#[test]
fn given_path_switched_by_ln_sfn() {
    for given in [Given::Symlink, Given::SymlinkedFolder] {
        let watched = Watched::new(given);
        let script = match given {
            Given::Symlink => r#"printf %s "$NEW" > "$R/other.toml"; ln -sfn "$R/other.toml" "$G""#,
            _ => {
                r#"mkdir "$R/other"; printf %s "$NEW" > "$R/other/p.toml"; ln -sfn "$R/other" "$(dirname "$G")""#
            }
        };
        sh(&watched, script);
        watched.expect(NEW);
        watched.assert_only(&[OLD, NEW]);
        // And the file that is current now is the one that is watched.
        let now = fs::canonicalize(&watched.given).expect("it leads somewhere");
        fs::write(now, OLD).expect("written");
        watched.expect(OLD);
    }
}

#[test]
fn a_config_map_swapped() {
    for given in ALL {
        let watched = Watched::of(given, |root| {
            let mount = root.join("mount");
            fs::create_dir_all(mount.join("..2026_1")).expect("a folder");
            fs::write(mount.join("..2026_1/p.toml"), OLD).expect("a policy");
            symlink("..2026_1", mount.join("..data")).expect("a link");
            symlink("..data/p.toml", mount.join("p.toml")).expect("a link");
            mount.join("p.toml")
        });
        // As the kubelet does it, twice: the second swap must not find a dead watch.
        for (next, was, text) in [("2", "1", NEW), ("3", "2", OLD)] {
            let script = format!(
                r#"cd "$D"; mkdir ..2026_{next}; printf %s "{text}" > ..2026_{next}/p.toml
                ln -s ..2026_{next} ..data_tmp; mv -T ..data_tmp ..data; rm -r ..2026_{was}"#
            );
            sh(&watched, &script);
            watched.expect(text);
        }
        watched.assert_only(&[OLD, NEW]);
    }
}

#[test]
fn edited_by_vim() {
    if !has("edited_by_vim", "vim", "apt-get install vim") {
        return;
    }
    for given in ALL {
        for backup in [
            "set nowritebackup",
            "set writebackup backupcopy=no",
            "set backup backupcopy=yes",
        ] {
            let watched = Watched::new(given);
            let edit = [
                "-c",
                backup,
                "-c",
                "%s/old/new/",
                "-c",
                "$put ='last = true'",
                "-c",
                "wq",
            ];
            run(Command::new("vim")
                .args(["-u", "NONE", "-es"])
                .args(edit)
                .arg(&watched.given));
            watched.expect(NEW);
            watched.assert_only(&[OLD, NEW]);
        }
    }
}

#[test]
fn edited_by_emacs() {
    if !has("edited_by_emacs", "emacs", "apt-get install emacs-nox") {
        return;
    }
    for given in ALL {
        for backup in ["nil", "t"] {
            let watched = Watched::new(given);
            let script = format!(
                r#"(progn (setq vc-follow-symlinks t make-backup-files {backup} backup-by-copying nil)
                (find-file "{}") (goto-char (point-min)) (while (search-forward "old" nil t) (replace-match "new"))
                (goto-char (point-max)) (insert "last = true\n") (save-buffer))"#,
                watched.given.display()
            );
            run(Command::new("emacs").args(["--batch", "-Q", "--eval", &script]));
            watched.expect(NEW);
            watched.assert_only(&[OLD, NEW]);
        }
    }
}

#[test]
fn in_two_halves_through_one_open_file() {
    for given in ALL {
        let watched = Watched::new(given);
        let (first, second) = NEW.split_at(18);
        let mut file = fs::File::create(&watched.file).expect("opened");
        file.write_all(first.as_bytes()).expect("written");
        // Long enough for two equal looks, a poll, and a look at a text without version: the first half
        // would parse, so only its writer's silence can keep it out.
        wait_for_time_to_pass(Duration::from_millis(2600));
        assert_eq!(watched.texts(), [OLD]);
        file.write_all(second.as_bytes()).expect("written");
        drop(file);
        watched.expect(NEW);
        watched.assert_only(&[OLD, NEW]);
    }
}

#[test]
fn emptied_and_filled_by_two_commands() {
    saved_by(r#": > "$F"; printf %s "$NEW" >> "$F""#);
}

/// Something must *not* happen in this time: no condition can be waited for instead.
fn wait_for_time_to_pass(time: Duration) {
    let end = Instant::now() + time;
    while let Some(rest) = end.checked_duration_since(Instant::now()) {
        std::thread::park_timeout(rest);
    }
}
