//! The pure core of LearnR: item bank, item response theory, learner model, selection and the
//! session state machine.
//!
//! Owns every decision about a quiz. Must not know any clock, source of randomness, environment,
//! file, network or serialisation: time and chance enter as a [`tick::Tick`]. Transcendental
//! functions come from `libm`, and results never depend on the iteration order of a hash map, so
//! that every machine replays a session to the same bytes.

pub mod bank;
pub mod calibration;
pub mod cat;
pub mod ids;
pub mod irt;
pub mod learner;
pub mod review;
pub mod selection;
pub mod session;
pub mod simulation;
pub mod tick;

pub use bank::{Bank, BankFault};
pub use ids::{
    AreaId, AreaIx, CertificationId, ConceptId, ConceptIx, IdError, ItemId, ItemIx, OptionId,
    OptionIx, OptionOrder, OptionSet, Position, RequestId,
};
pub use irt::ItemParameters;
pub use learner::{LearnerState, Likelihood};
pub use session::{Command, Decision, Event, Fact, Refusal, ReplayError, Session};
pub use tick::{Millis, Tick};
