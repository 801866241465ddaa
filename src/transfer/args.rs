//! What `learnr backup`, `learnr restore` and `learnr copy` can be told.

use std::path::PathBuf;

use clap::Args;

use crate::store::Place;

/// What `learnr backup` can be told.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  learnr backup monday.sqlite3
      the store in ./data, while it is in use
  DATABASE_URL=postgres://... learnr backup monday.sqlite3
      the same of PostgreSQL: the file is an SQLite database either way

The backup is the store as it was at one moment: everything acknowledged before the command began is in it. It is read
again and held against the store, table by table, before it gets its name; when anything differs there is no file and the
exit code is 1. The file is itself a store: in a folder of its own, called learnr.sqlite3, `learnr serve --data` runs on
it. The signing secret (secret, beside the database) is not in it.")]
pub struct BackupArgs {
    /// File to write, whole or not at all.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Replace the file if it exists.
    #[arg(long)]
    pub force: bool,
    /// Report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What `learnr restore` can be told.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  learnr restore monday.sqlite3 --data ./data
  DATABASE_URL=postgres://... learnr restore monday.sqlite3

Restored is into an empty store only: one that does not exist, or has nothing but its tables; and one that no server is
using. It is there whole or not at all: what was put is held against the file first. A backup of an older release is
brought to this one's schema on the way into a data directory. Who was signed in when the backup was made, and what mails asked
for then, is left out: everybody signs in again.")]
pub struct RestoreArgs {
    /// The backup.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What `learnr copy` can be told.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  learnr copy ./data postgres://learnr@db.example/learnr
      from one machine to a fleet: stop the server, copy, start it with DATABASE_URL
  learnr copy postgres://learnr@db.example/learnr ./data
      and back

FROM and TO are each a data directory, an SQLite file or a postgres:// address; TO is empty. FROM is read in one snapshot, so
that the copy is whole even while FROM is in use; but what learners do after the copy began is not in it, so stop the
server first when you mean to move.")]
pub struct CopyArgs {
    /// The store to read.
    #[arg(value_name = "FROM", value_parser = place)]
    pub from: Place,
    /// The empty store to fill.
    #[arg(value_name = "TO", value_parser = place)]
    pub to: Place,
    /// Report as JSON.
    #[arg(long)]
    pub json: bool,
}

fn place(name: &str) -> Result<Place, String> {
    let place = Place::named(name);
    match (&place, name.split_once("://")) {
        (Place::File(_), Some((scheme, _))) => Err(format!(
            "{scheme}:// is no address of a store: postgres://USER@HOST/DATABASE is, and so is a folder or a file"
        )),
        _ => Ok(place),
    }
}
