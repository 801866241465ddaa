//! Owns the statements on what admins did. Must not decide what is worth writing down.

use uuid::Uuid;

use super::super::client::{Client, Queries, Transaction};
use super::super::fault::Failure;
use super::super::rows::{Columns, Parameter, int8, text, uuid};
use super::earlier::Earlier;
use crate::store::{AuditRow, LearnerId, NewAudit};

const ADD: &str = "INSERT INTO audit_log (at, actor, via, action, target, detail) \
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
/// Under the number that an earlier attempt was given, which nobody else is: if its commit is on its way, this waits for
/// it.
const ADD_AGAIN: &str = "INSERT INTO audit_log (at, actor, via, action, target, detail, id) \
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
const LIST: &str = "SELECT id, at, actor, via, action, target, detail FROM audit_log \
     WHERE id < $1 ORDER BY id DESC LIMIT $2";

/// Writes down what an admin did, once however often it is tried.
pub(super) async fn add_once(
    client: &mut Client,
    entry: &NewAudit,
    earlier: &Earlier<i64>,
) -> Result<(), Failure> {
    if let Some(id) = earlier.get() {
        let actor = entry.actor.map(|learner| learner.0);
        let mut parameters = Vec::from(columns_of(entry, &actor));
        parameters.push(int8(&id));
        client.execute_typed(ADD_AGAIN, &parameters).await?;
        return Ok(());
    }
    let tx = client.transaction().await?;
    earlier.note(add(&tx, entry).await?);
    tx.commit().await?;
    Ok(())
}

/// Writes down what an admin did in this transaction; its number.
pub(super) async fn add(tx: &Transaction<'_>, entry: &NewAudit) -> Result<i64, Failure> {
    let actor = entry.actor.map(|learner| learner.0);
    let parameters = columns_of(entry, &actor);
    let row = tx.query_typed_one(ADD, &parameters).await?;
    Columns::of(&row).take()
}

fn columns_of<'a>(entry: &'a NewAudit, actor: &'a Option<Uuid>) -> [Parameter<'a>; 6] {
    [
        int8(&entry.at),
        uuid(actor),
        text(&entry.via),
        text(&entry.action),
        text(&entry.target),
        text(&entry.detail),
    ]
}

/// What admins did, latest first.
pub(super) async fn list(
    client: &Client,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditRow>, Failure> {
    let (before, limit) = (before.unwrap_or(i64::MAX), i64::from(limit));
    let parameters = [int8(&before), int8(&limit)];
    let rows = client.query_typed(LIST, &parameters).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(AuditRow {
                id: columns.take()?,
                entry: NewAudit {
                    at: columns.take()?,
                    actor: columns.take::<Option<LearnerId>>()?,
                    via: columns.take()?,
                    action: columns.take()?,
                    target: columns.take()?,
                    detail: columns.take()?,
                },
            })
        })
        .collect()
}
