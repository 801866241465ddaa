//! What happened in a session: facts and decisions, never something to be decided again.
//!
//! Owns the events. Must not know how they are stored or shown.

use std::sync::Arc;

use super::settings::Settings;
use crate::ids::{AreaIx, ItemIx, OptionOrder, OptionSet, Position, RequestId};
use crate::learner::{AreaPrior, AreaScore, Seen};
use crate::selection::Reason;
use crate::tick::Millis;

/// One fact of a session's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its place in the history, contiguous from 1.
    pub seq: u32,
    /// When; never before the event before it.
    pub at: Millis,
    /// The client's name for the request that caused it.
    pub request_id: Option<RequestId>,
    /// What happened.
    pub fact: Fact,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// The session began; always, and only, the first event.
    Started(Box<Started>),
    /// The open question was answered.
    Answered(Box<Answered>),
    /// An answer of an exam was recorded, the first or another one for its question.
    Recorded(Box<Recorded>),
    /// A question of an exam was marked to come back to, or the mark taken away.
    Flagged {
        /// The question.
        position: Position,
        /// Whether it is marked from now on.
        flagged: bool,
    },
    /// The learner turned to another question of an exam, which is open from now on.
    Moved(Box<Served>),
    /// The clock stopped.
    Paused,
    /// The clock goes on.
    Resumed,
    /// The server gave back time it took.
    TimeCredited {
        /// Milliseconds given.
        by_ms: i64,
    },
    /// The session ended; nothing follows.
    Completed(Completed),
}

/// Everything the fold begins from.
#[derive(Clone, Debug, PartialEq)]
pub struct Started {
    /// [`super::ENGINE_VERSION`] of the engine that began the session.
    pub engine_version: u16,
    /// The version of the bank and its parameters, frozen for the session.
    pub bank_version: Arc<str>,
    /// What the learner asked for.
    pub settings: Settings,
    /// Correlation of area abilities through the common factor.
    pub rho: f64,
    /// Variance of drift after a practice answer, in squared logits.
    pub q: f64,
    /// What earlier sessions say, for the areas they touched, in order of area.
    pub prior: Vec<AreaPrior>,
    /// The learner's history with items of this bank, in order of item.
    pub seen: Vec<Seen>,
    /// Items that exposure control kept out of this session, in order.
    pub ineligible: Vec<ItemIx>,
    /// Seed of the decision that began the session.
    pub seed: u64,
    /// The first question.
    pub first: Served,
    /// Every question of an exam in order, `first` among them; empty for every other kind.
    pub form: Vec<Served>,
}

/// A question as it was put to the learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// Its place in the session.
    pub position: Position,
    /// The item.
    pub item: ItemIx,
    /// The order of its options.
    pub order: OptionOrder,
    /// Why it was chosen.
    pub reason: Reason,
    /// When it was served.
    pub at: Millis,
    /// Whether its answer is evidence about ability: the first sight of the item in 30 days.
    pub evidence: bool,
}

/// An answer, what it changed, and what follows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The question answered.
    pub position: Position,
    /// Its item.
    pub item: ItemIx,
    /// The options named.
    pub chosen: OptionSet,
    /// Whether they are exactly the key.
    pub correct: bool,
    /// Milliseconds from served to answered, pauses left out.
    pub elapsed_ms: i64,
    /// How sure the learner was, 0 to 100 %, when they said so.
    pub confidence: Option<u8>,
    /// The item's area.
    pub area: AreaIx,
    /// Ability in that area after the answer: posterior mean, in logits.
    pub theta: f64,
    /// Standard deviation of that posterior, in logits.
    pub standard_error: f64,
    /// Areas whose score, rounded to 1 %, moved.
    pub scores: Vec<AreaScore>,
    /// The question served next; `None` when [`Fact::Completed`] follows.
    pub next: Option<Served>,
}

/// An answer of an exam. Whether it is right is stored with it and told nobody before the exam is submitted; it
/// says nothing about ability before that either.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The question answered.
    pub position: Position,
    /// Its item.
    pub item: ItemIx,
    /// The options named.
    pub chosen: OptionSet,
    /// Whether they are exactly the key.
    pub correct: bool,
    /// Milliseconds the question has been open so far, all visits together; 0 when it was answered without one.
    pub elapsed_ms: i64,
    /// How sure the learner was, 0 to 100 %, when they said so.
    pub confidence: Option<u8>,
    /// The item's area.
    pub area: AreaIx,
    /// The question open from now on: the one that follows the question answered, when that was the one open. `None`
    /// when the open question stays.
    pub next: Option<Served>,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completed {
    /// Why.
    pub reason: EndReason,
    /// Questions answered.
    pub answered: u16,
    /// Of them, answered right.
    pub correct: u16,
    /// Milliseconds from start to end, pauses left out.
    pub elapsed_ms: i64,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// Its length was reached.
    Length,
    /// The learner ended it.
    Finished,
    /// Ability is known well enough (diagnostic).
    Precise,
    /// Its time was up.
    Time,
    /// No question was left that may be served.
    NoItems,
}
