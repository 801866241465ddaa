//! Time and chance, as values.
//!
//! Owns the only two things the outside may hand to a decision. Must not know where they come from.

/// Milliseconds since the Unix epoch, in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

impl Millis {
    /// Milliseconds from `earlier` to this moment; negative when it lies after it.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment `by_ms` milliseconds later.
    pub fn plus(self, by_ms: i64) -> Self {
        Self(self.0.saturating_add(by_ms))
    }
}

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;

/// What a decision may know of the world: the time, and a seed for whatever it leaves to chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// The time of the decision.
    pub now: Millis,
    /// Seed of the decision; the same state, command and tick give the same events.
    pub seed: u64,
}

/// A deterministic generator: the splitmix64 sequence.
///
/// Source: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators".
#[derive(Clone, Debug)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// A generator that starts from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        mix(self.state)
    }

    /// A number in `[0, 1)`, uniform on multiples of 2^-53.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A number in `0..bound`, or 0 when `bound` is 0. Its bias is under `bound` / 2^64.
    pub fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.bits()) * bound as u128;
        (product >> 64) as usize
    }

    /// Shuffles a slice, every order equally likely (Fisher and Yates).
    pub fn shuffle<T>(&mut self, slice: &mut [T]) {
        for last in (1..slice.len()).rev() {
            let other = self.below(last + 1);
            slice.swap(last, other);
        }
    }
}

/// 2^64 divided by the golden ratio, odd: the increment of the splitmix64 sequence.
const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The splitmix64 finaliser: a bijection that scatters neighbouring inputs.
pub(crate) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_splitmix64() {
        // First three outputs for seed 0, as published with the reference implementation.
        let mut chance = Chance::new(0);
        assert_eq!(chance.bits(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(chance.bits(), 0x6e78_9e6a_a1b9_65f4);
        assert_eq!(chance.bits(), 0x06c4_5d18_8009_454f);
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        let mut chance = Chance::new(7);
        let mut met = [0_u32; 5];
        for _ in 0..5_000 {
            met[chance.below(5)] += 1;
            assert!((0.0..1.0).contains(&chance.unit()));
        }
        assert!(met.iter().all(|&n| (850..1_150).contains(&n)), "{met:?}");
        assert_eq!(chance.below(0), 0);
    }

    #[test]
    fn a_shuffle_keeps_every_element() {
        let mut slice: Vec<u8> = (0..50).collect();
        Chance::new(3).shuffle(&mut slice);
        assert_ne!(slice, (0..50).collect::<Vec<_>>());
        slice.sort_unstable();
        assert_eq!(slice, (0..50).collect::<Vec<_>>());
    }
}
