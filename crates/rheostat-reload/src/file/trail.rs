//! The way from a path to its file, through every symlink.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};

/// As many symlinks as Linux follows.
const MOST_LINKS: usize = 40;

/// The names that decide which file a path leads to.
///
/// One step for each symlink on the way and one for the file itself; a change
/// of any of them, in its folder, can change what the path means. A trail that
/// ends early has the missing name as its last step, so that whoever watches
/// its folder sees it appear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trail {
    steps: Vec<Step>,
}

/// A name in a folder; the folder's own path has no symlink left in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) folder: PathBuf,
    pub(crate) name: OsString,
}

impl Trail {
    /// Follows an absolute path as far as it goes.
    pub(crate) fn follow(path: &Path) -> Self {
        let mut steps = Vec::new();
        let mut here = PathBuf::from("/");
        let mut ahead: VecDeque<OsString> = names(path);
        let mut links = 0;
        while let Some(name) = ahead.pop_front() {
            if name == ".." {
                here.pop();
                continue;
            }
            let next = here.join(&name);
            let link = match std::fs::symlink_metadata(&next) {
                Ok(meta) if meta.is_symlink() && links < MOST_LINKS => {
                    std::fs::read_link(&next).ok()
                }
                Ok(_) if ahead.is_empty() => None,
                Ok(_) => {
                    here = next;
                    continue;
                }
                // What is missing ends the trail here, and so does what may not be looked at.
                Err(_) => {
                    ahead.clear();
                    None
                }
            };
            steps.push(Step {
                folder: here.clone(),
                name,
            });
            if let Some(target) = link {
                links += 1;
                if target.has_root() {
                    here = PathBuf::from("/");
                }
                for name in names(&target).into_iter().rev() {
                    ahead.push_front(name);
                }
            }
        }
        Self { steps }
    }

    /// The folders to be watched, each once.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.steps.iter().enumerate().filter_map(|(at, step)| {
            let seen = self.steps[..at]
                .iter()
                .any(|before| before.folder == step.folder);
            (!seen).then_some(step.folder.as_path())
        })
    }

    /// Whether a name in a folder is on the trail, and whether it is its end.
    pub(crate) fn place_of(&self, folder: &Path, name: &OsStr) -> Place {
        match self
            .steps
            .iter()
            .rposition(|step| step.folder == folder && step.name == name)
        {
            Some(at) if at + 1 == self.steps.len() => Place::End,
            Some(_) => Place::Way,
            None => Place::Beside,
        }
    }
}

/// Where a name lies, as a trail sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is the file itself.
    End,
    /// It is a symlink that leads to the file.
    Way,
    /// It has nothing to do with the file.
    Beside,
}

/// The absolute form of a path, from the current folder, with no symlink resolved.
pub(crate) fn absolute(path: &Path) -> io::Result<PathBuf> {
    std::path::absolute(path)
}

fn names(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter_map(|component| match component {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some(OsString::from("..")),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
        })
        .collect()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    /// A fresh folder whose own path has no symlink in it.
    fn folder(name: &str) -> PathBuf {
        let path =
            std::env::temp_dir().join(format!("rheostat-trail-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a fresh folder");
        fs::canonicalize(path).expect("it exists")
    }

    fn shown(trail: &Trail, root: &Path) -> Vec<String> {
        let text = |step: &Step| {
            step.folder
                .join(&step.name)
                .strip_prefix(root)
                .map(|p| p.display().to_string())
        };
        trail
            .steps
            .iter()
            .filter_map(|step| text(step).ok())
            .collect()
    }

    #[test]
    fn a_plain_path_has_one_step() {
        let root = folder("plain");
        fs::write(root.join("p.toml"), "").expect("written");
        let trail = Trail::follow(&root.join("p.toml"));
        assert_eq!(shown(&trail, &root), ["p.toml"]);
        assert_eq!(trail.folders().collect::<Vec<_>>(), [root.as_path()]);
        fs::remove_dir_all(root).expect("removed");
    }

    #[test]
    fn every_symlink_on_the_way_is_a_step() {
        let root = folder("links");
        fs::create_dir(root.join("..2026")).expect("made");
        fs::write(root.join("..2026/p.toml"), "").expect("written");
        symlink("..2026", root.join("..data")).expect("linked");
        symlink("..data/p.toml", root.join("p.toml")).expect("linked");
        let trail = Trail::follow(&root.join("p.toml"));
        assert_eq!(shown(&trail, &root), ["p.toml", "..data", "..2026/p.toml"]);
        assert_eq!(trail.place_of(&root, OsStr::new("..data")), Place::Way);
        assert_eq!(
            trail.place_of(&root.join("..2026"), OsStr::new("p.toml")),
            Place::End
        );
        assert_eq!(trail.place_of(&root, OsStr::new("app.log")), Place::Beside);
        fs::remove_dir_all(root).expect("removed");
    }

    #[test]
    fn a_missing_name_ends_the_trail() {
        let root = folder("missing");
        let trail = Trail::follow(&root.join("not/there/p.toml"));
        assert_eq!(shown(&trail, &root), ["not"]);
        fs::remove_dir_all(root).expect("removed");
    }

    #[test]
    fn a_ring_of_symlinks_ends() {
        let root = folder("ring");
        symlink("b", root.join("a")).expect("linked");
        symlink("a", root.join("b")).expect("linked");
        assert_eq!(Trail::follow(&root.join("a")).folders().count(), 1);
        fs::remove_dir_all(root).expect("removed");
    }
}
