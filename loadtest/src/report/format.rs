//! Figures as people read them: digits that matter, thousands apart, units last. Knows no report.

/// Bytes of a MiB.
const MIB: f64 = 1024.0 * 1024.0;

/// A figure to some three digits, thousands apart: `0.042`, `3.22`, `27.5`, `12,345`.
pub(crate) fn figure(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    };
    grouped(&format!("{value:.decimals$}"))
}

/// The same without zeros at the end, for what is often whole: `5`, `0.5`, `1,000`.
pub(crate) fn short(value: f64) -> String {
    let text = figure(value);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A count, thousands apart.
pub(crate) fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// Bytes as MiB, without the unit.
pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB
}

/// Bytes as KiB, without the unit.
pub(crate) fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

/// `2026-11-26 03:14 UTC` of milliseconds since the epoch.
///
/// Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
pub(crate) fn date(at_ms: i64) -> String {
    let minutes = at_ms.div_euclid(60_000);
    let days = minutes.div_euclid(1_440) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let of_day = minutes.rem_euclid(1_440);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02} UTC",
        of_day / 60,
        of_day % 60
    )
}

fn grouped(number: &str) -> String {
    let (sign, number) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_keep_the_digits_that_matter() {
        for (value, text) in [
            (0.0417, "0.042"),
            (3.216, "3.22"),
            (27.46, "27.5"),
            (999.0, "999"),
            (1_234_567.0, "1,234,567"),
            (-1_500.0, "-1,500"),
        ] {
            assert_eq!(figure(value), text);
        }
        assert_eq!(short(5.0), "5");
        assert_eq!(short(0.5), "0.5");
        assert_eq!(short(1_000.0), "1,000");
    }

    #[test]
    fn a_date_is_the_calendars() {
        assert_eq!(date(0), "1970-01-01 00:00 UTC");
        assert_eq!(date(951_827_640_000), "2000-02-29 12:34 UTC");
        assert_eq!(date(1_796_083_200_000), "2026-12-01 00:00 UTC");
    }
}
