//! A wall clock that can be stepped for one process, by libfaketime. Owns the library's place and the file it reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where distributions keep it, below a folder of the machine's own.
const LIBRARY: &str = "libfaketimeMT.so.1";
const FOLDERS: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime",
    "/usr/lib/aarch64-linux-gnu/faketime",
    "/usr/lib64/faketime",
    "/usr/lib/faketime",
];
/// What the library leaves in shared memory of a process that was killed, before and after the process's id.
const REMNANTS: [&str; 2] = ["/dev/shm/faketime_shm_", "/dev/shm/sem.faketime_sem_"];

/// The library, where this machine has it.
pub(crate) fn clock_library() -> Option<PathBuf> {
    let places = FOLDERS.iter().map(|folder| Path::new(folder).join(LIBRARY));
    places.into_iter().find(|path| path.exists())
}

/// A clock in a file.
pub(crate) struct Clockwork {
    library: PathBuf,
    file: PathBuf,
}

impl Clockwork {
    /// A clock that is right, read from a file in this folder; `None` without the library.
    pub(crate) fn right(folder: &Path) -> Option<Self> {
        let clock = Self {
            library: clock_library()?,
            file: folder.join("clock"),
        };
        clock.set(0);
        Some(clock)
    }

    /// Sets it off by so many seconds, from now on; the process sees it within a second.
    pub(crate) fn set(&self, seconds: i64) {
        // Renamed into its place: a reader in mid-write would see a clock of 1970.
        let next = self.file.with_extension("next");
        fs::write(&next, format!("{seconds:+}\n")).expect("the clock's file can be written");
        fs::rename(&next, &self.file).expect("the clock's file can be renamed");
    }

    /// Lets the process that this starts go by it. Its monotonic clock stays as it is, as at a step of the real one.
    pub(crate) fn wind(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_CACHE_DURATION", "1")
            .env("DONT_FAKE_MONOTONIC", "1");
    }

    /// Removes what the library leaves of a process that did not end by itself.
    pub(crate) fn sweep(id: u32) {
        for remnant in REMNANTS {
            let path = format!("{remnant}{id}");
            if Path::new(&path).exists() && fs::remove_file(&path).is_err() {
                eprintln!("{path} is left");
            }
        }
    }
}
