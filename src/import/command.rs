//! `learnr import` and `learnr export`: files in and out of a database.
//!
//! Owns what is done and said. Which files make one certification is `jobs`'.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, bail};

use super::answers;
use super::args::{ExportArgs, ImportArgs};
use super::carried::carried;
use super::jobs::jobs;
use super::{Outcome, Reading, Report, Source, read_json, write};
use crate::store::{Place, Saved, Store, record};

/// The demonstration certification, in our own words.
const DEMONSTRATION: &[u8] = include_bytes!("../../content/business-analysis-foundations.json");

/// Carries out `learnr import` into a database.
///
/// # Errors
/// When anything was refused, after saying what; or why files or the store cannot be used.
pub async fn import(args: &ImportArgs, place: &Place) -> anyhow::Result<()> {
    if args.answers {
        return answers::import(args, place).await;
    }
    let jobs = jobs(args)?;
    // A check of files needs no database; what one has to say is heard if it is there.
    let store = match args.dry_run && place.is_missing() {
        true => None,
        false => Some(place.open().await?),
    };
    let mut reports = Vec::with_capacity(jobs.len());
    for job in jobs {
        let begun = Instant::now();
        let reading = job.read(store.as_deref()).await?;
        let store = store.as_deref().filter(|_| !args.dry_run);
        let mut report = carry_out(reading, store).await?;
        report.took(begun.elapsed());
        if !args.json {
            write!(std::io::stdout(), "{report}")?;
        }
        reports.push(report);
    }
    if let Some(store) = store {
        store.close().await;
    }
    if args.json {
        writeln!(
            std::io::stdout(),
            "{}",
            serde_json::to_string_pretty(&reports)?
        )?;
    }
    let refused = |report: &&Report| report.outcome == Outcome::Refused;
    match reports.iter().filter(refused).count() {
        0 => Ok(()),
        1 if reports.len() == 1 => bail!("nothing was imported"),
        refused => bail!("{refused} of {} certifications were refused", reports.len()),
    }
}

/// Carries out `learnr export` from a database.
///
/// # Errors
/// When there is no such certification, or the file cannot be written.
pub async fn export(args: &ExportArgs, place: &Place) -> anyhow::Result<()> {
    if args.answers {
        return answers::export(args, place).await;
    }
    let store = place.open_existing().await?;
    let Some(row) = store
        .certification(args.certification.as_str(), None)
        .await?
    else {
        let known = store.certifications().await?;
        let ids: Vec<&str> = known.iter().map(|one| one.id.as_str()).collect();
        bail!(
            "there is no certification {}; there are: {}",
            args.certification,
            ids.join(", ")
        );
    };
    store.close().await;
    let (certification, items) = record::specs_from_row(&row)?;
    let Some(path) = &args.out else {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        write(args.format, &certification, &items, &mut out)?;
        return Ok(out.flush()?);
    };
    let place = || format!("cannot write {}", path.display());
    // Beside the file and then in its place: who reads it meanwhile reads the old one or the new one.
    let staged = path.with_added_extension("part");
    let done = stage(&staged, |out| {
        write(args.format, &certification, &items, out)
    })
    .and_then(|()| std::fs::rename(&staged, path));
    if done.is_err() && staged.exists() {
        std::fs::remove_file(&staged).with_context(place)?;
    }
    done.with_context(place)?;
    eprintln!("{}: {} questions", path.display(), items.len());
    Ok(())
}

/// Writes a file and waits until the disk has it.
fn stage(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    write(&mut out)?;
    out.into_inner()?.sync_all()
}

/// Stores the demonstration certification.
///
/// # Errors
/// Why the store does not take it.
pub async fn load_demonstration(store: &dyn Store) -> anyhow::Result<()> {
    let reading = read_json(&Source {
        name: "demonstration".to_owned(),
        bytes: DEMONSTRATION.to_vec(),
    });
    let row = reading.row.with_context(|| reading.report.to_string())?;
    store.save_certification(row).await?;
    Ok(())
}

async fn carry_out(reading: Reading, store: Option<&dyn Store>) -> anyhow::Result<Report> {
    let Reading { row, mut report } = reading;
    report.outcome = match (row, store) {
        (None, _) => Outcome::Refused,
        (Some(_), None) => Outcome::Checked,
        (Some(mut row), Some(store)) => {
            row.calibration = carried(store, &row).await?;
            match store.save_certification(row).await? {
                Saved::New => Outcome::Stored,
                Saved::Unchanged => Outcome::Unchanged,
            }
        }
    };
    Ok(report)
}
