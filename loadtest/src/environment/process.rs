//! What processes use, as `/proc` tells it: one process, or a database's with all its children. Owns the reading of
//! those files; knows not whose processes they are.

use std::fs;

use anyhow::{Context, bail};

/// Clock ticks a second in `/proc/PID/stat`: fixed at 100 for user space on Linux.
const TICKS_PER_S: f64 = 100.0;
/// How often a family is read again when one of it ended meanwhile.
const READINGS_MAX: usize = 5;

/// What a process, or several together, use.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ProcessUsage {
    /// Resident memory now, bytes.
    pub rss_bytes: u64,
    /// Resident memory at its highest, bytes.
    pub rss_peak_bytes: u64,
    /// User and system time so far, seconds.
    pub cpu_s: f64,
}

impl ProcessUsage {
    /// Both together. Peaks add up as if they had been at one time.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            rss_bytes: self.rss_bytes + other.rss_bytes,
            rss_peak_bytes: self.rss_peak_bytes + other.rss_peak_bytes,
            cpu_s: self.cpu_s + other.cpu_s,
        }
    }
}

/// What process `id` (`self` for this one) uses now.
///
/// # Errors
/// When there is no such process.
pub fn usage(id: &str) -> anyhow::Result<ProcessUsage> {
    let (status, stat) = (read(id, "status")?, read(id, "stat")?);
    let used = || {
        Some(ProcessUsage {
            rss_bytes: bytes_of(&status, "VmRSS:")?,
            rss_peak_bytes: bytes_of(&status, "VmHWM:")?,
            cpu_s: Times::parse(&stat)?.own_s,
        })
    };
    used().with_context(|| format!("/proc/{id} is not as expected"))
}

/// What a process and its children use together, those that have ended included in the time.
///
/// Resident is what each has for itself, and what they share counted once: the largest part of it that any of them
/// has touched. The peak is the resident now: there is none of several processes.
///
/// # Errors
/// When it is gone, or its children come and go faster than they can be read.
pub(super) fn family_usage(parent: u32) -> anyhow::Result<ProcessUsage> {
    for _ in 0..READINGS_MAX {
        let before = times(parent)?;
        let mut found = Family::default();
        found.add(&read(&parent.to_string(), "status")?, before.own_s);
        for child in children(parent)? {
            // One that has ended since is in the parent's time then, and the reading is made again.
            let one = child.to_string();
            if let (Ok(status), Ok(times)) = (read(&one, "status"), times(child)) {
                found.add(&status, times.own_s + times.ended_s);
            }
        }
        if times(parent)?.ended_s.to_bits() == before.ended_s.to_bits() {
            return Ok(found.total(before.ended_s));
        }
    }
    bail!("children of process {parent} ended during each of {READINGS_MAX} readings")
}

/// Parent of a process.
///
/// # Errors
/// When there is no such process.
pub(super) fn parent_of(id: u32) -> anyhow::Result<u32> {
    let status = read(&id.to_string(), "status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("PPid:"))
        .context("a status without PPid")?;
    Ok(line.trim().parse()?)
}

/// Name of a process's program.
///
/// # Errors
/// When there is no such process.
pub(super) fn name_of(id: u32) -> anyhow::Result<String> {
    Ok(read(&id.to_string(), "comm")?.trim().to_owned())
}

#[derive(Debug, Default)]
struct Family {
    own_bytes: u64,
    file_bytes: u64,
    shared_bytes: u64,
    cpu_s: f64,
}

impl Family {
    fn add(&mut self, status: &str, cpu_s: f64) {
        // A process that has ended and was not waited for has time, and no memory.
        let bytes = |name: &str| bytes_of(status, name).unwrap_or(0);
        self.own_bytes += bytes("RssAnon:");
        self.file_bytes = self.file_bytes.max(bytes("RssFile:"));
        self.shared_bytes = self.shared_bytes.max(bytes("RssShmem:"));
        self.cpu_s += cpu_s;
    }

    fn total(&self, ended_s: f64) -> ProcessUsage {
        let rss_bytes = self.own_bytes + self.file_bytes + self.shared_bytes;
        ProcessUsage {
            rss_bytes,
            rss_peak_bytes: rss_bytes,
            cpu_s: self.cpu_s + ended_s,
        }
    }
}

/// Processor time of a process.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Times {
    /// Its own, seconds.
    own_s: f64,
    /// That of its children that have ended and were waited for, seconds.
    ended_s: f64,
}

