//! Days of the proleptic Gregorian calendar, as queries name them and as rows count them.
//!
//! Owns the two and the bounds of a span. Must not know what happened on them.

use serde::Deserialize;

use super::place::bad;
use crate::http::ApiError;
use crate::store::{DaySpan, EndedSpan};

/// Longest span, in days: a leap year.
const DAYS_MAX: i64 = 366;
/// Days of a span unless told otherwise.
const DAYS_USUAL: i64 = 30;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;
/// Minutes of the quarter of an hour that every offset is a multiple of.
const QUARTER_MINUTES: i32 = 15;
/// Offsets in use, in minutes: Baker Island and Kiribati.
const OFFSETS: std::ops::RangeInclusive<i32> = -720..=840;
/// Last year a query may name; four digits.
const YEAR_MAX: i64 = 9_999;

/// A span of days, as a query has it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct DaysQuery {
    from: Option<String>,
    to: Option<String>,
    utc_offset_minutes: Option<i32>,
}

impl DaysQuery {
    /// The span where the caller's clock is: by default the thirty days up to today.
    pub(in crate::http) fn span(&self, now_ms: i64) -> Result<DaySpan, ApiError> {
        let minutes = self.offset_minutes();
        if !OFFSETS.contains(&minutes) || minutes % QUARTER_MINUTES != 0 {
            return Err(bad(format!(
                "utc_offset_minutes must be {} to {} and a multiple of {QUARTER_MINUTES}, got {minutes}",
                OFFSETS.start(),
                OFFSETS.end()
            )));
        }
        let today = (now_ms + i64::from(minutes) * 60_000).div_euclid(DAY_MS);
        let (first, last) = span(self.from.as_deref(), self.to.as_deref(), today)?;
        Ok(DaySpan {
            first,
            last,
            offset_quarters: i64::from(minutes / QUARTER_MINUTES),
        })
    }

    /// What the caller's clock is ahead of UTC.
    pub(in crate::http) fn offset_minutes(&self) -> i32 {
        self.utc_offset_minutes.unwrap_or(0)
    }
}

/// The sessions that ended from the beginning of one day of UTC to the end of another; all of them without either.
pub(in crate::http) fn ended(from: Option<&str>, to: Option<&str>) -> Result<EndedSpan, ApiError> {
    let first = from.map(|text| day_of("from", text)).transpose()?;
    let last = to.map(|text| day_of("to", text)).transpose()?;
    if let (Some(first), Some(last)) = (first, last)
        && first > last
    {
        return Err(bad("from: it is after `to`"));
    }
    Ok(EndedSpan {
        from_ms: first.map_or(0, |day| day * DAY_MS),
        to_ms: last.map_or(i64::MAX, |day| (day + 1) * DAY_MS),
    })
}

fn span(from: Option<&str>, to: Option<&str>, today: i64) -> Result<(i64, i64), ApiError> {
    let last = to.map_or(Ok(today), |text| day_of("to", text))?;
    let first = from.map_or(Ok(last - DAYS_USUAL + 1), |text| day_of("from", text))?;
    if first > last {
        return Err(bad("from: it is after `to`"));
    }
    if last - first >= DAYS_MAX {
        return Err(bad(format!(
            "from: a span has at most {DAYS_MAX} days, got {}",
            last - first + 1
        )));
    }
    Ok((first, last))
}

/// The day that `field` of a query names as `YYYY-MM-DD`, counted from 1970-01-01.
pub(in crate::http) fn day_of(field: &str, text: &str) -> Result<i64, ApiError> {
    parse(text).ok_or_else(|| {
        let shown: String = text.chars().take(20).collect();
        bad(format!(
            "{field} must be a day from 1970-01-01 to {YEAR_MAX}-12-31, as YYYY-MM-DD, got {shown:?}"
        ))
    })
}

fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        let all = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i64>().ok().filter(|_| all)
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let known = (1_970..=YEAR_MAX).contains(&year) && (1..=12).contains(&month);
    if !known || !(1..=month_days(year, month)).contains(&day) {
        return None;
    }
    let before: i64 = (1..month).map(|month| month_days(year, month)).sum();
    Some(days_before(year) - days_before(1_970) + before + day - 1)
}

/// A day counted from 1970-01-01 as `YYYY-MM-DD`.
pub(in crate::http) fn name(day: i64) -> String {
    let mut rest = day + days_before(1_970);
    // Never too late a year: no year is longer.
    let mut year = rest.div_euclid(366).max(1);
    while days_before(year + 1) <= rest {
        year += 1;
    }
    rest -= days_before(year);
    let mut month = 1;
    while rest >= month_days(year, month) {
        rest -= month_days(year, month);
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", rest + 1)
}

/// Days from the beginning of the year 1 to that of `year`.
fn days_before(year: i64) -> i64 {
    let full = year - 1;
    full * 365 + full / 4 - full / 100 + full / 400
}

fn month_days(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_and_named() {
        for (text, day) in [
            ("1970-01-01", 0),
            ("1970-12-31", 364),
            ("1972-02-29", 789),
            ("2000-03-01", 11_017),
            ("2026-11-25", 20_782),
            ("2100-02-28", 47_540),
            ("2100-03-01", 47_541),
            ("9999-12-31", 2_932_896),
        ] {
            assert_eq!(parse(text), Some(day), "{text}");
            assert_eq!(name(day), text);
        }
        for day in 0..40_000 {
            assert_eq!(parse(&name(day)), Some(day));
        }
        for text in [
            "",
            "1969-12-31",
            "2026-13-01",
            "2026-00-10",
            "2026-02-29",
            "2026-04-31",
            "2026-1-1",
            "26-01-01",
            "2026/01/01",
            "2026-01-0é",
            "+026-01-01",
            "2026-01-01T",
            "10000-01-01",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_span_is_bounded_and_today_is_where_the_caller_is() {
        let query = |from: Option<&str>, to: Option<&str>, utc_offset_minutes| DaysQuery {
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            utc_offset_minutes,
        };
        // An hour before the end of day 10 of UTC.
        let now = 11 * DAY_MS - 3_600_000;
        let days = |query: DaysQuery| query.span(now).map(|span| (span.first, span.last));
        assert_eq!(days(query(None, None, None)).ok(), Some((-19, 10)));
        assert_eq!(days(query(None, None, Some(60))).ok(), Some((-18, 11)));
        assert_eq!(
            days(query(Some("1970-01-03"), None, None)).ok(),
            Some((2, 10))
        );
        let year = query(Some("2024-01-01"), Some("2024-12-31"), Some(345));
        assert_eq!(days(year).map(|(first, last)| last - first).ok(), Some(365));
        for bad in [
            query(Some("2024-01-01"), Some("2025-01-01"), None),
            query(Some("2024-01-02"), Some("2024-01-01"), None),
            query(Some("yesterday"), None, None),
            query(None, None, Some(7)),
            query(None, None, Some(855)),
            query(None, None, Some(i32::MIN)),
        ] {
            assert!(days(bad).is_err());
        }
    }
}
