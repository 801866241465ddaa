//! Owns the partitions of `events`: one a month of session ids, made ahead of need. Must not know what an event is.
//!
//! A session's id is a UUIDv7, which begins with the time it was minted at: all events of a session are in one
//! partition, and old months go as a whole. A partition is made apart and then attached: a `CREATE ... PARTITION OF`
//! waits for every reader of `events`, and every insert behind it.

use tokio_postgres::GenericClient;

use super::client::{Client, Queries};
use uuid::Uuid;

use super::fault::Failure;
use super::rows::uuid;

/// Months made ahead of the current one.
pub(super) const MONTHS_AHEAD: u32 = 2;

/// How long making one may wait for others' locks; it is tried again later.
const LIMITS: &str = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '30s'";
/// Held by whoever makes or detaches partitions, until its transaction ends.
const ARRANGING: &str = "SELECT pg_advisory_xact_lock(5136152271503444)";
const ATTACHED: &str = "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
     WHERE i.inhparent = 'events'::regclass ORDER BY c.relname";

/// A month of session ids, counted from year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(u32);

impl Month {
    /// The month of a time in Unix milliseconds, in UTC.
    pub(super) fn at(unix_ms: i64) -> Month {
        // Days to a civil date, after Howard Hinnant's "chrono-compatible low-level date algorithms": years begin in
        // March, so that the leap day is the last of its year.
        let days = unix_ms.div_euclid(86_400_000) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 {
            shifted + 2
        } else {
            shifted - 10
        };
        let year = year_of_era + era * 400 + i64::from(month < 2);
        Month(u32::try_from(year * 12 + month).unwrap_or(0))
    }

    /// The month a session's id was minted in.
    #[must_use]
    pub fn of(session: Uuid) -> Month {
        let ms = session.as_u128() >> 80;
        Month::at(i64::try_from(ms).unwrap_or(i64::MAX))
    }

    pub(super) fn after(self, months: u32) -> Month {
        Month(self.0 + months)
    }

    pub(super) fn before(self, months: u32) -> Month {
        Month(self.0.saturating_sub(months))
    }

