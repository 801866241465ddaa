//! Owns the statements on certifications and items. Must not know what an item says.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::{CertificationListing, CertificationVersionRow, ItemRow, OrganizationId, Saved};

const OWNED_BY: &str = "SELECT organization FROM certifications WHERE id = ?1";
const MAKE_CURRENT: &str = "INSERT INTO certifications (id, organization, current_version) \
     VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET current_version = ?3";
const ADD_VERSION: &str = "INSERT INTO certification_versions \
     (certification, version, title, description, body, active_items, areas) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (certification, version) DO NOTHING";
const CALIBRATE: &str = "UPDATE certification_versions SET calibration = ?3 \
     WHERE certification = ?1 AND version = ?2";
const ADD_ITEM: &str = "INSERT INTO items (version_id, ix, item_id, area, active, body) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const LIST: &str = "SELECT c.id, v.title, v.description, v.version, v.active_items, v.areas \
     FROM certifications c JOIN certification_versions v \
     ON v.certification = c.id AND v.version = c.current_version ORDER BY v.title, c.id";
const VERSION: &str = "SELECT v.id, c.id, v.version, c.organization, v.title, v.description, v.body, \
     v.calibration \
     FROM certifications c JOIN certification_versions v \
     ON v.certification = c.id AND v.version = coalesce(?2, c.current_version) WHERE c.id = ?1";
const ITEMS: &str =
    "SELECT ix, item_id, area, active, body FROM items WHERE version_id = ?1 ORDER BY ix";

/// Stores a version unless it is there, and makes it the current one. `Err` holds why it is not
/// allowed.
pub(super) fn save(
    tx: &Connection,
    row: &CertificationVersionRow,
) -> rusqlite::Result<Result<Saved, String>> {
    let organization: Option<OrganizationId> = tx
        .prepare_cached(OWNED_BY)?
        .query_row([&row.id], |found| found.get(0))
        .optional()?;
    if organization.is_some_and(|owner| owner != row.organization) {
        return Ok(Err(format!(
            "certification {} belongs to another organization",
            row.id
        )));
    }
    tx.prepare_cached(MAKE_CURRENT)?
        .execute(params![row.id, row.organization, row.version])?;
    let (active, areas) = row.active_counts();
    let added = tx.prepare_cached(ADD_VERSION)?.execute(params![
        row.id,
        row.version,
        row.title,
        row.description,
        row.body,
        active as i64,
        areas as i64
    ])?;
    let version_id = tx.last_insert_rowid();
    if row.calibration.is_some() {
        tx.prepare_cached(CALIBRATE)?
            .execute(params![row.id, row.version, row.calibration])?;
    }
    if added == 0 {
        return Ok(Ok(Saved::Unchanged));
    }
    let mut add_item = tx.prepare_cached(ADD_ITEM)?;
    for item in &row.items {
        add_item.execute(params![
            version_id,
            item.ix,
            item.item_id,
            item.area,
            item.active,
            item.body
        ])?;
    }
    Ok(Ok(Saved::New))
}

pub(super) fn list(conn: &Connection) -> rusqlite::Result<Vec<CertificationListing>> {
    conn.prepare_cached(LIST)?
        .query_map([], |row| {
            Ok(CertificationListing {
                id: row.get(0)?,
                title: row.get(1)?,
                description: row.get(2)?,
                version: row.get(3)?,
                items: row.get(4)?,
                areas: row.get(5)?,
            })
        })?
        .collect()
}

/// One version with its items; the current one when `version` is `None`.
pub(super) fn version(
    conn: &Connection,
    id: &str,
    version: Option<&str>,
) -> rusqlite::Result<Option<CertificationVersionRow>> {
    let found = conn
        .prepare_cached(VERSION)?
        .query_row(params![id, version], |row| {
            let found = CertificationVersionRow {
                id: row.get(1)?,
                version: row.get(2)?,
                organization: row.get(3)?,
                title: row.get(4)?,
                description: row.get(5)?,
                body: row.get(6)?,
                items: Vec::new(),
                calibration: row.get(7)?,
            };
            Ok((row.get::<_, i64>(0)?, found))
        })
        .optional()?;
    let Some((version_id, mut found)) = found else {
        return Ok(None);
    };
    found.items = conn
        .prepare_cached(ITEMS)?
        .query_map([version_id], item)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(found))
}

fn item(row: &Row<'_>) -> rusqlite::Result<ItemRow> {
    Ok(ItemRow {
        ix: row.get(0)?,
        item_id: row.get(1)?,
        area: row.get(2)?,
        active: row.get(3)?,
        body: row.get(4)?,
    })
}
