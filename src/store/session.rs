//! Owns the stored shape of a session and of the right to write to it. Must not know what the
//! settings, the summary or the events mean, nor who should own a session.

use super::event::EventRow;
use super::ids::{LearnerId, OrganizationId, SessionId};

/// The epoch every session is created at; each claim adds one.
pub const FIRST_EPOCH: i64 = 1;

/// The process that serves a session, as its claim wrote it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Stable name of the instance.
    pub node: String,
    /// Which run of that instance: a restart has another.
    pub incarnation: i64,
    /// Where other instances reach it.
    pub address: String,
}

/// The right to write a session's events. A write under any other fence than the session's
/// current one is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fence {
    /// Fencing token: one more at each claim.
    pub epoch: i64,
    /// Random at each claim (63 bits): tells two claims apart when a failover reused an epoch.
    pub claim: i64,
}

/// Where a session is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionStatus {
    /// Being answered.
    Open,
    /// Suspended by its learner; still the one open session of its kind.
    Paused,
    /// Ended, and part of the learner's history.
    Completed,
    /// Stopped by a permanent fault; not replayed.
    Faulted,
}

impl SessionStatus {
    /// The word stored for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SessionStatus::Open => "open",
            SessionStatus::Paused => "paused",
            SessionStatus::Completed => "completed",
            SessionStatus::Faulted => "faulted",
        }
    }

    /// The status a stored word stands for; `None` for a word this binary does not know.
    #[must_use]
    pub fn parse(word: &str) -> Option<SessionStatus> {
        [
            SessionStatus::Open,
            SessionStatus::Paused,
            SessionStatus::Completed,
            SessionStatus::Faulted,
        ]
        .into_iter()
        .find(|status| status.as_str() == word)
    }
}

/// One session, as stored. Answers do not touch it: only creation, claims, release and changes of
/// status do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Which session.
    pub id: SessionId,
    /// Whose it is, or a random tombstone after the account was deleted.
    pub learner: LearnerId,
    /// The organization it counts for.
    pub organization: OrganizationId,
    /// Which certification is practised.
    pub certification: String,
    /// Which version of its item bank; stored sessions keep theirs when a newer one is imported.
    pub bank_version: String,
    /// Practice, diagnostic and so on: the session layer's word.
    pub kind: String,
    /// The session layer's settings, encoded by it.
    pub settings: Vec<u8>,
    /// Random name of the frame stream, given at creation, by which a client resumes.
    pub stream: String,
    /// Where it is in its life.
    pub status: SessionStatus,
    /// The fence of its latest claim.
    pub fence: Fence,
    /// Who claimed it; `None` when released or never claimed.
    pub owner: Option<Owner>,
    /// When the session must be looked at although nobody is connected, in Unix milliseconds.
    pub deadline_at: Option<i64>,
    /// When it began, in Unix milliseconds.
    pub started_at: i64,
    /// When it ended, in Unix milliseconds.
    pub ended_at: Option<i64>,
    /// The session layer's summary of an ended session, encoded by it.
    pub summary: Option<Vec<u8>>,
}

/// A session, with who vouches for its learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VouchedSession {
    /// The session.
    pub row: SessionRow,
    /// Issuers of the learner's identities, in order of name; none when the learner's account was deleted.
    pub issuers: Vec<String>,
    /// Whether the learner has an account.
    pub has_account: bool,
}

/// A session to create, with the event it begins from.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSession {
    /// A fresh UUIDv7.
    pub id: SessionId,
    /// Whose it is.
    pub learner: LearnerId,
    /// The organization it counts for.
    pub organization: OrganizationId,
    /// Which certification; its version below must be stored.
    pub certification: String,
    /// Which version of its item bank.
    pub bank_version: String,
    /// The session layer's word for the kind of session.
    pub kind: String,
    /// The session layer's settings, encoded by it.
    pub settings: Vec<u8>,
    /// Random name of the frame stream.
    pub stream: String,
    /// Random 63 bits: with [`FIRST_EPOCH`] the fence of the first event.
    pub claim: i64,
    /// When the session must be looked at although nobody is connected, in Unix milliseconds.
    pub deadline_at: Option<i64>,
    /// When it begins, in Unix milliseconds.
    pub started_at: i64,
    /// The first event: `seq` 1, under [`NewSession::fence`].
    pub started: EventRow,
}

impl NewSession {
    /// The fence the session is created under.
    #[must_use]
    pub fn fence(&self) -> Fence {
        Fence {
            epoch: FIRST_EPOCH,
            claim: self.claim,
        }
    }

    /// The session as it is once created.
    pub(super) fn row(&self) -> SessionRow {
        SessionRow {
            id: self.id,
            learner: self.learner,
            organization: self.organization,
            certification: self.certification.clone(),
            bank_version: self.bank_version.clone(),
            kind: self.kind.clone(),
            settings: self.settings.clone(),
            stream: self.stream.clone(),
            status: SessionStatus::Open,
            fence: self.fence(),
            owner: None,
            deadline_at: self.deadline_at,
            started_at: self.started_at,
            ended_at: None,
            summary: None,
        }
    }

    /// Why it can never be stored, whatever is in the database.
    pub(super) fn refusal(&self) -> Option<String> {
        if self.started.seq != 1 {
            return Some(format!(
                "session {} begins with event {}",
                self.id, self.started.seq
            ));
        }
        self.started.refusal(self.fence())
    }
}

/// What came of creating a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It was created, owned by nobody yet: claim it.
    New(SessionRow),
    /// The learner has this open session of the certification and kind already; nothing was stored.
    Open(SessionRow),
    /// There is no such learner, or no longer; nothing was stored.
    NoLearner,
}
