//! Owns the stored shape of a learner's identity and learner state. Must not know how a state is
//! computed or who vouches for an identity.

use super::ids::{LearnerId, SessionId};

/// One way of signing in, as its issuer names it. A guest is an identity too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Who vouches for it.
    pub issuer: String,
    /// The issuer's name for the person.
    pub subject: String,
}

/// How far a learner state has folded: ended sessions are ordered by end, then id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watermark {
    /// When the last folded session ended, in Unix milliseconds.
    pub ended_at: i64,
    /// The last folded session.
    pub session: SessionId,
}

/// The cached fold over a learner's ended sessions of one certification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnerStateRow {
    /// Whose.
    pub learner: LearnerId,
    /// For which certification.
    pub certification: String,
    /// How far it has folded.
    pub watermark: Watermark,
    /// The state, encoded and versioned by the caller.
    pub body: Vec<u8>,
}
