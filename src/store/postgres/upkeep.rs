//! Owns what the store does by itself now and then: partitions for the months to come. Must not be waited for by
//! anyone's answer.

use std::time::Duration;

use super::client::{Client, Queries};
use tokio::sync::watch;
use tracing::warn;
use uuid::Uuid;

use super::connect::Connections;
use super::fault::Failure;
use super::partitions::{self, MONTHS_AHEAD, Month};

/// How often it is looked after. Months are made two ahead: a look may fail for weeks.
const EVERY: Duration = Duration::from_secs(3_600);
const NOW: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::int8";

/// Looks after the database until the store stops.
///
/// `keep_months`: how many months of events stay attached beside the current one; `None` keeps all.
pub(super) async fn run(
    pool: &Connections,
    keep_months: Option<u32>,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let looked = look(pool, keep_months);
        tokio::select! {
            looked = looked => if let Err(failure) = looked {
                warn!(error = %failure, "partitions not looked after, trying again in an hour");
            },
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        let tick = tokio::time::timeout(EVERY, stopped.wait_for(|stop| *stop));
        if tick.await.is_ok() {
            return;
        }
    }
}

async fn look(pool: &Connections, keep_months: Option<u32>) -> Result<(), Failure> {
    let mut connection = pool.free().await?;
    make_partitions(connection.client_mut()).await?;
    if let Some(months) = keep_months {
        let kept = Month::at(now_ms(&connection).await?).before(months);
        partitions::retire(&connection, kept).await?;
    }
    Ok(())
}

/// Makes the partitions of this month, the last one (of ids minted by a clock that is behind) and those to come.
pub(super) async fn make_partitions(client: &mut Client) -> Result<(), Failure> {
    let now = now_ms(client).await?;
    let first = Month::at(now - 86_400_000);
    partitions::ensure(client, (0..=MONTHS_AHEAD).map(|ahead| first.after(ahead))).await
}

/// Makes the partition of a session to be created, if its id was minted about now: a clock that is years off must not
/// make one.
pub(super) async fn make_partition_of(client: &mut Client, session: Uuid) -> Result<(), Failure> {
    let now = Month::at(now_ms(client).await?);
    let month = Month::of(session);
    if month < now.before(1) || month > now.after(MONTHS_AHEAD) {
        return Err(Failure::Permanent(format!(
            "session {session} was not minted about now: see to the clock of this machine"
        )));
    }
    partitions::ensure(client, [month]).await
}

/// The database's clock, in Unix milliseconds.
pub(super) async fn now_ms(client: &Client) -> Result<i64, Failure> {
    Ok(client.query_typed_one(NOW, &[]).await?.try_get(0)?)
}
