//! What the disk alone takes for a commit: a small write and a sync, at the pace of a run. Owns that floor,
//! so that an acknowledgement's latency can be read beside it; knows nothing of the server.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use hdrhistogram::Histogram;

/// Bytes of one write: about what a commit of one answer adds to the log.
const WRITE_BYTES: usize = 8 * 1024;
/// The file is overwritten from its start after this many writes.
const WRITES_A_ROUND: u64 = 512;
/// Longest a measurement may take, seconds.
const SECONDS_MAX: u64 = 600;

/// Writes and syncs `rate` times a second for `seconds` in a file of its own in `dir`; microseconds of each.
///
/// # Errors
/// When the file cannot be made, written or synced, or the arguments are out of range.
pub fn measure(dir: &Path, rate: u32, seconds: u64) -> anyhow::Result<Histogram<u64>> {
    ensure!(
        (1..=10_000).contains(&rate) && (1..=SECONDS_MAX).contains(&seconds),
        "rate must be 1 to 10000 a second and seconds 1 to {SECONDS_MAX}"
    );
    let path = dir.join(format!("learnr-disk-floor-{}", std::process::id()));
    let file = File::create_new(&path).with_context(|| format!("create {}", path.display()))?;
    let measured = write_at_pace(&file, rate, Duration::from_secs(seconds));
    fs::remove_file(&path).with_context(|| format!("remove {}", path.display()))?;
    measured
}

fn write_at_pace(file: &File, rate: u32, within: Duration) -> anyhow::Result<Histogram<u64>> {
    let block = [0x5a; WRITE_BYTES];
    let mut taken = Histogram::new(3)?;
    let started = Instant::now();
    let gap = Duration::from_secs(1) / rate;
    let mut due = started;
    let mut count = 0_u64;
    while due < started + within {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        file.write_all_at(&block, count % WRITES_A_ROUND * WRITE_BYTES as u64)?;
        file.sync_data()?;
        // Counted from when it was due, as answers are: a stall is felt by all that come during it.
        taken.record(u64::try_from(due.elapsed().as_micros())?)?;
        count += 1;
        due += gap;
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_write_is_counted_and_the_file_is_gone() {
        let dir = std::env::temp_dir();
        let taken = measure(&dir, 20, 1).expect("the disk takes writes");
        assert_eq!(taken.len(), 20);
        let own = format!("learnr-disk-floor-{}", std::process::id());
        assert!(!dir.join(own).exists());
        assert!(measure(&dir, 0, 1).is_err());
    }
}
