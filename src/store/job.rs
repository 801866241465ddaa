//! Owns the stored shape of background work. Must not know how the work is done.

use super::ids::{JobId, SessionId};

/// What a job is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// A session has ended: fold it into the learner state and whatever hangs on that.
    SessionEnded,
}

impl JobKind {
    /// The word stored for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            JobKind::SessionEnded => "session_ended",
        }
    }

    /// The kind a stored word stands for; `None` for a word this binary does not know.
    #[must_use]
    pub fn parse(word: &str) -> Option<JobKind> {
        (word == JobKind::SessionEnded.as_str()).then_some(JobKind::SessionEnded)
    }
}

/// One piece of work, leased to whoever was given it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// Which job.
    pub id: JobId,
    /// What it is for.
    pub kind: JobKind,
    /// The session it is about.
    pub session: SessionId,
    /// How often it has been leased, this time included.
    pub attempts: u32,
}
