//! The three commands: carry, report, exit with 1 unless both ends are equal.

use std::io::Write;
use std::time::Instant;

use anyhow::bail;

use super::args::{BackupArgs, CopyArgs, RestoreArgs};
use super::carry::{Carried, Way, carry};
use super::report::{Outcome, Report, What};
use crate::interrupt::unless_stopped;
use crate::progress::Bar;
use crate::store::Place;
use crate::store::sqlite::Taken;
use crate::store::whole::SIGNED_IN;

/// Carries out `learnr backup` of the store at `from`.
///
/// # Errors
/// Why there is no backup, or what is wrong with the store it was made from.
pub async fn backup(args: &BackupArgs, from: &Place) -> anyhow::Result<()> {
    let to = Place::File(args.file.clone());
    let way = Way {
        from,
        to: &to,
        taken: match args.force {
            true => Taken::Replaced,
            false => Taken::Refused,
        },
        verify: false,
        leaves_out: &[],
    };
    carry_out(What::Backup, way, args.json).await
}

/// Carries out `learnr restore` into the store at `to`.
///
/// # Errors
/// Why nothing was restored, or what is wrong with the backup.
pub async fn restore(args: &RestoreArgs, to: &Place) -> anyhow::Result<()> {
    let from = Place::File(args.file.clone());
    let way = Way {
        from: &from,
        to,
        taken: Taken::IfEmpty,
        verify: true,
        leaves_out: SIGNED_IN,
    };
    carry_out(What::Restore, way, args.json).await
}

/// Carries out `learnr copy`.
///
/// # Errors
/// Why nothing was copied, or what is wrong with the store it was copied from.
pub async fn copy(args: &CopyArgs) -> anyhow::Result<()> {
    let way = Way {
        from: &args.from,
        to: &args.to,
        taken: Taken::IfEmpty,
        verify: false,
        leaves_out: &[],
    };
    carry_out(What::Copy, way, args.json).await
}

async fn carry_out(what: What, way: Way<'_>, json: bool) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut bar = Bar::new();
    let carried: Carried = unless_stopped("nothing was changed", carry(&way, &mut bar)).await?;
    let report = Report::new(what, &way, carried, begun.elapsed());
    let mut out = std::io::stdout().lock();
    match json {
        true => writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?,
        false => write!(out, "{report}")?,
    }
    out.flush()?;
    match report.outcome {
        Outcome::Equal => Ok(()),
        Outcome::Different => bail!(
            "{}: nothing was kept, since it differs from {}",
            way.to,
            way.from
        ),
        Outcome::Faulty => bail!(
            "{} is equal to {}, which has faults of its own",
            way.to,
            way.from
        ),
    }
}
