//! A control group that bounds one server's processors and memory. Owns the group: made empty, entered by the child
//! before it becomes the server, removed when the server is gone. Knows no server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use serde::{Deserialize, Serialize};

use super::hierarchy::{self, Hierarchy, Version};

/// Time over which processor time is shared out, microseconds: the kernel's own choice.
const PERIOD_US: u64 = 100_000;
/// Least processor time in a period that the kernel takes, microseconds.
const QUOTA_US_MIN: u64 = 1_000;
/// How often a group is tried to be removed: its last process may still be going.
const REMOVALS_MAX: u32 = 50;
/// Between two tries.
const REMOVAL_GAP: Duration = Duration::from_millis(20);
/// Puts the shell into each group named, and becomes the program.
const ENTER: &str = "n=$1; shift; while [ \"$n\" -gt 0 ]; do echo $$ >\"$1\" || exit 125; shift; n=$((n - 1)); done; \
     exec \"$@\"";
/// What to do where no group can be made.
const ADVICE: &str = "cpus and memory_mib need control groups with the cpu and memory controllers, and root (or a \
     group delegated to this user); take them out of the scenario to run without bounds";

/// What a group may use.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bounds {
    /// Processors, as `0.5`.
    pub(super) cpus: Option<f64>,
    /// Memory, bytes.
    pub(super) memory_bytes: Option<u64>,
}

/// How often a group met its bounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Throttled {
    /// Periods of 0.1 s in which something ran.
    pub periods: u64,
    /// Of those, in which it was held back.
    pub periods_throttled: u64,
    /// Time its threads were held back, seconds, added up over them.
    pub throttled_s: f64,
    /// Memory at its highest, bytes, files cached for it included; at its bound, some had to be given back.
    pub memory_peak_bytes: u64,
    /// Processes ended because there was no more memory.
    pub oom_kills: u64,
}

impl Throttled {
    /// Both together; the peak is the higher one.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            periods: self.periods + other.periods,
            periods_throttled: self.periods_throttled + other.periods_throttled,
            throttled_s: self.throttled_s + other.throttled_s,
            memory_peak_bytes: self.memory_peak_bytes.max(other.memory_peak_bytes),
            oom_kills: self.oom_kills + other.oom_kills,
        }
    }
}

/// A group of our own; its folders are removed when it is dropped.
#[derive(Debug, Default)]
pub(super) struct Group {
    processors: Option<(Version, PathBuf)>,
    memory: Option<(Version, PathBuf)>,
}

impl Group {
    /// Makes a group called `name` with these bounds.
    ///
    /// # Errors
    /// In words: what is missing on this machine.
    pub(super) fn create(name: &str, bounds: Bounds) -> anyhow::Result<Self> {
        let mut group = Self::default();
        group.fill(name, bounds).context(ADVICE)?;
        Ok(group)
    }

    fn fill(&mut self, name: &str, bounds: Bounds) -> anyhow::Result<()> {
        if let Some(cpus) = bounds.cpus {
            let quota = (cpus * PERIOD_US as f64).round() as u64;
            ensure!(quota >= QUOTA_US_MIN, "{cpus} processors are too few");
            let (version, dir) = make("cpu", name)?;
            self.processors = Some((version, dir.clone()));
            match version {
                Version::One => {
                    write(&dir, "cpu.cfs_period_us", &PERIOD_US.to_string())?;
                    write(&dir, "cpu.cfs_quota_us", &quota.to_string())?;
                }
                Version::Two => write(&dir, "cpu.max", &format!("{quota} {PERIOD_US}"))?,
            }
        }
        if let Some(bytes) = bounds.memory_bytes {
            let (version, dir) = make("memory", name)?;
            self.memory = Some((version, dir.clone()));
            let (bound, swap, swap_bytes) = match version {
                Version::One => (
                    "memory.limit_in_bytes",
                    "memory.memsw.limit_in_bytes",
                    bytes,
                ),
                Version::Two => ("memory.max", "memory.swap.max", 0),
            };
            write(&dir, bound, &bytes.to_string())?;
            // Where the kernel counts swapping, none is allowed.
            if dir.join(swap).exists() {
                write(&dir, swap, &swap_bytes.to_string())?;
            }
        }
        Ok(())
    }

