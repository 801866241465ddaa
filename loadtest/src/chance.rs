//! Seeded chance: the same seed gives the same run. Owns no state but its own.

use std::time::Duration;

/// A small seeded generator (SplitMix64); for jitter, thinking and choosing, never for secrets.
///
/// Source: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators".
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// Starts from `seed`; neighbouring seeds give unrelated sequences.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        // 53 bits are what a double holds exactly.
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in 0..`bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        (self.bits() % bound as u64) as usize
    }

    /// Uniform between nothing and `most`: what is called full jitter.
    pub fn up_to(&mut self, most: Duration) -> Duration {
        most.mul_f64(self.unit())
    }

    /// Standard normal, by Box and Muller (1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// How long a learner thinks before each answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Think {
    /// Not at all.
    None,
    /// Always as long.
    Fixed(Duration),
    /// Log-normal: most answers near the median, some much later, as people are.
    LogNormal {
        /// Half of all answers come sooner.
        median: Duration,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
}

/// Longest thought, seconds: the log-normal's tail is cut here so that a run ends.
const THINK_SECONDS_MAX: f64 = 120.0;

impl Think {
    /// The next thought.
    pub fn next(self, chance: &mut Chance) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Fixed(gap) => gap,
            Self::LogNormal { median, sigma } => {
                let seconds = median.as_secs_f64() * (sigma * chance.normal()).exp();
                Duration::from_secs_f64(seconds.min(THINK_SECONDS_MAX))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_sequence() {
        let (mut a, mut b) = (Chance::new(7), Chance::new(7));
        assert!((0..100).all(|_| a.bits() == b.bits()));
        assert_ne!(Chance::new(7).bits(), Chance::new(8).bits());
    }

    #[test]
    fn draws_stay_inside_their_bounds() {
        let mut chance = Chance::new(1);
        for _ in 0..1_000 {
            assert!((0.0..1.0).contains(&chance.unit()));
            assert!(chance.below(5) < 5);
            assert!(chance.up_to(Duration::from_secs(1)) < Duration::from_secs(1));
        }
        assert_eq!(chance.below(0), 0);
    }

    #[test]
    fn half_of_the_log_normal_thoughts_are_shorter_than_the_median() {
        let mut chance = Chance::new(2);
        let median = Duration::from_secs(4);
        let think = Think::LogNormal { median, sigma: 0.5 };
        let shorter = (0..4_000)
            .filter(|_| think.next(&mut chance) < median)
            .count();
        assert!((1_850..2_150).contains(&shorter), "{shorter}");
    }
}
