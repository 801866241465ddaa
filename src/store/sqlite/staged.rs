//! Owns a database on its way into its place: made beside it, put there whole or not at all. Must not know what is
//! in it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::fault::store_error;
use super::snapshot::{Copying, Snapshot};
use super::{making, open, schema};
use crate::store::StoreError;

const ADVICE: &str = "choose a place that this user can write to";
const AGAIN: &str = "see who does, and choose another name";

/// What may be in the place already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Nothing: it is a new file.
    Refused,
    /// Whatever: it is replaced.
    Replaced,
    /// A store in which nothing is but its tables, and which nobody uses.
    IfEmpty,
}

/// A file `PLACE.part`, gone with this unless it was kept. One that a crash left behind is written over.
#[derive(Debug)]
pub struct Staged {
    part: PathBuf,
    to: PathBuf,
    taken: Taken,
    /// Locked, so that two who would write the same file do not meet.
    file: File,
    /// Holds the empty store in the place, so that nobody begins to use it.
    held: Option<Connection>,
    kept: bool,
}

impl Staged {
    /// An empty file beside `to`. Makes the directory where it is missing. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Setup`] when the place is taken, in words that say what to do; [`StoreError::Io`].
    pub fn beside(to: &Path, taken: Taken) -> Result<Staged, StoreError> {
        let held = match taken {
            Taken::Refused if to.exists() => {
                return Err(refused(to, "it exists", "choose another name, or --force"));
            }
            Taken::Refused | Taken::Replaced => None,
            Taken::IfEmpty => making::hold_empty(to)?,
        };
        let directory = open::directory_of(to);
        fs::create_dir_all(directory).map_err(fault(directory))?;
        let part = to.with_added_extension("part");
        let file = open::private()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&part)
            .map_err(fault(&part))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(refused(&part, "somebody else is writing it", AGAIN));
            }
            Err(TryLockError::Error(error)) => return Err(fault(&part)(error)),
        }
        if !is_at(&file, &part) {
            return Err(refused(
                &part,
                "somebody else has just put it in its place",
                AGAIN,
            ));
        }
        file.set_len(0).map_err(fault(&part))?;
        Ok(Staged {
            part,
            to: to.to_owned(),
            taken,
            file,
            held,
            kept: false,
        })
    }

    /// The file it is made in.
    #[must_use]
    pub fn part(&self) -> &Path {
        &self.part
    }

    /// Makes it a copy of every page of a snapshot. Blocks. `false` when it was stopped.
    ///
    /// # Errors
    /// Why the one cannot be read or the other written.
    pub fn copy(&self, from: &Snapshot, copying: &Copying) -> Result<bool, StoreError> {
        if !from.pages(&self.part, copying)? {
            return Ok(false);
        }
        // A copy of a store in use says that it has a log; this one has none, and needs no other file to be read.
        let done = making::unjournaled(&self.part).and_then(|conn| {
            conn.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))
        });
        done.map_err(|error| store_error(&self.part, &error))?;
        Ok(true)
    }

    /// Brings it to the newest schema. Blocks.
    ///
    /// # Errors
    /// Why that cannot be done.
    pub fn migrate(&self) -> Result<(), StoreError> {
        let mut conn =
            making::unjournaled(&self.part).map_err(|error| store_error(&self.part, &error))?;
        schema::migrate(&mut conn, &self.part)
    }

    /// Empties tables of it, which has the newest schema; how many rows of each go. Blocks.
    ///
    /// # Errors
    /// Why that cannot be done.
    pub fn empty(&self, tables: &[&str]) -> Result<Vec<u64>, StoreError> {
        let empty = || -> rusqlite::Result<Vec<u64>> {
            let conn = making::unjournaled(&self.part)?;
            // Nothing is left of them in pages that fall free.
            conn.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
            let delete = |table: &&str| conn.execute(&format!("DELETE FROM {table}"), []);
            let rows = tables.iter().map(delete);
            rows.map(|rows| rows.map(|rows| rows as u64)).collect()
        };
        empty().map_err(|error| store_error(&self.part, &error))
    }

    /// Puts it in its place, on the disk, for good. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Setup`] when somebody has put something there meanwhile; [`StoreError::Io`].
    pub fn keep(mut self) -> Result<(), StoreError> {
        // By another handle, since SQLite wrote by its own: the file is the same.
        self.file.sync_all().map_err(fault(&self.part))?;
        if self.taken == Taken::Replaced || self.held.is_some() {
            fs::rename(&self.part, &self.to).map_err(fault(&self.to))?;
        } else {
            self.put_where_nothing_is()?;
        }
        self.kept = true;
        let directory = open::directory_of(&self.to);
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(fault(directory))
    }

    /// A second name never takes another's place, which a rename would.
    fn put_where_nothing_is(&self) -> Result<(), StoreError> {
        match fs::hard_link(&self.part, &self.to) {
            Ok(()) => fs::remove_file(&self.part).map_err(fault(&self.part)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(refused(
                &self.to,
                "something has been put there meanwhile",
                AGAIN,
            )),
            // Not every file system has second names.
            Err(_) => fs::rename(&self.part, &self.to).map_err(fault(&self.to)),
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let journal = self.part.with_added_extension("journal");
        if !self.kept
            && let Err(error) = fs::remove_file(&self.part)
        {
            tracing::warn!(path = %self.part.display(), %error, "what was not finished stays behind");
        }
        // SQLite names it by adding to the name, and leaves it where it was cut short.
        if journal.exists()
            && let Err(error) = fs::remove_file(&journal)
        {
            tracing::warn!(path = %journal.display(), %error, "a journal stays behind");
        }
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;

        let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        let (held, there) = (
            file.metadata().map(identity),
            fs::metadata(path).map(identity),
        );
        matches!((held, there), (Ok(held), Ok(there)) if held == there)
    }
    #[cfg(not(unix))]
    {
        file.metadata().is_ok() && path.exists()
    }
}

fn refused(path: &Path, why: &str, advice: &str) -> StoreError {
    StoreError::Setup {
        place: path.display().to_string(),
        detail: why.to_owned(),
        advice: advice.to_owned(),
    }
}

fn fault(path: &Path) -> impl Fn(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io {
        path: path.clone(),
        source,
        advice: ADVICE,
    }
}