impl Times {
    fn parse(stat: &str) -> Option<Self> {
        // The name in parentheses may hold spaces; the four times begin at the 12th field after it.
        let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let ticks: Vec<f64> = fields
            .take(4)
            .map_while(|field| field.parse().ok())
            .collect();
        let [user, system, ended_user, ended_system] = ticks[..] else {
            return None;
        };
        Some(Self {
            own_s: (user + system) / TICKS_PER_S,
            ended_s: (ended_user + ended_system) / TICKS_PER_S,
        })
    }
}

fn times(id: u32) -> anyhow::Result<Times> {
    Times::parse(&read(&id.to_string(), "stat")?).context("a stat without times")
}

fn children(parent: u32) -> anyhow::Result<Vec<u32>> {
    let id = parent.to_string();
    let list = match read(&id, &format!("task/{id}/children")) {
        Ok(list) => list,
        // Kernels built without that list.
        Err(_) => return children_by_parent(parent),
    };
    Ok(list.split_whitespace().flat_map(str::parse).collect())
}

fn children_by_parent(parent: u32) -> anyhow::Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").context("read /proc")? {
        let name = entry?.file_name();
        let id = name.to_str().and_then(|name| name.parse().ok());
        if let Some(id) = id
            && parent_of(id).is_ok_and(|of| of == parent)
        {
            found.push(id);
        }
    }
    Ok(found)
}

fn read(id: &str, name: &str) -> anyhow::Result<String> {
    let path = format!("/proc/{id}/{name}");
    fs::read_to_string(&path).with_context(|| format!("read {path}"))
}

fn bytes_of(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn times_are_read_though_the_name_has_a_parenthesis() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 300 100 20 0";
        let expected = Times {
            own_s: 2.0,
            ended_s: 4.0,
        };
        assert_eq!(Times::parse(stat), Some(expected));
        assert_eq!(Times::parse(""), None);
        assert_eq!(bytes_of("VmRSS:\t  1024 kB\n", "VmRSS:"), Some(1 << 20));
        assert_eq!(bytes_of("", "VmRSS:"), None);
    }

    #[test]
    fn this_process_uses_something() {
        let usage = usage("self").expect("this process is there");
        assert!(usage.rss_bytes > 0 && usage.rss_peak_bytes >= usage.rss_bytes);
    }

    #[test]
    fn what_is_shared_counts_once_and_what_is_not_for_each() {
        let mut family = Family::default();
        family.add("RssAnon: 10 kB\nRssFile: 3 kB\nRssShmem: 100 kB\n", 1.0);
        family.add("RssAnon: 20 kB\nRssFile: 5 kB\nRssShmem: 90 kB\n", 2.0);
        family.add("Name: ended\n", 4.0);
        let total = family.total(8.0);
        assert_eq!(total.rss_bytes, (10 + 20 + 5 + 100) * 1024);
        assert!((total.cpu_s - 15.0).abs() < 1e-9, "{total:?}");
    }

    #[test]
    fn the_time_of_a_child_that_has_ended_stays_in_its_family() {
        // The shell's own child spins, ends and is waited for; then the shell says so and lives on.
        let script = "(i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done); echo done; read line";
        let mut shell = Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let mut said = String::new();
        let mut stdout = std::io::BufReader::new(shell.stdout.take().expect("it is piped"));
        std::io::BufRead::read_line(&mut stdout, &mut said).expect("it says when it is done");
        let found = family_usage(shell.id());
        drop(shell.stdin.take());
        shell.wait().expect("it ends when its input does");
        let found = found.expect("the shell was there");
        assert!(found.cpu_s > 0.02, "{found:?}");
        let list = children_by_parent(std::process::id()).expect("/proc can be listed");
        assert!(!list.contains(&shell.id()), "{list:?}");
    }
}
