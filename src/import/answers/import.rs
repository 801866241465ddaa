//! `learnr import --answers`: sessions from a file into a store.
//!
//! Owns the order: read a few sessions, check them, hand them to the store, say what came of it. What is stored stays
//! when it is stopped, and the same command goes on from there.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};

use super::reading::{Next, Numbered, Reading, refused};
use super::report::{Outcome, Report};
use crate::clock::{Clock, SystemClock};
use crate::import::args::ImportArgs;
use crate::import::report::Notes;
use crate::interrupt::unless_stopped;
use crate::progress::Bar;
use crate::store::{Imported, Place, Store, WholeSession};

/// Sessions handed to the store at a time: one transaction.
const SESSIONS_AT_A_TIME: usize = 250;
/// Events of those, unless a single session has more.
const EVENTS_AT_A_TIME: usize = 10_000;

/// Carries out `learnr import --answers` into a store.
///
/// # Errors
/// When anything was refused, after saying what; or why a file or the store cannot be used.
pub(in crate::import) async fn import(args: &ImportArgs, place: &Place) -> anyhow::Result<()> {
    let store = place.open_existing().await?;
    let words = "what was stored stays, and the same command goes on from there";
    let work = async {
        let mut reports = Vec::with_capacity(args.files.len());
        for path in &args.files {
            let report = file(path, &*store, args.dry_run).await?;
            if !args.json {
                write!(std::io::stdout(), "{report}")?;
            }
            reports.push(report);
        }
        Ok(reports)
    };
    let done = unless_stopped(words, work).await;
    store.close().await;
    let reports = done?;
    if args.json {
        let text = serde_json::to_string_pretty(&reports)?;
        writeln!(std::io::stdout(), "{text}")?;
    }
    let faulty = |report: &&Report| matches!(report.outcome, Outcome::Partly | Outcome::Refused);
    match reports.iter().filter(faulty).count() {
        0 => Ok(()),
        faulty => bail!("{faulty} of {} files had faults", reports.len()),
    }
}

async fn file(path: &Path, store: &dyn Store, dry_run: bool) -> anyhow::Result<Report> {
    let begun = Instant::now();
    let place = || format!("cannot read {}", path.display());
    let mut report = Report::of(path.display().to_string());
    let mut notes = Notes::default();
    let Some(mut reading) = Reading::begin(path, &mut notes).with_context(place)? else {
        report.settle(notes, dry_run, begun.elapsed());
        return Ok(report);
    };
    report.certification = Some(reading.certification.clone());
    let known = store.certification(&reading.certification, None).await?;
    ensure!(
        known.is_some(),
        "{}: answers of certification {}, which this store has not: import it first",
        path.display(),
        reading.certification
    );
    let mut bar = Bar::new();
    let now_ms = SystemClock::start().now_ms();
    let mut batch: Vec<Numbered> = Vec::new();
    let mut events = 0;
    loop {
        let next = reading.next(&mut notes).with_context(place)?;
        let ended = matches!(next, Next::End);
        if let Next::Session(numbered) = next {
            meet(&mut reading, &numbered.session, store).await?;
            if reading.check(&numbered, now_ms, &mut notes) {
                events += numbered.session.events.len();
                batch.push(*numbered);
            }
        }
        let full = batch.len() >= SESSIONS_AT_A_TIME || events >= EVENTS_AT_A_TIME;
        if (full || ended) && !batch.is_empty() {
            let sessions = std::mem::take(&mut batch);
            match dry_run {
                true => report.stored += sessions.len() as u64,
                false => hand_over(sessions, store, now_ms, &mut report, &mut notes).await?,
            }
            events = 0;
            draw(&mut bar, &reading, begun);
        }
        if ended {
            break;
        }
    }
    bar.clear();
    report.sessions = reading.read.sessions;
    report.settle(notes, dry_run, begun.elapsed());
    Ok(report)
}

/// Looks for the version of a session unless it was met before.
async fn meet(
    reading: &mut Reading,
    session: &WholeSession,
    store: &dyn Store,
) -> anyhow::Result<()> {
    let version = &session.row.bank_version;
    if !reading.versions.contains_key(version) {
        let row = store
            .certification(&reading.certification, Some(version))
            .await?;
        let ids = |row: crate::store::CertificationVersionRow| -> HashSet<String> {
            row.items.into_iter().map(|item| item.item_id).collect()
        };
        reading.versions.insert(version.clone(), row.map(ids));
    }
    Ok(())
}

async fn hand_over(
    batch: Vec<Numbered>,
    store: &dyn Store,
    now_ms: i64,
    report: &mut Report,
    notes: &mut Notes,
) -> anyhow::Result<()> {
    let sessions: Vec<WholeSession> = batch.iter().map(|one| one.session.clone()).collect();
    let outcomes = store.import_sessions(sessions, now_ms).await?;
    ensure!(outcomes.len() == batch.len(), "an outcome for each session");
    for (numbered, outcome) in batch.iter().zip(outcomes) {
        match outcome {
            Imported::Stored => {
                report.stored += 1;
                let events = numbered.session.events.iter();
                let answers = events.filter(|event| super::table::is_answer(event));
                report.answers += answers.count() as u64;
            }
            Imported::Unchanged => report.unchanged += 1,
            Imported::Refused(why) => refused(numbered, &why, notes),
        }
    }
    Ok(())
}

fn draw(bar: &mut Bar, reading: &Reading, begun: Instant) {
    let read = reading.read;
    let rate = read.events as f64 / begun.elapsed().as_secs_f64().max(0.001);
    let what = format!("importing: {} sessions, {rate:.0} events/s", read.sessions);
    let number = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
    bar.draw(&what, number(reading.bytes()), number(reading.size));
}