    /// A command that enters the group and then becomes `program`: what is charged to it, is charged from the start.
    pub(super) fn command(&self, program: &Path) -> Command {
        let dirs = self.dirs();
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", ENTER, "sh", &dirs.len().to_string()])
            .args(dirs.iter().map(|dir| dir.join("cgroup.procs")))
            .arg(program);
        command
    }

    /// How often its bounds were met so far.
    ///
    /// # Errors
    /// When the kernel's counts cannot be read.
    pub(super) fn throttled(&self) -> anyhow::Result<Throttled> {
        let mut found = Throttled::default();
        if let Some((version, dir)) = &self.processors {
            let stat = read(dir, "cpu.stat")?;
            found.periods = count(&stat, "nr_periods")?;
            found.periods_throttled = count(&stat, "nr_throttled")?;
            found.throttled_s = match version {
                Version::One => count(&stat, "throttled_time")? as f64 / 1e9,
                Version::Two => count(&stat, "throttled_usec")? as f64 / 1e6,
            };
        }
        if let Some((version, dir)) = &self.memory {
            // Not version 1's failcnt: kernels of today leave it at 0 even where they ended a process.
            let (peak, kills) = match version {
                Version::One => ("memory.max_usage_in_bytes", "memory.oom_control"),
                Version::Two => ("memory.peak", "memory.events"),
            };
            found.memory_peak_bytes = read(dir, peak)?.trim().parse()?;
            found.oom_kills = count(&read(dir, kills)?, "oom_kill")?;
        }
        Ok(found)
    }

    /// Its folders, each once: with version 2 there is one.
    fn dirs(&self) -> Vec<&PathBuf> {
        let mut dirs: Vec<&PathBuf> = [&self.processors, &self.memory]
            .into_iter()
            .flatten()
            .map(|(_, dir)| dir)
            .collect();
        dirs.dedup();
        dirs
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for dir in self.dirs() {
            let removed = (0..REMOVALS_MAX).any(|tries| {
                if tries > 0 {
                    thread::sleep(REMOVAL_GAP);
                }
                fs::remove_dir(dir).is_ok() || !dir.exists()
            });
            if !removed {
                eprintln!("the control group {} is still there", dir.display());
            }
        }
    }
}

/// Makes the folder of a group in the hierarchy of `controller`; it may be there already, for another controller.
fn make(controller: &str, name: &str) -> anyhow::Result<(Version, PathBuf)> {
    let hierarchy = hierarchy::of(controller)?;
    let parent = match hierarchy.version {
        Version::One if hierarchy.own.is_dir() => hierarchy.own,
        Version::One => hierarchy.mounted,
        Version::Two => offering(controller, &hierarchy)?,
    };
    let dir = parent.join(name);
    match fs::create_dir(&dir) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("make the control group {}", dir.display()))
        }
        _ => Ok((hierarchy.version, dir)),
    }
}

