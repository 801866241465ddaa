//! Preferences as they are stored, and when their learner's evening is.
//!
//! Owns the stored form and the clock of reminders. Must not know who asks for either, nor what a reminder says.

use chrono::{DateTime, Days, NaiveTime, TimeZone as _};
use chrono_tz::Tz;
use learnr_protocol::keeping::{Preferences, Theme};
use serde::{Deserialize, Serialize};

use crate::store::PreferencesRow;

/// When people are reminded, in hours of their day.
const EVENING_HOUR: u32 = 18;
/// The same, in milliseconds from the beginning of that day.
pub const EVENING_MS: i64 = EVENING_HOUR as i64 * 3_600_000;
/// Longest name of a time zone, in bytes; the longest there is has 32.
const ZONE_BYTES_MAX: usize = 64;
/// Days looked at for the next evening: today's may be over, and a country that changes sides of the date line leaves out a day.
const DAYS_LOOKED_AT: u64 = 4;
/// Version of what is stored.
const STORED_VERSION: u8 = 1;

/// Stored preferences that this release cannot read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// They are no preferences.
    #[error("stored preferences: {0}")]
    Json(#[from] serde_json::Error),
    /// They are of another version.
    #[error("stored preferences of version {0}")]
    Version(u8),
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u8,
    preferences: Preferences,
}

/// What nobody has set is as usual.
#[must_use]
pub fn usual() -> Preferences {
    Preferences {
        goals: Vec::new(),
        daily_minutes: None,
        time_multiplier: 1.0,
        theme: Theme::System,
        reminders: false,
        time_zone: None,
    }
}

/// Preferences as they are stored at `now_ms`.
///
/// # Errors
/// They cannot be written as JSON.
pub fn row(preferred: &Preferences, now_ms: i64) -> Result<PreferencesRow, serde_json::Error> {
    let stored = Stored {
        version: STORED_VERSION,
        preferences: preferred.clone(),
    };
    let next = || next_evening(preferred.time_zone.as_deref(), now_ms);
    Ok(PreferencesRow {
        body: serde_json::to_vec(&stored)?,
        changed_at: now_ms,
        remind_at: preferred.reminders.then(next).flatten(),
    })
}

/// What is stored of a learner. Whether there are reminders is the row's to say: a link in a mail ends them there.
///
/// # Errors
/// [`Unreadable`].
pub fn of_row(row: &PreferencesRow) -> Result<Preferences, Unreadable> {
    Ok(Preferences {
        reminders: row.remind_at.is_some(),
        ..of_body(&row.body)?
    })
}

/// What a stored body says, but for whether there are reminders.
///
/// # Errors
/// [`Unreadable`].
pub fn of_body(body: &[u8]) -> Result<Preferences, Unreadable> {
    let found: Stored = serde_json::from_slice(body)?;
    match found.version {
        STORED_VERSION => Ok(found.preferences),
        version => Err(Unreadable::Version(version)),
    }
}

/// The next evening behind `now_ms` in a time zone, in Unix milliseconds, across changes of its clock. A zone that is not known is taken
/// for UTC. `None` past the end of the calendar.
#[must_use]
pub fn next_evening(zone: Option<&str>, now_ms: i64) -> Option<i64> {
    let zone: Tz = zone.and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC);
    let now = DateTime::from_timestamp_millis(now_ms)?;
    let today = now.with_timezone(&zone).date_naive();
    let hour = NaiveTime::from_hms_opt(EVENING_HOUR, 0, 0)?;
    (0..DAYS_LOOKED_AT).find_map(|ahead| {
        let evening = today.checked_add_days(Days::new(ahead))?.and_time(hour);
        let at = zone.from_local_datetime(&evening).earliest()?;
        let at = at.timestamp_millis();
        (at > now_ms).then_some(at)
    })
}

/// Whether a text could name a time zone. Browsers know zones before we do, so nothing more is asked of it.
#[must_use]
pub fn is_zone_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
    (1..=ZONE_BYTES_MAX).contains(&name.len()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        let at = DateTime::parse_from_rfc3339(text).expect("a moment");
        at.timestamp_millis()
    }

    #[test]
    fn the_next_evening_is_the_learners_own_across_changes_of_the_clock() {
        let berlin = Some("Europe/Berlin");
        for (zone, now, expected) in [
            (None, "2026-11-26T17:59:59Z", "2026-11-26T18:00:00Z"),
            (None, "2026-11-26T18:00:00Z", "2026-11-27T18:00:00Z"),
            (
                Some("Not/AZone"),
                "2026-11-26T12:00:00Z",
                "2026-11-26T18:00:00Z",
            ),
            (berlin, "2026-11-26T12:00:00Z", "2026-11-26T17:00:00Z"),
            (berlin, "2026-07-26T12:00:00Z", "2026-07-26T16:00:00Z"),
            // The nights on which the clock goes forward and back.
            (berlin, "2026-03-28T17:00:00Z", "2026-03-29T16:00:00Z"),
            (berlin, "2026-10-24T16:00:00Z", "2026-10-25T17:00:00Z"),
            (
                Some("Asia/Katmandu"),
                "2026-11-26T12:00:00Z",
                "2026-11-26T12:15:00Z",
            ),
            (
                Some("America/Los_Angeles"),
                "2026-11-26T03:00:00Z",
                "2026-11-27T02:00:00Z",
            ),
            // The 30th of December 2011 was left out there.
            (
                Some("Pacific/Apia"),
                "2011-12-30T05:00:00Z",
                "2011-12-31T04:00:00Z",
            ),
        ] {
            assert_eq!(
                next_evening(zone, at(now)),
                Some(at(expected)),
                "{zone:?} {now}"
            );
        }
    }

    #[test]
    fn reminders_are_what_the_row_says_of_them() {
        let mut preferred = usual();
        assert_eq!(row(&preferred, 0).expect("written").remind_at, None);
        preferred.reminders = true;
        let mut stored = row(&preferred, 0).expect("written");
        assert_eq!(stored.remind_at, Some(EVENING_MS));
        assert_eq!(of_row(&stored).expect("read"), preferred);
        stored.remind_at = None;
        assert!(!of_row(&stored).expect("read").reminders);
    }

    #[test]
    fn a_zone_is_named_in_few_plain_letters() {
        for name in [
            "UTC",
            "Europe/Berlin",
            "Etc/GMT+5",
            "America/Port-au-Prince",
        ] {
            assert!(is_zone_name(name), "{name}");
        }
        for name in ["", "Europe/Berlin\n", "Zürich", &"a".repeat(65)] {
            assert!(!is_zone_name(name), "{name}");
        }
    }
}
