//! The bare fenced batch statement of the PostgreSQL store: the same function with the same row, and nothing around
//! it. Owns that statement and sessions of its own to write to; knows nothing of who answers.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures_util::future::{join_all, try_join_all};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

use super::{Batches, Span};
use crate::environment::database::{Task, apart, connect};
use crate::meter::Latencies;

/// Rows of a statement, as the store's writers have at most.
pub const BATCH_ROWS: usize = 500;
/// Statements in flight, as the store's writers.
pub const LANES: usize = 2;
/// Bytes of an answer's payload: the next question's option order, and so on.
const PAYLOAD_BYTES: usize = 96;
/// Longest that everything beside the measuring may take.
const AROUND: Duration = Duration::from_secs(60);

/// The statement of the writer's batches. What is the same in every row here is filled in by the server.
const BARE: &str = "SELECT stored, server FROM store_batch_v1($1, $2, $3, $4, array_fill(true, ARRAY[$5]), \
     $1, $4, array_fill(1::int2, ARRAY[$5]), array_fill(0, ARRAY[$5]), array_fill(1700000000000, ARRAY[$5]), \
     array_fill('answered'::text, ARRAY[$5]), $6, $7, array_fill(12, ARRAY[$5]), \
     array_fill('item-1234'::text, ARRAY[$5]), array_fill('2'::text, ARRAY[$5]), array_fill(true, ARRAY[$5]), \
     array_fill(12345::int8, ARRAY[$5]), array_fill('taxation'::text, ARRAY[$5]), \
     array_fill(0.123::float8, ARRAY[$5]), array_fill(0.123::float8, ARRAY[$5]), array_fill($8, ARRAY[$5]), \
     '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', $9)";
/// A certification for the sessions to be of.
const CERTIFICATION: &str = "INSERT INTO certifications (id, organization, current_version) \
     VALUES ('floor', '00000000-0000-0000-0000-000000000000', '1'); \
     INSERT INTO certification_versions (certification, version, title, description, body, active_items, areas) \
     VALUES ('floor', '1', 'Floor', '', '', 0, 0)";
const SESSIONS: &str = "INSERT INTO sessions (id, learner, organization, certification, bank_version, kind, settings, \
     stream, status, epoch, claim, started_at) \
     SELECT id, gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'floor', '1', 'practice', '', 'stream', \
     'open', 1, 1, 1 FROM unnest($1) AS u(id)";

/// A session that rows are written to.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// Its id, a UUIDv7.
    pub id: Uuid,
    /// The epoch of its fence.
    pub epoch: i64,
    /// The claim of its fence.
    pub claim: i64,
    /// Its last row.
    pub seq: u32,
}

/// Rows a second of the statement, and one row's commit. The database at `url` has the schema and is nobody else's.
///
/// # Errors
/// When it does not store.
pub(super) fn measure(url: &str, span: &Span) -> anyhow::Result<Batches> {
    let within = span.within();
    apart(AROUND + within * 2, async || {
        let (client, task) = connect(url).await?;
        let mut written = make(&client, span.sessions)
            .await
            .context("make sessions")?;
        let rows_per_s = together(url, &mut written, span).await?;
        let mut taken = Latencies::default();
        let statement = prepare(&client).await?;
        let (begun, mut server) = (Instant::now(), 0);
        while span.goes_on(begun, within / 2)? {
            let next = (taken.count() % written.len() as u64) as usize;
            let at = Instant::now();
            store_batch(
                (&client, &statement),
                &mut written[next..=next],
                &mut server,
            )
            .await?;
            taken.record(at.elapsed());
        }
        end(client, task).await?;
        Ok(Batches {
            rows_per_s,
            commit_ms: taken.quantiles(),
        })
    })
}

