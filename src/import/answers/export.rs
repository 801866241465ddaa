//! `learnr export --answers`: every session of a certification into a file, or every answer into a table.
//!
//! Owns the writing, a few sessions at a time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, bail};

use super::line::{Counts, FORMAT, Header, SessionLine, Trailer, VERSION};
use super::table::Table;
use crate::import::args::ExportArgs;
use crate::import::export::Format;
use crate::interrupt::unless_stopped;
use crate::progress::Bar;
use crate::store::{Place, Store};

/// Sessions read at a time.
const SESSIONS_AT_A_TIME: u32 = 200;

/// Carries out `learnr export --answers` from a store.
///
/// # Errors
/// When there is no such certification, or the file cannot be written.
pub(in crate::import) async fn export(args: &ExportArgs, place: &Place) -> anyhow::Result<()> {
    let store = place.open_existing().await?;
    let done = unless_stopped("nothing was written", carry_out(args, &*store)).await;
    store.close().await;
    let counts = done?;
    if let Some(path) = &args.out {
        eprintln!(
            "{}: {} sessions, {} events",
            path.display(),
            counts.sessions,
            counts.events
        );
    }
    Ok(())
}

async fn carry_out(args: &ExportArgs, store: &dyn Store) -> anyhow::Result<Counts> {
    let certification = args.certification.as_str();
    if store.certification(certification, None).await?.is_none() {
        let known = store.certifications().await?;
        let ids: Vec<&str> = known.iter().map(|one| one.id.as_str()).collect();
        bail!(
            "there is no certification {certification}; there are: {}",
            ids.join(", ")
        );
    }
    let Some(path) = &args.out else {
        let mut out = BufWriter::new(std::io::stdout());
        let counts = write(args, store, &mut out).await?;
        out.flush()?;
        return Ok(counts);
    };
    let place = || format!("cannot write {}", path.display());
    // Beside the file and then in its place: who reads it meanwhile reads the old one or the new one.
    let staged = Staged(path.with_added_extension("part"));
    let mut out = BufWriter::new(File::create(&staged.0).with_context(place)?);
    let counts = write(args, store, &mut out).await?;
    let file = out.into_inner().map_err(|error| error.into_error());
    file.and_then(|file| file.sync_all()).with_context(place)?;
    staged.keep(path).with_context(place)?;
    Ok(counts)
}

/// A file that is gone with this unless it was kept.
struct Staged(std::path::PathBuf);

impl Staged {
    fn keep(&self, path: &Path) -> std::io::Result<()> {
        std::fs::rename(&self.0, path)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.0.exists()
            && let Err(error) = std::fs::remove_file(&self.0)
        {
            tracing::warn!(path = %self.0.display(), %error, "what was not finished stays behind");
        }
    }
}

async fn write(
    args: &ExportArgs,
    store: &dyn Store,
    out: &mut impl Write,
) -> anyhow::Result<Counts> {
    let certification = args.certification.as_str();
    let mut file = match args.format {
        Format::Json => {
            let header = Header {
                format: FORMAT.to_owned(),
                version: VERSION,
                certification: certification.to_owned(),
            };
            line(out, &header)?;
            Writing::Lines(out)
        }
        Format::Csv => Writing::Table(Box::new(Table::new(out)?)),
    };
    let (begun, mut bar) = (Instant::now(), Bar::new());
    let (mut counts, mut after) = (Counts::default(), None);
    loop {
        let sessions = store
            .whole_sessions(certification, after, SESSIONS_AT_A_TIME)
            .await?;
        let Some(last) = sessions.last() else { break };
        after = Some(last.row.id);
        for session in sessions {
            counts.sessions += 1;
            counts.events += session.events.len() as u64;
            match &mut file {
                Writing::Lines(out) => line(out, &SessionLine::from(session))?,
                Writing::Table(table) => table.session(&session)?,
            }
        }
        let rate = counts.events as f64 / begun.elapsed().as_secs_f64().max(0.001);
        let (sessions, events) = (counts.sessions, counts.events);
        let what = format!("exporting: {sessions} sessions, {events} events, {rate:.0} events/s");
        bar.draw(&what, 0, 0);
    }
    bar.clear();
    match file {
        Writing::Lines(out) => line(out, &Trailer { end: counts })?,
        Writing::Table(table) => table.finish()?,
    }
    Ok(counts)
}

enum Writing<'a, W: Write> {
    Lines(&'a mut W),
    Table(Box<Table<&'a mut W>>),
}

fn line(out: &mut impl Write, value: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value).map_err(std::io::Error::from)?;
    out.write_all(b"\n")
}
