//! A disk so small that it can be filled. Must not know what is kept on it.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::programs::Programs;

/// Bytes written at once when it is filled.
static BLOCK: [u8; 64 * 1024] = [0x5a; 64 * 1024];

/// A file system in memory, of a size; gone when it is dropped.
pub(crate) struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// # Errors
    /// Why none can be made here: mounting needs root, and some containers do not let even root.
    pub(crate) fn of(megabytes: u32) -> Result<Self, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o"])
            .arg(format!("size={megabytes}m"))
            .arg("learnr-test")
            .arg(folder.path())
            .output();
        match mount {
            Ok(output) if output.status.success() => {
                Programs::here().give(folder.path());
                Ok(Self { folder })
            }
            Ok(output) => {
                let words = String::from_utf8_lossy(&output.stderr);
                Err(format!("no small disk can be mounted: {}", words.trim()))
            }
            Err(error) => Err(format!("no small disk can be mounted: mount: {error}")),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room there is.
    pub(crate) fn fill(&self) {
        let mut filler = File::create(self.filler()).expect("the disk takes a file");
        while filler.write_all(&BLOCK).is_ok() {}
        // The last bytes too, of which a block is too large.
        while filler.write_all(&BLOCK[..1]).is_ok() {}
    }

    /// Gives it back.
    pub(crate) fn free(&self) {
        fs::remove_file(self.filler()).expect("the disk was filled");
    }

    fn filler(&self) -> std::path::PathBuf {
        self.folder.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a process that was just killed may still have files open there.
        let unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} is still mounted", self.path().display());
        }
    }
}
