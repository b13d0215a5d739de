//! From saving a policy to its being in force, by each way in which files are saved.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Bound, Line};

const ROUNDS: u64 = 20;
/// Longer than any way may take.
const LIMIT: Duration = Duration::from_secs(20);

/// How a text gets into a file.
type Save = fn(&Path, &str) -> std::io::Result<()>;

const WAYS: [(&str, Save); 4] = [
    (
        "policy saved by writing and closing, to in force: median",
        |path, text| fs::write(path, text),
    ),
    (
        "policy saved by renaming another file over it: median",
        |path, text| {
            let beside = path.with_extension("new");
            fs::write(&beside, text)?;
            fs::rename(beside, path)
        },
    ),
    (
        "policy saved by turning a link over, as a ConfigMap is: median",
        turn_link,
    ),
    (
        "policy saved in two writes with a pause: median",
        |path, text| {
            let mut file = File::create(path)?;
            let (first, second) = text.split_at(text.len() / 2);
            file.write_all(first.as_bytes())?;
            file.flush()?;
            std::thread::sleep(Duration::from_millis(20));
            file.write_all(second.as_bytes())
        },
    ),
];

pub(super) fn measure() -> Result<Vec<Line>, String> {
    let said = |error: std::io::Error| error.to_string();
    let folder = std::env::temp_dir().join(format!("rheostat-saved-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(said)?;
    let path = folder.join("policy.toml");
    fs::write(&path, text(0)).map_err(said)?;
    let guard = rheostat::init(&path).map_err(|error| error.to_string())?;
    let (handle, mut number) = (guard.handle(), 0);
    let mut lines = Vec::new();
    for (what, save) in WAYS {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            number += 1;
            let (before, start) = (handle.status().generation, Instant::now());
            save(&path, &text(number)).map_err(said)?;
            while handle.status().generation == before {
                if start.elapsed() > LIMIT {
                    return Err(format!("{what}: not in force after {LIMIT:?}"));
                }
                std::thread::sleep(Duration::from_micros(50));
            }
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        lines.push(Line {
            what,
            reached: times[times.len() / 2],
            unit: "ms",
            bound: Some(Bound::AtMost(100.0)),
        });
    }
    drop(guard);
    fs::remove_dir_all(&folder).map_err(said)?;
    Ok(lines)
}

fn text(number: u64) -> String {
    format!(
        "version = 1\n[[rules]]\nmatch = {{ target = 'bench::**' }}\ncount = {{ metric = 'saved_{number}_total' }}\n"
    )
}

/// The file is a link into a folder that a second link points at; that one is replaced.
fn turn_link(path: &Path, text: &str) -> std::io::Result<()> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    let version = Instant::now();
    let data = folder.join(format!("..{version:?}").replace([' ', ':', '{', '}'], ""));
    fs::create_dir(&data)?;
    fs::write(data.join("policy.toml"), text)?;
    let (link, fresh) = (folder.join("..data"), folder.join("..data_tmp"));
    std::os::unix::fs::symlink(&data, &fresh)?;
    fs::rename(fresh, &link)?;
    if !path.is_symlink() {
        fs::remove_file(path)?;
        std::os::unix::fs::symlink(link.join("policy.toml"), path)?;
    }
    Ok(())
}
