//! Owns the stored shape of a learner, their identities and learner state. Must not know how a state is
//! computed or who vouches for an identity.

use super::account::SignInId;
use super::ids::{LearnerId, OrganizationId, SessionId};
use super::session::SessionRow;

/// Who vouches for guests: nobody does, and nobody signs in by it.
pub const GUEST_ISSUER: &str = "guest";
/// Ways of signing in that are listed of one learner.
pub const IDENTITIES_MAX: u32 = 1_000;

/// One way of signing in, as its issuer names it. A guest is an identity too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Who vouches for it.
    pub issuer: String,
    /// The issuer's name for the person.
    pub subject: String,
}

/// One way of signing in, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRow {
    /// What it is.
    pub identity: Identity,
    /// When it was first met, in Unix milliseconds.
    pub created_at: i64,
}

/// One learner, as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnerRow {
    /// Who.
    pub id: LearnerId,
    /// Whom they belong to.
    pub organization: OrganizationId,
    /// Since when, in Unix milliseconds.
    pub created_at: i64,
    /// What their time limits are multiplied by.
    pub time_multiplier: f64,
    /// Their ways of signing in, by issuer and subject.
    pub identities: Vec<IdentityRow>,
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

/// Who a request says it comes from. Whether that holds is found out by what is asked for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimant {
    /// Which learner.
    pub learner: LearnerId,
    /// On which device, if they have an account.
    pub sign_in: Option<SignInId>,
    /// When, in Unix milliseconds.
    pub now_ms: i64,
}

impl Claimant {
    /// A learner of whom it was found out before.
    #[must_use]
    pub fn known(learner: LearnerId) -> Self {
        Self {
            learner,
            sign_in: None,
            now_ms: 0,
        }
    }
}

/// What a session of a learner begins from, as it is at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct StartingPoint {
    /// Whether the learner has an account.
    pub has_account: bool,
    /// The current version of the certification; `None` when there is no such certification.
    pub bank_version: Option<String>,
    /// What was granted: what the learner's time limits are multiplied by, in exams too.
    pub time_multiplier: f64,
    /// What the learner prefers, encoded by the caller.
    pub preferences: Option<Vec<u8>>,
    /// The cached fold over their ended sessions.
    pub state: Option<LearnerStateRow>,
    /// Completed sessions behind its watermark, in the order they are folded, at most as many as were asked for.
    pub ended: Vec<SessionRow>,
}
