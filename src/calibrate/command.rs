//! The command: reads, estimates, reports, publishes.
//!
//! Owns the order of these. Nothing is written before the last step, which is one transaction.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{bail, ensure};
use learnr_domain::bank::{CertificationSpec, Difficulty, ItemSpec, label_parameters};
use learnr_domain::calibration::Options;
use learnr_domain::{Bank, ItemParameters};

use super::args::{CalibrateArgs, Model};
use super::bar::Bar;
use super::estimate::{Estimated, Task};
use super::evidence::Evidence;
use super::gather::{Gathered, gather};
use super::outcome::{ItemFigures, LeftOut, Outcome, Parameters, Report};
use super::publish::calibrated_version;
use crate::store::sqlite::{SqliteOptions, SqliteStore};
use crate::store::{CertificationVersionRow, Saved, Store, record};

/// Carries out `learnr calibrate` on a database.
///
/// # Errors
/// When there is too little to go by, after saying what there is; or why the store cannot be used.
pub async fn calibrate(args: &CalibrateArgs, database: &Path) -> anyhow::Result<()> {
    ensure!(
        database.exists(),
        "{}: there is no database",
        database.display()
    );
    let store = SqliteStore::open(database, SqliteOptions::default())?;
    let done = carry_out(args, &store).await;
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

async fn carry_out(args: &CalibrateArgs, store: &SqliteStore) -> anyhow::Result<Report> {
    let begun = Instant::now();
    let id = args.certification.as_str();
    let row = current(store, id).await?;
    let (certification, items) = record::specs_from_row(&row)?;
    let mut bar = Bar::new();
    let gathered = gather(store, id, &items, &mut bar).await?;
    let current: Vec<ItemParameters> = items.iter().map(parameters_of).collect();
    let evidence = Evidence::of(&gathered.learners, &current);
    let task = task(args, &certification, &items, &gathered, current, &evidence);
    let estimated = task.run(&mut bar);
    bar.clear();
    let estimated = estimated?;
    let mut report = report(&row, &items, &gathered, &task, &estimated);
    if estimated.withheld.is_none() {
        let new = calibrated_version(&certification, items, &task, &estimated);
        report.version = Some(new.version.clone());
        report.outcome = match args.dry_run {
            true => Outcome::Checked,
            false => publish(store, &row, new).await?,
        };
    }
    report.seconds = (begun.elapsed().as_secs_f64() * 1_000.0).round() / 1_000.0;
    Ok(report)
}

async fn current(store: &SqliteStore, id: &str) -> anyhow::Result<CertificationVersionRow> {
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
    store: &SqliteStore,
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

fn task<'a>(
    args: &CalibrateArgs,
    certification: &CertificationSpec,
    items: &[ItemSpec],
    gathered: &Gathered,
    current: Vec<ItemParameters>,
    evidence: &'a Evidence,
) -> Task<'a> {
    let place = |item: &ItemSpec| {
        let areas = &certification.areas;
        let found = areas.iter().position(|area| area.id == item.area);
        found.expect("a stored version is a bank: every item's area is in it")
    };
    let centres = current
        .iter()
        .zip(&gathered.labels)
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
        areas: certification
            .areas
            .iter()
            .map(|area| area.id.to_string())
            .collect(),
        area_of: items.iter().map(place).collect(),
        centres: centres.collect(),
        current,
        evidence,
        options: Options {
            discrimination: args.model.discrimination(),
            ..Options::default()
        },
        requirements: args.requirements(),
    }
}

fn report(
    row: &CertificationVersionRow,
    items: &[ItemSpec],
    gathered: &Gathered,
    task: &Task<'_>,
    estimated: &Estimated,
) -> Report {
    let figures: Vec<ItemFigures> = items
        .iter()
        .zip(&task.current)
        .zip(&estimated.items)
        .map(|((item, before), found)| {
            let mut figures = ItemFigures {
                item: item.id.to_string(),
                area: item.area.to_string(),
                answers: 0,
                right: None,
                before: Parameters::of(before),
                estimate: None,
                a_error: None,
                b_error: None,
                infit: None,
                outfit: None,
                item_rest: None,
                misfit: None,
                kept: task.keeps(found.as_ref()).map(|kept| kept.to_string()),
            };
            if let Some(found) = found {
                figures.fill(found);
            }
            figures
        })
        .collect();
    let kept = figures.iter().filter(|item| item.kept.is_some()).count();
    let structure = estimated.structure;
    Report {
        outcome: Outcome::Withheld,
        withheld: estimated.withheld.map(|withheld| withheld.to_string()),
        certification: row.id.clone(),
        title: row.title.clone(),
        from_version: row.version.clone(),
        version: None,
        sessions: gathered.sessions,
        respondents: task.evidence.first.len(),
        answers: task.evidence.first.iter().map(Vec::len).sum(),
        left_out: LeftOut {
            repeats: task.evidence.repeats,
            of_guests: task.evidence.of_guests,
            to_other_questions: gathered.answers_to_other_questions,
            unreadable_sessions: gathered.unreadable_sessions,
        },
        guests: task.evidence.guests,
        calibrated: figures.len() - kept,
        kept,
        rho: structure.and_then(|found| found.rho).map(Into::into),
        q: structure.and_then(|found| found.q).map(Into::into),
        areas: estimated.areas.clone(),
        items: figures,
        seconds: 0.0,
    }
}
