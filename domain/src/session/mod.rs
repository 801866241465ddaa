//! One quiz run: a state machine whose state is the fold of its events.
//!
//! Owns commands, events, refusals and the rules between them. [`Session::handle`] decides and changes
//! nothing; [`Session::apply`] changes the state and decides nothing, so that replaying stored events gives
//! the live state, byte for byte. Must not know sockets, stores, clocks or where chance comes from.

mod check;
mod command;
mod decide;
mod event;
mod exam;
mod fingerprint;
mod fold;
mod outcome;
mod prediction;
mod refusal;
mod request;
mod review;
mod settings;
mod sheet;
mod start;
mod view;

use std::sync::Arc;

use crate::bank::Bank;
use crate::tick::Tick;

pub use crate::learner::{AreaCompetency, AreaPrior, AreaScore, Seen};
pub use crate::selection::Reason;
pub use command::Command;
pub use event::{Answered, Completed, EndReason, Event, Fact, Recorded, Served, Started};
pub use exam::{CHANGES_PER_QUESTION_MAX, ExamResult, Place};
pub use prediction::{Prediction, predictions};
pub use refusal::{Refusal, ReplayError};
pub use review::{Reviewed, review};
pub use settings::{
    FOCUS_CONCEPTS_MAX, Kind, LENGTH_MAX, LENGTH_MIN, Q_DEFAULT, Q_MAX, RHO_DEFAULT, Settings,
    Start, TARGET_SUCCESS_DEFAULT, TARGET_SUCCESS_MAX, TARGET_SUCCESS_MIN, TIME_LIMIT_MS_MAX,
    TIME_MULTIPLIER_MAX,
};
pub use view::{AreaSummary, Progress, Status, Summary};

/// Version of the rules that turn events into state. A change to the fold is a new version.
pub const ENGINE_VERSION: u16 = 1;
/// Most pauses of one session; each leaves a request id behind.
pub const PAUSES_MAX: u16 = 200;
/// Most time one command may credit, in milliseconds: ten minutes, far above any stall worth waiting for.
pub const CREDIT_MS_MAX: i64 = 600_000;
/// A diagnostic ends early once the standard deviation of the composite ability is at most this, in
/// logits: a 90 % interval of about one logit, half the distance from an easy item to a hard one.
pub const PRECISE_STANDARD_DEVIATION: f64 = 0.30;
/// Answers before a diagnostic may end early, so that every area of a usual blueprint is met.
pub const PRECISE_ANSWERS_MIN: usize = 10;

/// What a command comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Events to store and then apply, in order; one, or two when the last answer ends the session.
    Events(Vec<Event>),
    /// This request was handled before; the reply is that of an event already there.
    Repeat {
        /// The event's number.
        seq: u32,
    },
}

/// A live session.
#[derive(Clone, Debug)]
pub struct Session {
    bank: Arc<Bank>,
    state: fold::State,
}

impl Session {
    /// Decides how a session begins: its first event, number 1, which holds everything the fold begins
    /// from. [`Session::replay`] of that one event gives the live session.
    ///
    /// # Errors
    /// [`Refusal::InvalidSetting`] and [`Refusal::NoItems`]; for an exam [`Refusal::TooFewItems`].
    pub fn start(bank: Arc<Bank>, start: Start, tick: Tick) -> Result<Event, Refusal> {
        start::first_event(&bank, start, tick)
    }

    /// The session whose history these events are, in order from number 1.
    ///
    /// `bank` must be the bank version named by the first event.
    ///
    /// # Errors
    /// [`ReplayError`] when they are not the history of a session over this bank.
    pub fn replay<'a>(
        bank: Arc<Bank>,
        events: impl IntoIterator<Item = &'a Event>,
    ) -> Result<Self, ReplayError> {
        let mut events = events.into_iter();
        let first = events.next().ok_or(ReplayError::Empty)?;
        let state = fold::State::begin(&bank, first)?;
        let mut session = Self { bank, state };
        for event in events {
            session.apply(event)?;
        }
        Ok(session)
    }

    /// Decides what a command comes to, and changes nothing.
    ///
    /// Checked in this order: a repeated request id, the end, whether this kind of session takes it, the pause, the
    /// time, the position, the options, the limits. A tick earlier than the last event counts as the time of that event.
    ///
    /// # Errors
    /// [`Refusal`] says why nothing happens.
    pub fn handle(&self, command: &Command, tick: Tick) -> Result<Decision, Refusal> {
        decide::decide(&self.bank, &self.state, command, tick)
    }

    /// Changes the state by one event: the only way it changes.
    ///
    /// # Errors
    /// [`ReplayError`] when the event does not follow from the state, which is then as it was.
    pub fn apply(&mut self, event: &Event) -> Result<(), ReplayError> {
        self.state.apply(&self.bank, event)
    }

    /// SHA-256 over the canonical bytes of the whole state; equal exactly when the states are.
    pub fn fingerprint(&self) -> [u8; 32] {
        fingerprint::fingerprint(&self.state)
    }

    /// Bytes this session holds on the heap for itself; the bank and the grid of its rho are shared.
    pub fn heap_bytes(&self) -> usize {
        self.state.heap_bytes()
    }
}
