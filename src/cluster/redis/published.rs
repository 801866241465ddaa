//! Owns the text of leases and entries as they lie in Redis. Must not know how they get there.

use serde::{Deserialize, Serialize};

use crate::cluster::member::PUBLISHED_VERSION;
use crate::cluster::{DirectoryError, Entry, Lease};

/// Longest text that is read as one of ours, in bytes: they are a tenth of it.
const TEXT_BYTES_MAX: usize = 4_096;

#[derive(Serialize, Deserialize)]
struct Published<T> {
    version: u32,
    /// The incarnation in decimals: Lua has only floating-point numbers, which would tell two lives for one.
    life: String,
    /// For sessions, what a script compares; epochs stay far below 2^53.
    #[serde(default)]
    epoch: i64,
    it: T,
}

/// Only what tells the version, so that a later release may change the rest.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

pub(super) fn lease(lease: &Lease) -> String {
    text(&Published {
        version: PUBLISHED_VERSION,
        life: lease.member.incarnation.to_string(),
        epoch: 0,
        it: lease,
    })
}

pub(super) fn entry(entry: &Entry) -> String {
    text(&Published {
        version: PUBLISHED_VERSION,
        life: entry.incarnation.to_string(),
        epoch: entry.epoch,
        it: entry,
    })
}

fn text<T: Serialize>(published: &Published<T>) -> String {
    serde_json::to_string(published).expect("strings and numbers have a JSON form")
}

pub(super) fn read_lease(key: &str, text: &[u8]) -> Result<Lease, DirectoryError> {
    read(text).ok_or_else(|| unreadable(key))
}

pub(super) fn read_entry(key: &str, text: &[u8]) -> Result<Entry, DirectoryError> {
    read(text).ok_or_else(|| unreadable(key))
}

fn read<T: for<'de> Deserialize<'de>>(text: &[u8]) -> Option<T> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let known: Version = serde_json::from_slice(text).ok()?;
    if known.version != PUBLISHED_VERSION {
        return None;
    }
    let published: Published<T> = serde_json::from_slice(text).ok()?;
    Some(published.it)
}

fn unreadable(key: &str) -> DirectoryError {
    DirectoryError::Unreadable {
        key: key.to_owned(),
    }
}
