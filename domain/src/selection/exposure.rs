//! Item exposure control by random eligibility: before a test each item is let in or kept out by lot, so that
//! none is seen by more than a set share of examinees.
//!
//! Owns the counts and the lottery. Must not know how counts are stored, or why an item was chosen.
//!
//! Source: van der Linden & Veldkamp (2004), "Constraining item exposure in computerized adaptive testing with
//! shadow tests". Lots alone leave the share of the most wanted items to chance: a standard error of 0.014 after a
//! thousand examinees, and the greatest of many such is well above what was allowed. So an item that has been
//! seen too often is let in less than its lot until it is back; see [`CORRECTION`].

use crate::tick::mix;

/// Share of examinees that may see an item, unless told otherwise.
pub const EXPOSURE_MAX_DEFAULT: f64 = 0.25;
/// Weight kept of what was counted before, for each examinee more: about the last thousand count.
pub const FADING: f64 = 0.999;

/// By how many times its excess, as a share of what is allowed, an item's probability is lowered.
pub const CORRECTION: f64 = 5.0;
/// The least that correction leaves of a probability, so that no item is shut out for good.
const CORRECTION_MIN: f64 = 0.1;

/// Share of examinees that may see an item where sessions are given: what is usual, or more where a bank of so many
/// active items is so small that a session of this length could not be had under it.
pub fn share_allowed(active: usize, length: u16) -> f64 {
    let least = 2.0 * f64::from(length) / active.max(1) as f64;
    least.clamp(EXPOSURE_MAX_DEFAULT, 1.0)
}

/// How often each item was eligible, and how often it was then served, older examinees counting less.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    most: f64,
    examinees: f64,
    counts: Vec<Count>,
}

/// Counts of one item.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    /// Examinees it was eligible for.
    pub eligible: f64,
    /// Of them, those who saw it.
    pub served: f64,
}

impl Exposure {
    /// No examinee yet, of `items` items; at most the share `most` of examinees may see one. A share that is
    /// not between 0 and 1 counts as 1: no control.
    pub fn new(items: usize, most: f64) -> Self {
        Self::of(vec![Count::default(); items], 0, most)
    }

    /// From counts kept of so many examinees; what is not a count (negative, not finite, more served than eligible) counts as none.
    pub fn of(mut counts: Vec<Count>, examinees: u64, most: f64) -> Self {
        for count in &mut counts {
            let sound =
                count.eligible.is_finite() && (0.0..=count.eligible).contains(&count.served);
            if !sound {
                *count = Count::default();
            }
        }
        let most = if most > 0.0 && most <= 1.0 { most } else { 1.0 };
        // What as many examinees come to when each counts less for every later one.
        let faded = libm::pow(FADING, examinees as f64);
        Self {
            most,
            examinees: (1.0 - faded) / (1.0 - FADING),
            counts,
        }
    }

    /// The counts, by item.
    pub fn counts(&self) -> &[Count] {
        &self.counts
    }

    /// Probability that an item is eligible for the next examinee: the share allowed over the share of those
    /// eligible so far who saw it, at most 1; less while more examinees have seen it than are allowed. An item
    /// that is not here always is.
    pub fn probability(&self, item: usize) -> f64 {
        let Some(count) = self.counts.get(item).filter(|count| count.served > 0.0) else {
            return 1.0;
        };
        let lot = (self.most * count.eligible / count.served).min(1.0);
        let excess = count.served / (self.examinees.max(1.0) * self.most) - 1.0;
        lot * (1.0 - CORRECTION * excess).clamp(CORRECTION_MIN, 1.0)
    }

    /// Whether the lottery of an examinee, named by a seed, lets an item in.
    pub fn is_eligible(&self, item: usize, seed: u64) -> bool {
        let probability = self.probability(item);
        probability >= 1.0 || {
            let bits = mix(seed ^ mix(item as u64 ^ SALT)) >> 11;
            (bits as f64) * (1.0 / (1_u64 << 53) as f64) < probability
        }
    }

    /// The items kept out, ascending.
    pub fn ineligible(&self, seed: u64) -> Vec<usize> {
        let all = 0..self.counts.len();
        all.filter(|item| !self.is_eligible(*item, seed)).collect()
    }

    /// Counts an examinee: `ineligible` ascending, as drawn for them, and the items they saw.
    pub fn record(&mut self, ineligible: &[usize], served: impl IntoIterator<Item = usize>) {
        self.examinees = self.examinees * FADING + 1.0;
        for (item, count) in self.counts.iter_mut().enumerate() {
            count.eligible *= FADING;
            count.served *= FADING;
            if ineligible.binary_search(&item).is_err() {
                count.eligible += 1.0;
            }
        }
        for item in served {
            if let Some(count) = self.counts.get_mut(item) {
                count.served = (count.served + 1.0).min(count.eligible);
            }
        }
    }
}

/// Keeps this lottery apart from other draws by the same seed.
const SALT: u64 = 0x6578_706f_7375_7265;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_everyone_would_see_is_seen_by_the_share_allowed() {
        let mut exposure = Exposure::new(2, 0.25);
        let mut seen = 0;
        for seed in 0..2_000 {
            let out = exposure.ineligible(seed);
            let eligible = !out.contains(&0);
            seen += u32::from(eligible && seed >= 1_000);
            exposure.record(&out, eligible.then_some(0));
        }
        assert!((230..270).contains(&seen), "{seen} of the last 1,000");
        assert_eq!(exposure.probability(1), 1.0, "never served, never kept out");
    }

    #[test]
    fn damaged_counts_keep_nothing_out() {
        let damaged = [(f64::NAN, 1.0), (1.0, f64::NAN), (1.0, 5.0), (-1.0, -2.0)];
        let counts = damaged.map(|(eligible, served)| Count { eligible, served });
        for most in [0.25, f64::NAN, -1.0, 7.0] {
            let exposure = Exposure::of(counts.to_vec(), 10, most);
            assert!(exposure.ineligible(3).is_empty());
        }
        assert!(Exposure::new(0, 0.25).is_eligible(9, 1));
    }
}
