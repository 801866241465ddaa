//! Where a figure comes from: the machine, and what was built. Owns the reading of both; measures nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::environment::Running;
use crate::report::Machine;

/// What stands where something cannot be told.
const UNKNOWN: &str = "unknown";

/// This machine as it is now, before a run: with the server's `binary`, and the database's name and version.
#[must_use]
pub fn describe(binary: &Path, database: &str) -> Machine {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    Machine {
        cores: std::thread::available_parallelism().map_or(0, usize::from),
        processor: processor(&read("/proc/cpuinfo")),
        memory_bytes: memory_bytes(&read("/proc/meminfo")),
        kernel: kernel(
            &read("/proc/sys/kernel/ostype"),
            &read("/proc/sys/kernel/osrelease"),
        ),
        commit: commit(),
        release: said(Command::new(binary).arg("--version"))
            .and_then(|said| said.split_whitespace().nth(1).map(str::to_owned))
            .unwrap_or_else(unknown),
        database: database.to_owned(),
        load_before: load(&read("/proc/loadavg")),
    }
}

/// Name and version of the database under a run: the embedded one is of the version that is built into this program,
/// which is built with the server's.
#[must_use]
pub fn database(running: &Running) -> String {
    running.database().map_or_else(
        || format!("SQLite {}", rusqlite::version()),
        |database| database.version(),
    )
}

fn unknown() -> String {
    UNKNOWN.to_owned()
}

fn processor(cpuinfo: &str) -> String {
    let named = cpuinfo
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| ["model name", "Model", "cpu model"].contains(&key.trim()));
    named.map_or_else(unknown, |(_, value)| value.trim().to_owned())
}

fn memory_bytes(meminfo: &str) -> u64 {
    let total = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    total.map_or(0, |kib| kib * 1024)
}

fn kernel(name: &str, release: &str) -> String {
    match format!("{} {}", name.trim(), release.trim()).trim() {
        "" => unknown(),
        kernel => kernel.to_owned(),
    }
}

fn load(loadavg: &str) -> f64 {
    let minute = loadavg.split_whitespace().next();
    minute.and_then(|value| value.parse().ok()).unwrap_or(0.0)
}

/// Revision of the working directory, short, with `+` when tracked files differ from it.
fn commit() -> String {
    let Some(revision) = said(Command::new("git").args(["rev-parse", "--short", "HEAD"])) else {
        return unknown();
    };
    let status = Command::new("git")
        .args(["status", "--porcelain", "--untracked-files=no"])
        .output();
    let changed = status.is_ok_and(|status| !status.stdout.is_empty());
    format!("{revision}{}", if changed { "+" } else { "" })
}

/// What a command says, when it ends well and says something.
fn said(command: &mut Command) -> Option<String> {
    let ended = command
        .output()
        .ok()
        .filter(|ended| ended.status.success())?;
    let said = String::from_utf8_lossy(&ended.stdout).trim().to_owned();
    (!said.is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_told_from_what_the_kernel_says_of_it() {
        assert_eq!(
            processor("processor\t: 0\nmodel name\t: A B @ 2 GHz\n"),
            "A B @ 2 GHz"
        );
        assert_eq!(processor(""), "unknown");
        assert_eq!(memory_bytes("MemTotal:  1024 kB\nMemFree: 3 kB\n"), 1 << 20);
        assert_eq!(kernel("Linux\n", "6.1\n"), "Linux 6.1");
        assert_eq!(kernel("", ""), "unknown");
        assert!((load("0.51 0.2 0.1 1/2 3\n") - 0.51).abs() < 1e-9);
    }

    #[test]
    fn a_binary_that_is_not_there_has_no_release() {
        let machine = describe(Path::new("/nowhere/learnr"), "none");
        assert_eq!(machine.release, "unknown");
        assert!(machine.cores > 0 && machine.memory_bytes > 0, "{machine:?}");
    }
}
