//! The way of a store from one place to another.
//!
//! Owns the order: read at one moment, put, read back, compare, take out what stays behind, and only then keep. Must not know what is said of it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde::Serialize;

use super::ledger::{Ledger, Tally};
use crate::progress::Bar;
use crate::store::Place;
use crate::store::postgres::{PostgresFilling, PostgresSnapshot};
use crate::store::sqlite::{Copying, Filling, Snapshot, SqliteStore, Staged, Taken};
use crate::store::whole::{Source, Target};

/// How often the progress of a copy of pages is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// What came of it.
pub(super) struct Carried {
    /// What the source holds.
    pub(super) source: Ledger,
    /// What was made of it holds.
    pub(super) made: Ledger,
    /// The schema of the source.
    pub(super) schema: i64,
    /// Whether it is in its place now.
    pub(super) kept: bool,
    /// What was taken out of it before.
    pub(super) left_out: Vec<LeftOut>,
}

/// A table that is empty where the source's went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct LeftOut {
    /// Its name.
    pub(super) table: &'static str,
    /// How many rows the source has in it.
    pub(super) rows: u64,
}

/// One way.
pub(super) struct Way<'a> {
    pub(super) from: &'a Place,
    pub(super) to: &'a Place,
    /// What may be at `to`, where that is a file.
    pub(super) taken: Taken,
    /// Whether to read every page of a file for damage first.
    pub(super) verify: bool,
    /// Tables whose rows stay behind.
    pub(super) leaves_out: &'static [&'static str],
}

/// Carries a whole store. What differs from its source is not kept.
pub(super) async fn carry(way: &Way<'_>, bar: &mut Bar) -> anyhow::Result<Carried> {
    ensure!(
        !is_same(way.from, way.to),
        "{}: from and to are the same",
        way.from
    );
    let carried = match (way.from, way.to) {
        (Place::File(from), Place::File(to)) => pages(way, from, to, bar).await,
        (from, to) => {
            let mut source = source(from, way.verify).await?;
            let target = target(to, way.taken).await?;
            rows(source.as_mut(), target, way.leaves_out, bar).await
        }
    };
    bar.clear();
    carried
}

fn is_same(one: &Place, other: &Place) -> bool {
    match (one, other) {
        (Place::File(one), Place::File(other)) => one == other,
        (Place::Server(one), Place::Server(other)) => one.url == other.url,
        _ => false,
    }
}

async fn source(from: &Place, verify: bool) -> anyhow::Result<Box<dyn Source>> {
    match from {
        Place::File(path) => {
            let snapshot = snapshot(path, verify).await?;
            let (found, newest) = (snapshot.schema_version(), SqliteStore::SCHEMA);
            ensure!(
                found == newest,
                "{}: from an older release (schema {found}, this one has {newest}): restore it into a data directory \
                 first, which brings it up to date, and copy that",
                path.display()
            );
            Ok(Box::new(snapshot.rows()))
        }
        Place::Server(options) => Ok(Box::new(PostgresSnapshot::open(options).await?)),
    }
}

async fn target(to: &Place, taken: Taken) -> anyhow::Result<Box<dyn Target>> {
    match to {
        Place::File(path) => {
            let path = path.clone();
            let filling =
                blocking(move || Ok(Filling::new(Staged::beside(&path, taken)?)?)).await?;
            Ok(Box::new(filling))
        }
        Place::Server(options) => Ok(Box::new(PostgresFilling::open(options).await?)),
    }
}

async fn snapshot(path: &Path, verify: bool) -> anyhow::Result<Snapshot> {
    ensure!(path.exists(), "{}: there is no database", path.display());
    let path = path.to_owned();
    blocking(move || {
        let snapshot = Snapshot::open(&path)?;
        if verify {
            snapshot.verify()?;
        }
        Ok(snapshot)
    })
    .await
}

/// Row by row, between any two stores.
async fn rows(
    source: &mut dyn Source,
    mut target: Box<dyn Target>,
    leaves_out: &[&'static str],
    bar: &mut Bar,
) -> anyhow::Result<Carried> {
    let about = source.rows_about().await?;
    let mut tally = Tally::default();
    while let Some(rows) = source.next().await? {
        tally.take(&rows)?;
        target.put(rows).await?;
        draw(bar, "copying", tally.rows(), about);
    }
    let source = tally.finish();
    let made = ledger(target.read_back().await?.as_mut(), "checking", bar).await?;
    let kept = source.differences(&made).is_empty();
    let mut left_out = Vec::new();
    if kept {
        left_out = counted(leaves_out, target.empty(leaves_out).await?);
        target.keep().await?;
    }
    Ok(Carried {
        source,
        made,
        schema: SqliteStore::SCHEMA,
        kept,
        left_out,
    })
}

/// Page by page, from one SQLite file to another.
async fn pages(way: &Way<'_>, from: &Path, to: &Path, bar: &mut Bar) -> anyhow::Result<Carried> {
    let snapshot = snapshot(from, way.verify).await?;
    let (to, taken) = (to.to_owned(), way.taken);
    let staged = blocking(move || Ok(Staged::beside(&to, taken)?)).await?;
    let schema = snapshot.schema_version();
    let copying = Arc::new(Copying::default());
    // Dropped when this is dropped: the thread that copies then stops, and what it has made goes with it.
    let stop = StopWhenDropped(copying.clone());
    let watched = copying.clone();
    let copy = blocking(move || {
        let whole = staged.copy(&snapshot, &copying)?;
        ensure!(whole, "stopped");
        Ok((staged, snapshot))
    });
    tokio::pin!(copy);
    let (staged, snapshot) = loop {
        tokio::select! {
            copied = &mut copy => break copied?,
            () = tokio::time::sleep(LOOK) => {
                let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
                draw(bar, "copying", count(&watched.done), count(&watched.of));
            }
        }
    };
    drop(stop);
    let mut read = snapshot.rows();
    let part = staged.part().to_owned();
    let mut reread = blocking(move || Ok(Snapshot::open(&part)?)).await?.rows();
    let mut quiet = Bar::hidden();
    let (source, made) = tokio::join!(
        ledger(&mut read, "checking", bar),
        ledger(&mut reread, "checking", &mut quiet)
    );
    let (source, made) = (source?, made?);
    let kept = source.differences(&made).is_empty();
    let (mut left_out, leaves_out) = (Vec::new(), way.leaves_out);
    if kept {
        let emptied = blocking(move || {
            staged.migrate()?;
            let rows = staged.empty(leaves_out)?;
            staged.keep()?;
            Ok(rows)
        });
        left_out = counted(leaves_out, emptied.await?);
    }
    Ok(Carried {
        source,
        made,
        schema,
        kept,
        left_out,
    })
}

fn counted(tables: &[&'static str], rows: Vec<u64>) -> Vec<LeftOut> {
    let counted = tables.iter().copied().zip(rows);
    counted
        .map(|(table, rows)| LeftOut { table, rows })
        .collect()
}

/// Reads all there is.
async fn ledger(source: &mut dyn Source, what: &str, bar: &mut Bar) -> anyhow::Result<Ledger> {
    let about = source.rows_about().await?;
    let mut tally = Tally::default();
    while let Some(rows) = source.next().await? {
        tally.take(&rows)?;
        draw(bar, what, tally.rows(), about);
    }
    Ok(tally.finish())
}

fn draw(bar: &mut Bar, what: &str, done: u64, of: u64) {
    let number = |number| usize::try_from(number).unwrap_or(usize::MAX);
    bar.draw(what, number(done), number(of));
}

struct StopWhenDropped(Arc<Copying>);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .context("the work was cut short")?
}
