//! Owns the stored shape of an event and of a hand-over to the writer. Must not know what an event
//! means: kinds and payloads are the session layer's.

use thiserror::Error;

use super::ids::SessionId;
use super::job::JobKind;
use super::session::{Fence, SessionStatus};

/// Bytes one event's payload may have; an append with a larger one is [`Outcome::Rejected`].
pub const PAYLOAD_BYTES_MAX: usize = 1 << 20;

/// Rows one append may have: one command is one row, imports are sliced.
pub const APPEND_ROWS_MAX: usize = 256;

/// One event of a session, as stored. It never names a learner.
///
/// What history, dashboards and calibration read are typed columns; the rest is `payload`.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// Place in the session: 1 for the first, then without a gap.
    pub seq: u32,
    /// The fence it was written under.
    pub fence: Fence,
    /// The session layer's word for what happened: `started`, `answered` and so on.
    pub kind: String,
    /// Version of the payload's shape.
    pub event_version: u16,
    /// Who did it: 0 when solo.
    pub participant: u32,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
    /// The client's id of the request; unique per session and participant.
    pub request_id: Option<String>,
    /// Place of the question in the session.
    pub position: Option<u16>,
    /// Which item was answered.
    pub item: Option<String>,
    /// What was submitted.
    pub choice: Option<String>,
    /// Whether that was right.
    pub correct: Option<bool>,
    /// Time from question to answer, in milliseconds.
    pub elapsed_ms: Option<i64>,
    /// Knowledge area of the item.
    pub area: Option<String>,
    /// Resulting ability in that area, in logits; finite.
    pub theta: Option<f64>,
    /// Standard error of `theta`, in logits; finite.
    pub standard_error: Option<f64>,
    /// Everything else, encoded and versioned by the session layer.
    pub payload: Vec<u8>,
}

/// One stored answer, for holding a ledger of acknowledgements against the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// The session it belongs to.
    pub session: SessionId,
    /// Its place in the session.
    pub seq: u32,
    /// The epoch it was written under.
    pub epoch: i64,
    /// The client's id of the request.
    pub request_id: Option<String>,
    /// Place of the question in the session.
    pub position: Option<u16>,
}

/// Rows of one session handed to the writer: stored all together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// Which session.
    pub session: SessionId,
    /// The fence the writer holds; every row carries the same.
    pub fence: Fence,
    /// Contiguous rows, first the lowest `seq`. Empty only for a change of status alone.
    pub rows: Vec<EventRow>,
    /// A change of the session's row in the same transaction.
    pub status: Option<StatusChange>,
}

impl Append {
    /// Why it can never be stored, whatever is in the database.
    pub(super) fn refusal(&self) -> Option<String> {
        if self.rows.is_empty() && self.status.is_none() {
            return Some("an append with neither rows nor a change of status".to_owned());
        }
        if self.rows.len() > APPEND_ROWS_MAX {
            return Some(format!(
                "{} rows in one append, {APPEND_ROWS_MAX} are allowed",
                self.rows.len()
            ));
        }
        let gap = self
            .rows
            .windows(2)
            .find(|pair| pair[0].seq.checked_add(1) != Some(pair[1].seq));
        if let Some(pair) = gap {
            return Some(format!(
                "event {} follows event {}",
                pair[1].seq, pair[0].seq
            ));
        }
        self.rows.iter().find_map(|row| row.refusal(self.fence))
    }
}

impl EventRow {
    /// Why it can never be stored under `fence`.
    pub(super) fn refusal(&self, fence: Fence) -> Option<String> {
        let seq = self.seq;
        if seq == 0 {
            return Some("event 0: places begin at 1".to_owned());
        }
        if self.fence != fence {
            return Some(format!("event {seq}: another fence than its append"));
        }
        if self.payload.len() > PAYLOAD_BYTES_MAX {
            return Some(format!(
                "event {seq}: payload of {} bytes, {PAYLOAD_BYTES_MAX} are allowed",
                self.payload.len()
            ));
        }
        let reals = [self.theta, self.standard_error];
        if !reals.into_iter().flatten().all(f64::is_finite) {
            return Some(format!(
                "event {seq}: theta or standard error is not finite"
            ));
        }
        None
    }
}

/// What becomes of the session's row together with the events that caused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusChange {
    /// The new status.
    pub status: SessionStatus,
    /// When it ended, in Unix milliseconds; `None` while it goes on.
    pub ended_at: Option<i64>,
    /// The next deadline, replacing the stored one.
    pub deadline_at: Option<i64>,
    /// Summary of the ended session; `None` keeps what is stored.
    pub summary: Option<Vec<u8>>,
    /// Background work to add for the session, once for each kind.
    pub jobs: Vec<JobKind>,
}

/// What came of an append, told after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The rows are on disk, now or from an earlier attempt under the same fence.
    Stored,
    /// Another claim holds the session, or another event holds the place: let go of the session.
    Fenced,
    /// Not stored, and not to be handed over again: the store was out of reach up to the retry
    /// limit, or an earlier row of the session was given up. Drop the state, claim, replay.
    Unavailable,
    /// Never to be stored, and why. This session alone stops.
    Rejected(String),
}

/// Why an append was not taken. Nothing of it was queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AppendRefused {
    /// As many rows wait as may: refuse new commands until it drains.
    #[error("the store's queue is full")]
    Full,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
}
