//! The command: reads, estimates, reports, publishes.
//!
//! Owns the order of these. Nothing is written before the last step, which is one transaction.

use std::io::Write;
use std::time::Instant;

use anyhow::{bail, ensure};
use learnr_domain::bank::{CertificationSpec, Difficulty, ItemSpec, label_parameters};
use learnr_domain::calibration::Options;
use learnr_domain::{Bank, ItemParameters};

use super::args::{CalibrateArgs, Model};
use super::estimate::{Estimated, Task};
use super::evidence::Evidence;
use super::found::{Found, Made};
use super::gather::gather;
use super::new_questions;
use super::outcome::{ItemFigures, Outcome, Report};
use super::publish::calibrated_version;
use crate::progress::Bar;
use crate::store::{CertificationVersionRow, Place, Saved, Store, record};

/// Carries out `learnr calibrate` on a database.
///
/// # Errors
/// When there is too little to go by, after saying what there is; or why the store cannot be used.
pub async fn calibrate(args: &CalibrateArgs, place: &Place) -> anyhow::Result<()> {
    let store = place.open_existing().await?;
    let done = carry_out(args, &*store).await;
    store.close().await;
    let report = done?;
    let mut out = std::io::stdout().lock();
    match args.json {
        true => writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?,
        false => write!(out, "{report}")?,
    }
    match report.withheld {
        Some(withheld) => bail!("nothing was published: {withheld}"),
        None => Ok(()),
    }
}

async fn carry_out(args: &CalibrateArgs, store: &dyn Store) -> anyhow::Result<Report> {
    let begun = Instant::now();
    let id = args.certification.as_str();
    let row = current(store, id).await?;
    let (certification, items) = record::specs_from_row(&row)?;
    let mut bar = Bar::new();
    let gathered = gather(store, id, &items, &mut bar).await?;
    let current: Vec<ItemParameters> = items.iter().map(parameters_of).collect();
    let evidence = Evidence::of(&gathered.learners, &current);
    let found = Found {
        row: &row,
        area_of: area_of(&certification, &items),
        certification,
        items,
        gathered,
        current,
        evidence,
    };
    let made = match args.new_questions {
        true => new_questions::stream(&found, args.min_answers),
        false => estimate(args, &found, &mut bar),
    };
    bar.clear();
    let (mut report, new) = made?;
    if let Some(new) = new {
        report.version = Some(new.version.clone());
        report.outcome = match args.dry_run {
            true => Outcome::Checked,
            false => publish(store, &row, new).await?,
        };
    }
    report.seconds = (begun.elapsed().as_secs_f64() * 1_000.0).round() / 1_000.0;
    Ok(report)
}

async fn current(store: &dyn Store, id: &str) -> anyhow::Result<CertificationVersionRow> {
    if let Some(row) = store.certification(id, None).await? {
        return Ok(row);
    }
    let known = store.certifications().await?;
    let ids: Vec<&str> = known.iter().map(|one| one.id.as_str()).collect();
    bail!(
        "there is no certification {id}; there are: {}",
        ids.join(", ")
    );
}

/// Stores the new version, unless it is the old one, or that is not the current one any more.
async fn publish(
    store: &dyn Store,
    from: &CertificationVersionRow,
    new: CertificationVersionRow,
) -> anyhow::Result<Outcome> {
    if (&new.version, &new.calibration) == (&from.version, &from.calibration) {
        return Ok(Outcome::Unchanged);
    }
    // A bank that would not load must not become the one that new sessions ask for.
    let bank: Result<Bank, _> = record::bank_from_row(&new);
    bank?;
    let now = current(store, &from.id).await?;
    ensure!(
        now.version == from.version,
        "version {} was stored meanwhile: calibrate again",
        now.version
    );
    Ok(match store.save_certification(new).await? {
        Saved::New => Outcome::Published,
        Saved::Unchanged => Outcome::Unchanged,
    })
}

fn parameters_of(item: &ItemSpec) -> ItemParameters {
    match item.difficulty {
        Difficulty::Label(label) => label_parameters(label, item.select, item.options.len()),
        Difficulty::Parameters(parameters) => parameters,
    }
}

/// The place of each item's area.
fn area_of(certification: &CertificationSpec, items: &[ItemSpec]) -> Vec<usize> {
    let place = |item: &ItemSpec| {
        let areas = &certification.areas;
        let found = areas.iter().position(|area| area.id == item.area);
        found.expect("a stored version is a bank: every item's area is in it")
    };
    items.iter().map(place).collect()
}

/// The full run: its report, and the version to publish unless it is withheld.
fn estimate(args: &CalibrateArgs, found: &Found<'_>, bar: &mut Bar) -> anyhow::Result<Made> {
    let task = task(args, found);
    let estimated = task.run(bar)?;
    let report = report(found, &task, &estimated);
    let new = estimated
        .withheld
        .is_none()
        .then(|| calibrated_version(&found.certification, found.items.clone(), &task, &estimated));
    Ok((report, new))
}

fn task<'a>(args: &CalibrateArgs, found: &'a Found<'_>) -> Task<'a> {
    let centres = found
        .current
        .iter()
        .zip(&found.gathered.labels)
        .map(|(current, label)| {
            // An earlier calibration of the same answers is no prior; the author's label is.
            let mut centre = label.unwrap_or(*current);
            centre.c = current.c;
            if args.model == Model::Rasch {
                centre.a = 1.0;
            }
            ItemParameters {
                a: centre.a.clamp(0.01, 10.0),
                ..centre
            }
        });
    Task {
        areas: found
            .certification
            .areas
            .iter()
            .map(|area| area.id.to_string())
            .collect(),
        area_of: found.area_of.clone(),
        centres: centres.collect(),
        current: found.current.clone(),
        evidence: &found.evidence,
        options: Options {
            discrimination: args.model.discrimination(),
            ..Options::default()
        },
        requirements: args.requirements(),
    }
}

fn report(found: &Found<'_>, task: &Task<'_>, estimated: &Estimated) -> Report {
    let figures: Vec<ItemFigures> = found
        .items
        .iter()
        .zip(&task.current)
        .zip(&estimated.items)
        .map(|((item, before), estimate)| {
            let mut figures = ItemFigures::of(item, before);
            figures.kept = task.keeps(estimate.as_ref()).map(|kept| kept.to_string());
            if let Some(estimate) = estimate {
                figures.fill(estimate);
            }
            figures
        })
        .collect();
    let structure = estimated.structure;
    Report {
        withheld: estimated.withheld.map(|withheld| withheld.to_string()),
        rho: structure.and_then(|found| found.rho).map(Into::into),
        q: structure.and_then(|found| found.q).map(Into::into),
        areas: estimated.areas.clone(),
        ..found.report(figures)
    }
}
