//! The memory of an item, and its step on an answer.
//!
//! Owns the use of the crate `fsrs`: the forward step and the forgetting curve, nothing of its optimiser or
//! simulator. Must not know when items are due.

use std::fmt;

use fsrs::{FSRS, FSRSItem, FSRSReview, MemoryState, current_retrievability};

use super::Rating;

/// Least stability, in days, as in the reference implementation.
pub const STABILITY_DAYS_MIN: f32 = 0.001;
/// Largest stability, in days: a hundred years, as in the reference implementation.
pub const STABILITY_DAYS_MAX: f32 = 36_500.0;
/// Least difficulty.
pub const DIFFICULTY_MIN: f32 = 1.0;
/// Largest difficulty.
pub const DIFFICULTY_MAX: f32 = 10.0;

/// The memory state of one item for one learner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// Days after which retrievability has fallen to 0.9.
    pub stability_days: f32,
    /// How hard the item is to remember, 1 to 10.
    pub difficulty: f32,
}

impl Memory {
    /// Whether both are numbers in their range.
    pub fn is_valid(&self) -> bool {
        (STABILITY_DAYS_MIN..=STABILITY_DAYS_MAX).contains(&self.stability_days)
            && (DIFFICULTY_MIN..=DIFFICULTY_MAX).contains(&self.difficulty)
    }
}

/// Range of w20, how fast retrievability falls, in the reference implementation.
const DECAY_MIN: f32 = 0.1;
const DECAY_MAX: f32 = 0.8;

/// Parameters that are not 21 finite numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParametersError;

impl fmt::Display for ParametersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parameters of FSRS-6 must be 21 finite numbers")
    }
}

impl std::error::Error for ParametersError {}

/// FSRS-6 with its parameters: how a memory changes by an answer, and fades.
///
/// Source: Ye, Su & Cao (2022), "A stochastic shortest path algorithm for optimizing spaced repetition scheduling",
/// as published in version 6 by the open-spaced-repetition project. Checked against case C30.
#[derive(Clone, Debug)]
pub struct Scheduler {
    model: FSRS,
    decay: f32,
}

impl Default for Scheduler {
    /// The published default parameters, fitted to the reviews of ten thousand learners.
    fn default() -> Self {
        Self {
            model: FSRS::default(),
            decay: fsrs::FSRS6_DEFAULT_DECAY,
        }
    }
}

impl Scheduler {
    /// A scheduler with parameters of its own, w0 to w20; those out of the range of the reference implementation are
    /// moved to its ends, as that does.
    ///
    /// # Errors
    /// [`ParametersError`] when one is not a finite number.
    pub fn new(parameters: &[f32; 21]) -> Result<Self, ParametersError> {
        if parameters.iter().any(|w| !w.is_finite()) {
            return Err(ParametersError);
        }
        Ok(Self {
            model: FSRS::new(parameters).map_err(|_| ParametersError)?,
            // The model moves it there for itself alone.
            decay: parameters[20].clamp(DECAY_MIN, DECAY_MAX),
        })
    }

    /// The memory that the first answer to an item leaves.
    pub fn first(&self, rating: Rating) -> Memory {
        self.step(None, rating, 0)
    }

    /// The memory after another answer, `days` whole days after the last. A memory that is not valid counts as none.
    pub fn after(&self, memory: &Memory, rating: Rating, days: u32) -> Memory {
        if memory.is_valid() {
            self.step(Some(memory), rating, days)
        } else {
            self.first(rating)
        }
    }

    /// Probability, 0 to 1, that the item is still remembered `days` after its last answer; 1 for a moment before
    /// that, and 0 when the memory is not valid.
    pub fn retrievability(&self, memory: &Memory, days: f64) -> f64 {
        if !memory.is_valid() || days.is_nan() {
            return 0.0;
        }
        let days = days.max(0.0) as f32;
        f64::from(current_retrievability(state(memory), days, self.decay)).clamp(0.0, 1.0)
    }

    /// Whole days, at least 1, until retrievability falls to `desired_retention`: the next interval.
    ///
    /// `None` when the memory is not valid or the retention not above 0 and at most 1. Source: as the memory.
    pub fn interval_days(&self, memory: &Memory, desired_retention: f64) -> Option<u32> {
        let legal = desired_retention > 0.0 && desired_retention <= 1.0;
        if !(legal && memory.is_valid()) {
            return None;
        }
        let stability = Some(memory.stability_days);
        let days =
            self.model
                .next_interval(stability, desired_retention as f32, Rating::Good.grade());
        // A float beyond the range of the integer becomes its end.
        Some(days.round().max(1.0) as u32)
    }

    fn step(&self, memory: Option<&Memory>, rating: Rating, days: u32) -> Memory {
        let review = FSRSReview {
            rating: rating.grade(),
            delta_t: days,
        };
        let item = FSRSItem {
            reviews: vec![review],
        };
        let after = self.model.memory_state(item, memory.map(state));
        let after = after.expect("a valid memory and a whole number of days give finite numbers");
        Memory {
            stability_days: after
                .stability
                .clamp(STABILITY_DAYS_MIN, STABILITY_DAYS_MAX),
            difficulty: after.difficulty.clamp(DIFFICULTY_MIN, DIFFICULTY_MAX),
        }
    }
}

fn state(memory: &Memory) -> MemoryState {
    MemoryState {
        stability: memory.stability_days,
        difficulty: memory.difficulty,
    }
}
