//! Owns what the store does by itself now and then: partitions for the months to come. Must not be waited for by
//! anyone's answer.

use std::time::Duration;

use bb8::Pool;
use tokio::sync::watch;
use tokio_postgres::Client;
use tracing::warn;

use super::connect::{Way, free};
use super::fault::Failure;
use super::partitions::{self, MONTHS_AHEAD, Month};

/// How often it is looked after. Months are made two ahead: a look may fail for weeks.
const EVERY: Duration = Duration::from_secs(3_600);
const NOW: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::int8";

/// Looks after the database until the store stops.
pub(super) async fn run(pool: &Pool<Way>, mut stopped: watch::Receiver<bool>) {
    loop {
        let tick = tokio::time::timeout(EVERY, stopped.wait_for(|stop| *stop));
        if tick.await.is_ok() {
            return;
        }
        let looked = async {
            let mut connection = free(pool).await?;
            make_partitions(connection.client_mut()).await
        };
        if let Err(failure) = looked.await {
            warn!(error = %failure, "partitions not looked after, trying again in an hour");
        }
    }
}

/// Makes the partitions of this month, the last one (of ids minted by a clock that is behind) and those to come.
pub(super) async fn make_partitions(client: &mut Client) -> Result<(), Failure> {
    let now = now_ms(client).await?;
    let first = Month::at(now - 86_400_000);
    partitions::ensure(client, (0..=MONTHS_AHEAD).map(|ahead| first.after(ahead))).await
}

/// The database's clock, in Unix milliseconds.
pub(super) async fn now_ms(client: &Client) -> Result<i64, Failure> {
    Ok(client.query_typed_one(NOW, &[]).await?.try_get(0)?)
}