/// The nearest group above this process whose children may have `controller`. Its own cannot, unless it is the top:
/// with version 2 a group has either processes or children with controllers.
fn offering(controller: &str, hierarchy: &Hierarchy) -> anyhow::Result<PathBuf> {
    let above = hierarchy
        .own
        .ancestors()
        .take_while(|dir| dir.starts_with(&hierarchy.mounted));
    let mut last = anyhow!(
        "this process is in no group below {}",
        hierarchy.mounted.display()
    );
    for dir in above {
        let offered = read(dir, "cgroup.subtree_control").unwrap_or_default();
        if offered.split_whitespace().any(|name| name == controller) {
            return Ok(dir.to_owned());
        }
        match write(dir, "cgroup.subtree_control", &format!("+{controller}")) {
            Ok(()) => return Ok(dir.to_owned()),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn read(dir: &Path, name: &str) -> anyhow::Result<String> {
    let path = dir.join(name);
    fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))
}

fn write(dir: &Path, name: &str, value: &str) -> anyhow::Result<()> {
    let path = dir.join(name);
    fs::write(&path, value).with_context(|| format!("write {value:?} to {}", path.display()))
}

/// The value beside `name` in lines of names and values.
fn count(text: &str, name: &str) -> anyhow::Result<u64> {
    let value = text.lines().find_map(|line| {
        let (key, value) = line.split_once(' ')?;
        (key == name).then(|| value.trim().parse().ok())?
    });
    value.with_context(|| format!("no count called {name} in {text:?}"))
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;
    use std::time::Instant;

    use super::*;

    #[test]
    fn counts_are_read_by_their_whole_name() {
        let stat = "nr_periods 7\nnr_throttled 3\nthrottled_time 1500000000\n";
        assert_eq!(count(stat, "nr_throttled").ok(), Some(3));
        assert!(count(stat, "nr").is_err());
    }

    /// A group for a test, or why the test does not run.
    fn group(test: &str, bounds: Bounds) -> Option<Group> {
        let name = format!("learnr-test-{}", uuid::Uuid::new_v4().simple());
        match Group::create(&name, bounds) {
            Ok(group) => Some(group),
            Err(error) => {
                eprintln!("NOT RUN: {test}: {error:#}");
                None
            }
        }
    }

    /// Processor time of a shell's children, seconds, from what its `times` says: `0m0.05s 0m0.01s` in the last line.
    fn children_s(times: &str) -> f64 {
        let last = times.lines().last().expect("times says two lines");
        let parts = last.split(['m', 's', ' ']).filter(|part| !part.is_empty());
        let numbers: Vec<f64> = parts.map(|part| part.parse().expect("a number")).collect();
        let [user_m, user_s, system_m, system_s] = numbers[..] else {
            panic!("times says {last:?}");
        };
        (user_m + system_m) * 60.0 + user_s + system_s
    }

    #[test]
    fn a_group_of_a_tenth_of_a_processor_holds_a_busy_child_to_it() {
        let bounds = Bounds {
            cpus: Some(0.1),
            memory_bytes: None,
        };
        let test = "a_group_of_a_tenth_of_a_processor_holds_a_busy_child_to_it";
        let Some(group) = group(test, bounds) else {
            return;
        };
        let dirs: Vec<PathBuf> = group.dirs().into_iter().cloned().collect();
        let begun = Instant::now();
        let ended = group
            .command(Path::new("/bin/sh"))
            .args(["-c", "timeout 1 sh -c 'while :; do :; done'; times"])
            .output()
            .expect("there is a shell");
        let wall_s = begun.elapsed().as_secs_f64();
        let used_s = children_s(&String::from_utf8_lossy(&ended.stdout));
        // Twice its share, and what one period allows beyond that; without a bound it were all of it.
        assert!(used_s < 0.2 * wall_s + 0.1, "{used_s} s in {wall_s} s");
        let throttled = group.throttled().expect("the kernel counts");
        assert!(throttled.periods_throttled > 0, "{throttled:?}");
        assert!(throttled.throttled_s > 0.0, "{throttled:?}");
        drop(group);
        assert!(dirs.iter().all(|dir| !dir.exists()), "{dirs:?}");
    }

    #[test]
    fn a_child_that_wants_more_memory_than_its_group_has_is_ended_and_counted() {
        let bounds = Bounds {
            cpus: None,
            memory_bytes: Some(16 << 20),
        };
        let test = "a_child_that_wants_more_memory_than_its_group_has_is_ended_and_counted";
        let Some(group) = group(test, bounds) else {
            return;
        };
        let script = "x=0123456789abcdef; while [ ${#x} -lt 100000000 ]; do x=$x$x; done";
        let status = group
            .command(Path::new("/bin/sh"))
            .args(["-c", script])
            .stderr(Stdio::null())
            .status()
            .expect("there is a shell");
        assert!(!status.success(), "{status}");
        let throttled = group.throttled().expect("the kernel counts");
        assert_eq!(throttled.memory_peak_bytes, 16 << 20, "{throttled:?}");
        assert!(throttled.oom_kills > 0, "{throttled:?}");
    }

    #[test]
    fn too_little_is_refused_with_what_to_do() {
        let bounds = Bounds {
            cpus: Some(0.001),
            memory_bytes: None,
        };
        let error = Group::create("learnr-test-none", bounds).expect_err("it is too little");
        let said = format!("{error:#}");
        assert!(
            said.contains("take them out") && said.contains("too few"),
            "{said}"
        );
    }
}