    /// The lowest session id of the month.
    pub(super) fn first_id(self) -> Uuid {
        let (year, month) = (i64::from(self.0 / 12), i64::from(self.0 % 12));
        let year = year - i64::from(month < 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let shifted = (month + 10) % 12;
        let day_of_year = (153 * shifted + 2) / 5;
        let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100
            + day_of_year
            - 719_468;
        let ms = u128::try_from(days * 86_400_000).unwrap_or(0);
        Uuid::from_u128(ms << 80)
    }

    /// The name of its partition.
    pub(super) fn table(self) -> String {
        format!("events_{:04}_{:02}", self.0 / 12, self.0 % 12 + 1)
    }

    /// The month a partition is of.
    pub(super) fn named(table: &str) -> Option<Month> {
        let (year, month) = table.strip_prefix("events_")?.split_once('_')?;
        let (year, month): (u32, u32) = (year.parse().ok()?, month.parse().ok()?);
        (1..=12)
            .contains(&month)
            .then(|| Month(year * 12 + month - 1))
    }
}

/// Sessions of a month that are not over, or whose ending is still to be worked up.
const BUSY: &str = "SELECT EXISTS (SELECT FROM sessions s WHERE s.id >= $1 AND s.id < $2 \
     AND (s.status IN ('open', 'paused') OR (s.status = 'completed' AND NOT s.rolled_up) \
     OR EXISTS (SELECT FROM jobs j WHERE j.session = s.id AND NOT j.finished)))";
const HALF_DETACHED: &str = "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
     WHERE i.inhparent = 'events'::regclass AND i.inhdetachpending";

/// The months that have a partition.
pub(super) async fn attached(client: &Client) -> Result<Vec<Month>, Failure> {
    let rows = client.query_typed(ATTACHED, &[]).await?;
    let mut months = Vec::with_capacity(rows.len());
    for row in rows {
        months.extend(Month::named(row.try_get(0)?));
    }
    Ok(months)
}

/// Makes the partitions of `months` that are missing.
pub(super) async fn ensure(
    client: &mut Client,
    months: impl IntoIterator<Item = Month>,
) -> Result<(), Failure> {
    let there = attached(client).await?;
    for month in months {
        if there.contains(&month) {
            continue;
        }
        let tx = client.transaction().await?;
        tx.driver().batch_execute(LIMITS).await?;
        tx.driver().batch_execute(ARRANGING).await?;
        make(&tx, month).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Makes the partition of a month unless it is there, in the transaction of whoever calls it.
pub(super) async fn make(client: &impl Queries, month: Month) -> Result<(), Failure> {
    let (table, from, to) = (month.table(), month.first_id(), month.after(1).first_id());
    let attached: bool = client
        .query_typed_one(
            &format!(
                "SELECT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('{table}'))"
            ),
            &[],
        )
        .await?
        .try_get(0)?;
    if attached {
        return Ok(());
    }
    // Rows only ever come in: their pages are vacuumed (and known to be all visible) as they fill.
    client
        .driver().batch_execute(&format!(
            "CREATE TABLE IF NOT EXISTS {table} (LIKE events INCLUDING ALL) \
             WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05); \
             ALTER TABLE events ATTACH PARTITION {table} FOR VALUES FROM ('{from}') TO ('{to}')"
        ))
        .await?;
    tracing::info!(table, "partition made");
    Ok(())
}

/// Detaches the partitions of months before `kept`, each as soon as no session of it is open. Their tables stay, for
/// whoever keeps or drops them.
pub(super) async fn retire(client: &Client, kept: Month) -> Result<(), Failure> {
    // What was cut short is ended first: meanwhile no other partition can be detached.
    for row in client.query_typed(HALF_DETACHED, &[]).await? {
        let table: String = row.try_get(0)?;
        let sql = format!("ALTER TABLE events DETACH PARTITION {table} FINALIZE");
        client.driver().batch_execute(&sql).await?;
    }
    for month in attached(client).await? {
        let (from, to) = (month.first_id(), month.after(1).first_id());
        if month >= kept {
            continue;
        }
        let busy = client
            .query_typed_one(BUSY, &[uuid(&from), uuid(&to)])
            .await?;
        if busy.try_get(0)? {
            continue;
        }
        let table = month.table();
        // Alone in its statement, as it has to be: it commits twice, and between waits for whoever still reads.
        let sql = format!("ALTER TABLE events DETACH PARTITION {table} CONCURRENTLY");
        client.driver().batch_execute(&sql).await?;
        tracing::info!(
            table,
            "partition detached: its table stays until somebody drops it"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    #[test]
    fn months_begin_where_the_calendar_says() {
        let cases = [
            (0, "events_1970_01"),
            (31 * DAY - 1, "events_1970_01"),
            (31 * DAY, "events_1970_02"),
            (951_782_400_000, "events_2000_02"),
            (951_868_800_000, "events_2000_03"),
            (1_795_478_400_000, "events_2026_11"),
            (1_798_761_599_999, "events_2026_12"),
            (1_798_761_600_000, "events_2027_01"),
        ];
        for (ms, table) in cases {
            assert_eq!(Month::at(ms).table(), table, "{ms}");
            assert_eq!(Month::named(table), Some(Month::at(ms)));
        }
    }

    #[test]
    fn every_id_of_a_month_is_between_its_bounds() {
        for month in 0..4_000 {
            let month = Month::at(0).after(month);
            let (from, to) = (month.first_id(), month.after(1).first_id());
            assert!(from < to);
            assert_eq!(Month::of(from), month);
            let last = Uuid::from_u128(to.as_u128() - 1);
            assert_eq!(Month::of(last), month);
        }
    }
}
