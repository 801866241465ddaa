//! The review schedule: how well an item is remembered, and when to ask it again.
//!
//! Owns the memory state of an item, its step on an answer, and the rules of what is due and what is forgotten. The
//! model is FSRS-6 and its arithmetic that of the crate `fsrs`, in single precision by the platform's mathematics:
//! what it gives is stored, with the learner and in a session's first event, and never computed again by a replay.
//! What a decision makes of it (due, forgotten, which first) is plain division, the same on every machine. Must not
//! know sessions, or what else an answer says.

mod memory;
mod rating;
mod schedule;

pub use memory::{
    DIFFICULTY_MAX, DIFFICULTY_MIN, Memory, ParametersError, STABILITY_DAYS_MAX,
    STABILITY_DAYS_MIN, Scheduler,
};
pub use rating::Rating;
pub use schedule::{
    DESIRED_RETENTION, FORGOTTEN_AFTER_STABILITIES, FORGOTTEN_RETRIEVABILITY, due_at, is_due,
    is_forgotten,
};
