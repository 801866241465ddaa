//! Owns how a database file is recognised, refused, created and configured. Must not write to a
//! file before it is known to be ours.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::checkpoint::LOG_BYTES_KEPT;
use super::fault::{Class, classify, store_error};
use super::{fault, schema};
use crate::store::StoreError;

/// The first bytes of every SQLite database.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Up to this size a file is checked page by page when it is opened (about 3 ms a MiB here). Above
/// it only the header, the schema and the first page of every table are read, and damage further
/// in is reported when it is met.
const QUICK_CHECK_BYTES_MAX: u64 = 32 << 20;

/// How long a statement waits for another process's lock before the writer's own retries begin.
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);

/// Prepared statements kept by each connection; there are fewer.
const STATEMENTS_MAX: usize = 128;

pub(super) const PAGE_BYTES: i64 = 4096;
/// Page cache in KiB: the writer touches the index pages of every live session.
pub(super) const WRITER_CACHE_KIB: i64 = 64 << 10;
const READER_CACHE_KIB: i64 = 4 << 10;

pub(super) const ADVICE: &str = "make it writable for this user, or set another data directory";

/// Opens the writer's connection to a database that is ours, new or migrated to the newest schema.
pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
    let new = reserve(path)?;
    if !new {
        recognise(path)?;
    }
    let mut conn = connect(path, WRITER_CACHE_KIB).map_err(|error| store_error(path, &error))?;
    configure(&conn).map_err(|error| store_error(path, &error))?;
    schema::migrate(&mut conn, path)?;
    Ok(conn)
}

/// Opens a connection that cannot write.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let conn = connect(path, READER_CACHE_KIB)?;
        conn.pragma_update(None, "query_only", true)?;
        Ok(conn)
    };
    open().map_err(|error| store_error(path, &error))
}

/// Opens a connection for checkpoints only.
pub(super) fn checkpointer(path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let conn = connect(path, READER_CACHE_KIB)?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        Ok(conn)
    };
    open().map_err(|error| store_error(path, &error))
}

/// Writes the log back into the database and empties it; whether nobody was in the way. For a store whose other
/// connections have all closed: as the last one to close, this connection then removes the log's file.
pub(super) fn write_back(path: &Path) -> Result<bool, StoreError> {
    let write_back = |conn: Connection| {
        conn.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |row| {
            Ok(row.get::<_, i64>(0)? == 0)
        })
    };
    write_back(checkpointer(path)?).map_err(|error| store_error(path, &error))
}

/// Creates the file and its directory where they are missing; whether the file is empty.
fn reserve(path: &Path) -> Result<bool, StoreError> {
    let fault = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Io {
            path,
            source,
            advice: ADVICE,
        }
    };
    let directory = directory_of(path);
    std::fs::create_dir_all(directory).map_err(fault(directory))?;
    let file = private()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(fault(path))?;
    let bytes = file.metadata().map_err(fault(path))?.len();
    // The name of a new file must outlive a power cut as well as its content does.
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(fault(directory))?;
    Ok(bytes == 0)
}

/// Where a file is.
pub(super) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// What learners answered is nobody else's to read.
#[cfg(unix)]
pub(super) fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
pub(super) fn private() -> OpenOptions {
    OpenOptions::new()
}

/// Refuses a file that is not a sound LearnR database of a schema we know, and leaves it as it is.
pub(super) fn recognise(path: &Path) -> Result<(), StoreError> {
    let foreign = |detail: String| StoreError::Foreign {
        place: path.display().to_string(),
        detail,
    };
    let mut head = [0; MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    match read {
        Ok(()) if &head == MAGIC => {}
        Ok(()) => return Err(foreign("it is not an SQLite database".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(foreign("it is not an SQLite database".to_owned()));
        }
        Err(source) => {
            return Err(StoreError::Io {
                path: path.to_owned(),
                source,
                advice: ADVICE,
            });
        }
    }
    let look = || {
        let conn = connect(path, READER_CACHE_KIB)?;
        // Closing must not move a log into a file we are about to refuse.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let application: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let version = schema::version(&conn)?;
        let pages: i64 = conn.pragma_query_value(None, "page_count", |row| row.get(0))?;
        if application == schema::APPLICATION_ID && version <= schema::SUPPORTED {
            check(&conn, path)?;
        }
        Ok((application, version, pages))
    };
    let (application, version, pages) = look().map_err(|error| match classify(&error) {
        // Nothing in this connection is our own choice of statement but fixed reads: when one
        // fails for good, the file is at fault.
        Class::Permanent | Class::Unreadable | Class::Damaged => StoreError::Corrupt {
            place: path.display().to_string(),
            detail: error.to_string(),
        },
        Class::Transient => store_error(path, &error),
    })?;
    // No pages: its very first transaction was cut short, and has just been undone.
    if application != schema::APPLICATION_ID && pages > 0 {
        return Err(foreign(format!(
            "its application id is {application:#010x}"
        )));
    }
    if version > schema::SUPPORTED {
        return Err(StoreError::NewerSchema {
            place: path.display().to_string(),
            found: version,
            supported: schema::SUPPORTED,
        });
    }
    Ok(())
}

/// Fails when a page or an index is damaged. About 3 ms a MiB.
pub(super) fn quick_check(conn: &Connection) -> rusqlite::Result<()> {
    let found: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    // It speaks in lines, an error in one.
    let found = found.replace('\n', ", ");
    Err(fault::made(rusqlite::ffi::SQLITE_CORRUPT, found))
}

/// Fails when the database is visibly damaged.
fn check(conn: &Connection, path: &Path) -> rusqlite::Result<()> {
    let small = std::fs::metadata(path).is_ok_and(|file| file.len() <= QUICK_CHECK_BYTES_MAX);
    if small {
        return quick_check(conn);
    }
    let tables = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    for table in tables {
        conn.prepare(&format!("SELECT * FROM \"{table}\" LIMIT 1"))?
            .exists([])?;
    }
    Ok(())
}

/// A connection with the settings every one of ours has. Memory mapping stays off: a failing disk
/// would be a SIGBUS that ends every session, instead of an error that is retried.
pub(super) fn connect(path: &Path, cache_kib: i64) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Or the bundled build (with STAT4) plans a statement anew whenever other values are bound.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "cache_size", -cache_kib)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(conn)
}

/// Settings of the one connection that writes. The application id goes in before the log mode, so
/// that no moment leaves a file that is a database and not recognisably ours.
fn configure(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "page_size", PAGE_BYTES)?;
    let application: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != schema::APPLICATION_ID {
        conn.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    }
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten, pages that fall free included: a learner state is longer than a page.
    conn.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
    // Checkpoints have their own thread, or commits would wait for them.
    conn.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    conn.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES_KEPT, |_| Ok(()))?;
    Ok(())
}
