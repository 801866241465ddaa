//! Owns the statements on certifications and items. Must not know what an item says.

use super::client::{Client, Queries, Transaction};
use futures_util::pin_mut;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use super::fault::Failure;
use super::rows::{Columns, bytes, int8, integer, text, uuid};
use crate::store::{CertificationListing, CertificationVersionRow, ItemRow, OrganizationId, Saved};

const OWNED_BY: &str = "SELECT organization FROM certifications WHERE id = $1 FOR UPDATE";
const ADD: &str = "INSERT INTO certifications (id, organization, current_version) VALUES ($1, $2, $3) \
     ON CONFLICT (id) DO UPDATE SET current_version = $3 WHERE certifications.organization = $2";
const ADD_VERSION: &str = "INSERT INTO certification_versions \
     (certification, version, title, description, body, active_items, areas) \
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (certification, version) DO NOTHING RETURNING id";
const CALIBRATE: &str = "UPDATE certification_versions SET calibration = $3 \
     WHERE certification = $1 AND version = $2";
const ADD_ITEMS: &str =
    "COPY items (version_id, ix, item_id, area, active, body) FROM STDIN (FORMAT binary)";
const LIST: &str = "SELECT c.id, v.title, v.description, v.version, v.active_items, v.areas \
     FROM certifications c JOIN certification_versions v \
     ON v.certification = c.id AND v.version = c.current_version ORDER BY v.title, c.id";
const VERSION: &str = "SELECT v.id, c.id, v.version, c.organization, v.title, v.description, v.body, v.calibration \
     FROM certifications c JOIN certification_versions v \
     ON v.certification = c.id AND v.version = coalesce($2, c.current_version) WHERE c.id = $1";
const ITEMS: &str =
    "SELECT ix, item_id, area, active, body FROM items WHERE version_id = $1 ORDER BY ix";

/// Stores a version unless it is there, and makes it the current one.
pub(super) async fn save(
    client: &mut Client,
    row: &CertificationVersionRow,
) -> Result<Saved, Failure> {
    let tx = client.transaction().await?;
    // Items by the hundred thousand take longer than any answer may.
    tx.driver()
        .batch_execute("SET LOCAL statement_timeout = '5min'")
        .await?;
    // Held to the end, so that of two imports at once one waits for the other.
    let owner = tx.query_typed_opt(OWNED_BY, &[text(&row.id)]).await?;
    let owner: Option<OrganizationId> = owner.map(|row| Columns::of(&row).take()).transpose()?;
    let named = [text(&row.id), uuid(&row.organization.0), text(&row.version)];
    let ours = owner.is_none_or(|owner| owner == row.organization);
    if !ours || tx.execute_typed(ADD, &named).await? == 0 {
        return Err(Failure::Permanent(format!(
            "certification {} belongs to another organization",
            row.id
        )));
    }
    let (active, areas) = row.active_counts();
    let (active, areas) = (active as i64, areas as i64);
    let added = tx
        .query_typed_opt(
            ADD_VERSION,
            &[
                text(&row.id),
                text(&row.version),
                text(&row.title),
                text(&row.description),
                bytes(&row.body),
                int8(&active),
                int8(&areas),
            ],
        )
        .await?;
    if let Some(calibration) = &row.calibration {
        let parameters = [text(&row.id), text(&row.version), bytes(calibration)];
        tx.execute_typed(CALIBRATE, &parameters).await?;
    }
    let saved = match added {
        None => Saved::Unchanged,
        Some(added) => {
            add_items(&tx, Columns::of(&added).take()?, &row.items).await?;
            Saved::New
        }
    };
    tx.commit().await?;
    Ok(saved)
}

async fn add_items(
    tx: &Transaction<'_>,
    version_id: i64,
    items: &[ItemRow],
) -> Result<(), Failure> {
    let sink = tx.driver().copy_in(ADD_ITEMS).await?;
    let types = [
        Type::INT8,
        Type::INT4,
        Type::TEXT,
        Type::TEXT,
        Type::BOOL,
        Type::BYTEA,
    ];
    let writer = BinaryCopyInWriter::new(sink, &types);
    pin_mut!(writer);
    for item in items {
        let ix = integer(item.ix)?;
        let values: [&(dyn ToSql + Sync); 6] = [
            &version_id,
            &ix,
            &item.item_id,
            &item.area,
            &item.active,
            &item.body,
        ];
        writer.as_mut().write(&values).await?;
    }
    writer.finish().await?;
    Ok(())
}

pub(super) async fn list(client: &Client) -> Result<Vec<CertificationListing>, Failure> {
    let rows = client.query_typed(LIST, &[]).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(CertificationListing {
                id: columns.take()?,
                title: columns.take()?,
                description: columns.take()?,
                version: columns.take()?,
                items: count(columns.take()?),
                areas: count(columns.take()?),
            })
        })
        .collect()
}

fn count(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}

/// One version with its items; the current one when `version` is `None`.
pub(super) async fn version(
    client: &Client,
    id: &str,
    version: Option<&str>,
) -> Result<Option<CertificationVersionRow>, Failure> {
    let parameters = [text(&id), text(&version)];
    let Some(row) = client.query_typed_opt(VERSION, &parameters).await? else {
        return Ok(None);
    };
    let mut columns = Columns::of(&row);
    let version_id: i64 = columns.take()?;
    let mut found = CertificationVersionRow {
        id: columns.take()?,
        version: columns.take()?,
        organization: columns.take()?,
        title: columns.take()?,
        description: columns.take()?,
        body: columns.take()?,
        items: Vec::new(),
        calibration: columns.take()?,
    };
    let rows = client.query_typed(ITEMS, &[int8(&version_id)]).await?;
    found.items = rows
        .iter()
        .map(|row| item(&mut Columns::of(row)))
        .collect::<Result<_, _>>()?;
    Ok(Some(found))
}

fn item(columns: &mut Columns<'_>) -> Result<ItemRow, Failure> {
    Ok(ItemRow {
        ix: columns.take()?,
        item_id: columns.take()?,
        area: columns.take()?,
        active: columns.take()?,
        body: columns.take()?,
    })
}