async fn make(client: &Client, sessions: usize) -> anyhow::Result<Vec<Written>> {
    let new = |_| Written {
        id: Uuid::now_v7(),
        epoch: 1,
        claim: 1,
        seq: 0,
    };
    let written: Vec<Written> = (0..sessions).map(new).collect();
    let ids: Vec<Uuid> = written.iter().map(|session| session.id).collect();
    client.batch_execute(CERTIFICATION).await?;
    let stored = client
        .query_typed(SESSIONS, &[(&ids, Type::UUID_ARRAY)])
        .await?;
    ensure!(stored.is_empty(), "an insert gives no rows");
    Ok(written)
}

/// The same rows and batches over two connections at once, nothing around them.
async fn together(url: &str, written: &mut [Written], span: &Span) -> anyhow::Result<f64> {
    let connected = join_all((0..LANES).map(|_| connect(url))).await;
    let connections: Vec<(Client, Task)> = connected.into_iter().collect::<Result<_, _>>()?;
    let share = written.len().div_ceil(LANES);
    let begun = Instant::now();
    let lanes = connections.iter().zip(written.chunks_mut(share)).map(
        async |((client, _), own)| -> anyhow::Result<usize> {
            let statement = prepare(client).await?;
            let (mut rows, mut server) = (0, 0);
            while span.goes_on(begun, span.within())? {
                for batch in own.chunks_mut(BATCH_ROWS) {
                    store_batch((client, &statement), batch, &mut server).await?;
                    rows += batch.len();
                }
            }
            Ok(rows)
        },
    );
    let rows: usize = try_join_all(lanes).await?.iter().sum();
    let took = begun.elapsed();
    for (client, task) in connections {
        end(client, task).await?;
    }
    Ok(rows as f64 / took.as_secs_f64())
}

/// The statement prepared on a connection, as the store has it.
///
/// # Errors
/// The server's.
pub async fn prepare(client: &Client) -> anyhow::Result<Statement> {
    const TYPES: [Type; 9] = [
        Type::UUID_ARRAY,
        Type::INT8_ARRAY,
        Type::INT8_ARRAY,
        Type::INT4_ARRAY,
        Type::INT4,
        Type::INT8_ARRAY,
        Type::TEXT_ARRAY,
        Type::BYTEA,
        Type::INT8,
    ];
    Ok(client.prepare_typed(BARE, &TYPES).await?)
}

/// Stores the next row of each session in one statement, that of [`prepare`]. `server` is what the last one gave; 0 for the first.
///
/// # Errors
/// When not every row was stored.
pub async fn store_batch(
    (client, statement): (&Client, &Statement),
    batch: &mut [Written],
    server: &mut i64,
) -> anyhow::Result<()> {
    let ids: Vec<Uuid> = batch.iter().map(|session| session.id).collect();
    let epochs: Vec<i64> = batch.iter().map(|session| session.epoch).collect();
    let claims: Vec<i64> = batch.iter().map(|session| session.claim).collect();
    let seqs: Vec<i32> = batch.iter().map(|session| session.seq as i32 + 1).collect();
    let key = |_: &Written| Uuid::new_v4().as_u64_pair().1 as i64;
    let keys: Vec<i64> = batch.iter().map(key).collect();
    let request_ids: Vec<String> = batch.iter().map(|_| Uuid::new_v4().to_string()).collect();
    let (count, payload) = (batch.len() as i32, vec![7_u8; PAYLOAD_BYTES]);
    let parameters: [&(dyn ToSql + Sync); 9] = [
        &ids,
        &epochs,
        &claims,
        &seqs,
        &count,
        &keys,
        &request_ids,
        &payload,
        server,
    ];
    let found = client.query(statement, &parameters).await?;
    let stored: i64 = found.iter().map(|row| row.get::<_, i64>(0)).sum();
    ensure!(
        stored == i64::from(count),
        "{stored} of {count} rows were stored"
    );
    *server = found.first().map_or(0, |row| row.get(1));
    for session in batch {
        session.seq += 1;
    }
    Ok(())
}

async fn end(client: Client, task: Task) -> anyhow::Result<()> {
    drop(client);
    task.await.context("the connection's task")??;
    Ok(())
}
