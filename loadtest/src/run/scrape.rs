//! Reads single figures from the text a Prometheus endpoint gives. Pure.

/// Quantile `q` of a summary or a histogram, in the metric's own unit; `None` when it is not there.
///
/// A histogram's is interpolated inside its bucket, as Prometheus does; with several label sets the
/// buckets are added up, and of several summaries the highest quantile counts.
#[must_use]
pub fn quantile(text: &str, metric: &str, q: f64) -> Option<f64> {
    let of_summary = samples(text, metric)
        .filter(|sample| {
            let named = sample.label("quantile").and_then(|name| name.parse().ok());
            named.is_some_and(|named: f64| (named - q).abs() < 1e-9)
        })
        .map(|sample| sample.value)
        .filter(|value| value.is_finite())
        .reduce(f64::max);
    of_summary.or_else(|| of_histogram(text, metric, q))
}

/// Mean of a summary or a histogram: its sum over its count.
#[must_use]
pub fn mean(text: &str, metric: &str) -> Option<f64> {
    let total = |suffix: &str| -> f64 {
        samples(text, &format!("{metric}{suffix}"))
            .map(|sample| sample.value)
            .sum()
    };
    let count = total("_count");
    (count > 0.0).then(|| total("_sum") / count)
}

/// Sum of every sample of exactly `metric`, whatever its labels; 0 when there is none.
#[must_use]
pub fn sum(text: &str, metric: &str) -> f64 {
    samples(text, metric).map(|sample| sample.value).sum()
}

fn of_histogram(text: &str, metric: &str, q: f64) -> Option<f64> {
    let mut buckets: Vec<(f64, f64)> = Vec::new();
    for sample in samples(text, &format!("{metric}_bucket")) {
        let bound: f64 = match sample.label("le")? {
            "+Inf" => f64::INFINITY,
            bound => bound.parse().ok()?,
        };
        match buckets.iter_mut().find(|(known, _)| *known == bound) {
            Some((_, count)) => *count += sample.value,
            None => buckets.push((bound, sample.value)),
        }
    }
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rank = q * buckets.last()?.1;
    let mut below = (0.0, 0.0);
    for (bound, count) in buckets {
        if count >= rank && count > 0.0 {
            if bound.is_infinite() {
                return Some(below.0);
            }
            let inside = (rank - below.1) / (count - below.1).max(f64::MIN_POSITIVE);
            return Some(below.0 + (bound - below.0) * inside.clamp(0.0, 1.0));
        }
        below = (bound, count);
    }
    None
}

/// One line of the text.
struct Sample<'a> {
    labels: &'a str,
    value: f64,
}

impl<'a> Sample<'a> {
    fn label(&self, name: &str) -> Option<&'a str> {
        self.labels
            .split(',')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim_matches('"'))
    }
}

/// Every sample of exactly `metric`.
fn samples<'a>(text: &'a str, metric: &str) -> impl Iterator<Item = Sample<'a>> {
    text.lines().filter_map(move |line| {
        let rest = line.strip_prefix(metric)?;
        let (labels, value) = match rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}')?,
            None if rest.starts_with(' ') => ("", rest),
            None => return None,
        };
        let value = value.split_whitespace().next()?.parse().ok()?;
        Some(Sample { labels, value })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMARY: &str = "# TYPE m summary\nm{quantile=\"0.5\"} 0.004\nm{quantile=\"0.99\"} 0.02\n\
                           m_sum 10\nm_count 4\nm_more{quantile=\"0.5\"} 9\n";
    const HISTOGRAM: &str = "m_bucket{lane=\"0\",le=\"1\"} 5\nm_bucket{lane=\"0\",le=\"2\"} 10\n\
                             m_bucket{lane=\"0\",le=\"+Inf\"} 10\nm_bucket{lane=\"1\",le=\"1\"} 5\n\
                             m_bucket{lane=\"1\",le=\"2\"} 10\nm_bucket{lane=\"1\",le=\"+Inf\"} 10\n";

    #[test]
    fn a_summary_gives_its_quantiles_and_its_mean() {
        assert_eq!(quantile(SUMMARY, "m", 0.5), Some(0.004));
        assert_eq!(quantile(SUMMARY, "m", 0.99), Some(0.02));
        assert_eq!(mean(SUMMARY, "m"), Some(2.5));
    }

    #[test]
    fn a_histogram_is_added_up_over_its_labels_and_interpolated() {
        assert_eq!(quantile(HISTOGRAM, "m", 0.5), Some(1.0));
        assert_eq!(quantile(HISTOGRAM, "m", 0.75), Some(1.5));
    }

    #[test]
    fn what_is_not_there_is_none() {
        assert_eq!(quantile(SUMMARY, "n", 0.5), None);
        assert_eq!(quantile("", "m", 0.5), None);
        assert_eq!(mean(HISTOGRAM, "m"), None);
    }
}
