//! Owns the statements on exposure counts. Must not know what they mean or how they grow.

use super::client::{Client, Queries};

use super::fault::Failure;
use super::rows::{Columns, bytes, int8, text};
use crate::store::ExposureRow;

const FIND: &str =
    "SELECT examinees, body FROM exposures WHERE certification = $1 AND version = $2";
const FIRST: &str = "INSERT INTO exposures (certification, version, examinees, body) \
     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
const NEXT: &str = "UPDATE exposures SET examinees = $3, body = $4 \
     WHERE certification = $1 AND version = $2 AND examinees = $5";

pub(super) async fn find(
    client: &Client,
    certification: &str,
    version: &str,
) -> Result<Option<ExposureRow>, Failure> {
    let parameters = [text(&certification), text(&version)];
    let row = client.query_typed_opt(FIND, &parameters).await?;
    row.map(|row| {
        let mut columns = Columns::of(&row);
        Ok(ExposureRow {
            certification: certification.to_owned(),
            version: version.to_owned(),
            examinees: columns.take()?,
            body: columns.take()?,
        })
    })
    .transpose()
}

/// Stores counts over those of `expected` examinees.
pub(super) async fn save(
    client: &Client,
    row: &ExposureRow,
    expected: Option<i64>,
) -> Result<bool, Failure> {
    let mut parameters = vec![
        text(&row.certification),
        text(&row.version),
        int8(&row.examinees),
        bytes(&row.body),
    ];
    let saved = match &expected {
        None => client.execute_typed(FIRST, &parameters).await?,
        Some(examinees) => {
            parameters.push(int8(examinees));
            client.execute_typed(NEXT, &parameters).await?
        }
    };
    // The same row again is an earlier attempt of this call.
    Ok(saved == 1
        || find(client, &row.certification, &row.version)
            .await?
            .as_ref()
            == Some(row))
}
