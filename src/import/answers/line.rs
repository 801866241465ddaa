//! The lines of a file of answers.
//!
//! Owns their shapes, and how they are sessions of the store. Everything of a session is in its line, so that what is
//! read is what was written; fields that this release does not know are refused, since they would be lost.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::store::{
    EventRow, Fence, LearnerId, OrganizationId, SessionId, SessionRow, SessionStatus, Sitter,
    WholeSession,
};

/// What the header of every such file says.
pub(super) const FORMAT: &str = "learnr.answers";
/// The version that is written, and the only one that is read.
pub(super) const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) format: String,
    pub(super) version: u32,
    pub(super) certification: String,
}

/// The last line: a file without it was cut short.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trailer {
    pub(super) end: Counts,
}

/// What came before the last line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counts {
    pub(super) sessions: u64,
    pub(super) events: u64,
}

/// A session.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionLine {
    session: Uuid,
    learner: String,
    #[serde(default, skip_serializing_if = "is_no")]
    deleted: bool,
    version: String,
    kind: String,
    settings: Packed,
    stream: String,
    status: String,
    epoch: i64,
    claim: i64,
    started_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summary: Option<Packed>,
    events: Vec<EventLine>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine {
    seq: u32,
    kind: String,
    at: i64,
    epoch: i64,
    claim: i64,
    v: u16,
    #[serde(default, skip_serializing_if = "is_zero")]
    participant: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    area: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    choice: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correct: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    elapsed_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    theta: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    standard_error: Option<f64>,
    #[serde(default, skip_serializing_if = "Packed::is_empty")]
    payload: Packed,
}

fn is_no(flag: &bool) -> bool {
    !*flag
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Bytes in base64.
#[derive(Debug, Default)]
struct Packed(Vec<u8>);

impl Packed {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Packed, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = STANDARD.decode(text).map_err(serde::de::Error::custom)?;
        Ok(Packed(bytes))
    }
}

impl From<WholeSession> for SessionLine {
    fn from(whole: WholeSession) -> SessionLine {
        let WholeSession {
            sitter,
            row,
            events,
        } = whole;
        let (learner, deleted) = match sitter {
            Sitter::Learner(name) => (name, false),
            Sitter::Deleted(tombstone) => (tombstone.to_string(), true),
        };
        SessionLine {
            session: row.id.0,
            learner,
            deleted,
            version: row.bank_version,
            kind: row.kind,
            settings: Packed(row.settings),
            stream: row.stream,
            status: row.status.as_str().to_owned(),
            epoch: row.fence.epoch,
            claim: row.fence.claim,
            started_at: row.started_at,
            ended_at: row.ended_at,
            deadline_at: row.deadline_at,
            summary: row.summary.map(Packed),
            events: events.into_iter().map(EventLine::from).collect(),
        }
    }
}

impl From<EventRow> for EventLine {
    fn from(row: EventRow) -> EventLine {
        EventLine {
            seq: row.seq,
            kind: row.kind,
            at: row.at_ms,
            epoch: row.fence.epoch,
            claim: row.fence.claim,
            v: row.event_version,
            participant: row.participant,
            request_id: row.request_id,
            position: row.position,
            item: row.item,
            area: row.area,
            choice: row.choice,
            correct: row.correct,
            elapsed_ms: row.elapsed_ms,
            theta: row.theta,
            standard_error: row.standard_error,
            payload: Packed(row.payload),
        }
    }
}

impl SessionLine {
    /// Which session.
    pub(super) fn id(&self) -> Uuid {
        self.session
    }

    /// The session as the store takes it; what was expected in which field, and what is there, otherwise.
    pub(super) fn into_session(
        self,
        certification: &str,
    ) -> Result<WholeSession, (&'static str, &'static str, String)> {
        let sitter = if self.deleted {
            let id = Uuid::parse_str(&self.learner);
            let id =
                id.map_err(|_| ("learner", "the UUID of a tombstone", self.learner.clone()))?;
            Sitter::Deleted(LearnerId(id))
        } else if is_name(&self.learner) {
            Sitter::Learner(self.learner)
        } else {
            return Err((
                "learner",
                "a name: 1 to 64 letters, digits and ._:-",
                self.learner,
            ));
        };
        let statuses = "open, paused, completed or faulted";
        let status = SessionStatus::parse(&self.status);
        Ok(WholeSession {
            sitter,
            row: SessionRow {
                id: SessionId(self.session),
                learner: LearnerId(Uuid::nil()),
                organization: OrganizationId::DEFAULT,
                certification: certification.to_owned(),
                bank_version: self.version,
                kind: self.kind,
                settings: self.settings.0,
                stream: self.stream,
                status: status.ok_or(("status", statuses, self.status))?,
                fence: Fence {
                    epoch: self.epoch,
                    claim: self.claim,
                },
                owner: None,
                deadline_at: self.deadline_at,
                started_at: self.started_at,
                ended_at: self.ended_at,
                summary: self.summary.map(|packed| packed.0),
            },
            events: self.events.into_iter().map(EventLine::into_row).collect(),
        })
    }
}

impl EventLine {
    fn into_row(self) -> EventRow {
        EventRow {
            seq: self.seq,
            fence: Fence {
                epoch: self.epoch,
                claim: self.claim,
            },
            kind: self.kind,
            event_version: self.v,
            participant: self.participant,
            at_ms: self.at,
            request_id: self.request_id,
            position: self.position,
            item: self.item,
            choice: self.choice,
            correct: self.correct,
            elapsed_ms: self.elapsed_ms,
            area: self.area,
            theta: self.theta,
            standard_error: self.standard_error,
            payload: self.payload.0,
        }
    }
}

fn is_name(text: &str) -> bool {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "._:-".contains(letter);
    (1..=crate::store::PSEUDONYM_CHARS_MAX).contains(&text.len()) && text.chars().all(allowed)
}
