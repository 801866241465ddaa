//! Owns a session with all its events, as it leaves a store for a file and comes from one into a store. Must not know
//! the file, nor what events mean.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::event::EventRow;
use super::ids::{LearnerId, SessionId};
use super::learner::Identity;
use super::session::{SessionRow, SessionStatus};

/// Who vouches for learners that came with imported sessions.
pub const IMPORT_ISSUER: &str = "import";

/// January 2020: there were no sessions before.
const FIRST_MS: i64 = 1_577_836_800_000;
/// How far another machine's clock may be ahead: a month.
const AHEAD_MS: i64 = 31 * 86_400_000;

/// Characters of the name that a learner goes by in a file.
pub const PSEUDONYM_CHARS_MAX: usize = 64;

/// Who sat a session, as far as a file may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sitter {
    /// A learner, by a name that says nothing of who they are: the subject under [`IMPORT_ISSUER`].
    Learner(String),
    /// Somebody whose account was deleted: the tombstone.
    Deleted(LearnerId),
}

impl Sitter {
    /// The name under which a learner of this store leaves it. The same at every export, told from no other
    /// learner's, and known from the learner's id alone; the id is not to be had from it.
    #[must_use]
    pub fn pseudonym(learner: LearnerId) -> String {
        let mut hash = Sha256::new();
        hash.update(b"learnr pseudonym 1");
        hash.update(learner.0.as_bytes());
        let digest = hash.finalize();
        digest[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The identity behind which the learner is to be found, or made.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        match self {
            Sitter::Learner(subject) => Some(Identity {
                issuer: IMPORT_ISSUER.to_owned(),
                subject: subject.clone(),
            }),
            Sitter::Deleted(_) => None,
        }
    }

    /// Whether a stored session of `learner` is theirs. `known`: the learner behind their identity, where there is one.
    pub(super) fn is(&self, learner: LearnerId, known: Option<LearnerId>) -> bool {
        match self {
            Sitter::Learner(name) => known == Some(learner) || *name == Sitter::pseudonym(learner),
            Sitter::Deleted(tombstone) => *tombstone == learner,
        }
    }
}

/// A session with everything that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeSession {
    /// Whose it is.
    pub sitter: Sitter,
    /// The session. Learner, organization and owner are the store's own: on the way in they mean nothing.
    pub row: SessionRow,
    /// All its events, in order.
    pub events: Vec<EventRow>,
}

/// What came of importing a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// It is stored now.
    Stored,
    /// It was stored before, the same in everything.
    Unchanged,
    /// It is not stored, and why.
    Refused(String),
}

impl WholeSession {
    /// Why it can never be stored, whatever is in the database. `now_ms`: in Unix milliseconds, about now.
    #[must_use]
    pub fn refusal(&self, now_ms: i64) -> Option<String> {
        let row = &self.row;
        if !is_of_time(row.id, now_ms) {
            return Some("its id is no UUIDv7 of a time between 2020 and now".to_owned());
        }
        if self.events.is_empty() {
            return Some("a session without events".to_owned());
        }
        if (row.status == SessionStatus::Completed) != row.ended_at.is_some() {
            let status = row.status.as_str();
            return Some(format!(
                "{status}, and when it ended does not agree with that"
            ));
        }
        let mut epoch = 1;
        let mut request_ids = HashSet::new();
        for (expected, event) in (1..).zip(&self.events) {
            let seq = event.seq;
            if seq != expected {
                return Some(format!("event {seq} where {expected} should be"));
            }
            if let Some(why) = event.refusal(event.fence) {
                return Some(why);
            }
            if !(epoch..=row.fence.epoch).contains(&event.fence.epoch) {
                let found = event.fence.epoch;
                return Some(format!(
                    "event {seq}: epoch {found}, not from {epoch} to the session's {}",
                    row.fence.epoch
                ));
            }
            epoch = event.fence.epoch;
            if let Some(id) = &event.request_id
                && !request_ids.insert((event.participant, id))
            {
                return Some(format!("event {seq}: a request id that an earlier one has"));
            }
        }
        self.text_with_nul()
            .map(|name| format!("a NUL in the {name}, which not every store holds"))
    }

    fn text_with_nul(&self) -> Option<&'static str> {
        let row = &self.row;
        let of_session = [
            ("kind", row.kind.as_str()),
            ("stream", row.stream.as_str()),
            ("certification", row.certification.as_str()),
            ("version", row.bank_version.as_str()),
        ];
        let of_events = self.events.iter().flat_map(|event| {
            [
                ("kind of an event", Some(event.kind.as_str())),
                ("request id", event.request_id.as_deref()),
                ("item", event.item.as_deref()),
                ("choice", event.choice.as_deref()),
                ("area", event.area.as_deref()),
            ]
        });
        let texts = of_session.map(|(name, text)| (name, Some(text)));
        let mut texts = texts.into_iter().chain(of_events);
        let found = texts.find(|(_, text)| text.is_some_and(|text| text.contains('\0')));
        found.map(|(name, _)| name)
    }

    /// What importing it comes to when the session is stored already. `known`: the learner behind the sitter's
    /// identity, where there is one.
    pub(super) fn held_against(
        &self,
        stored: &SessionRow,
        events: &[EventRow],
        known: Option<LearnerId>,
    ) -> Imported {
        if !self.sitter.is(stored.learner, known) {
            return Imported::Refused("this session is stored as another learner's".to_owned());
        }
        let wanted = SessionRow {
            learner: stored.learner,
            organization: stored.organization,
            owner: stored.owner.clone(),
            ..self.row.clone()
        };
        if wanted != *stored {
            return Imported::Refused(format!(
                "this session is stored otherwise: {} there, {} here",
                stored.status.as_str(),
                wanted.status.as_str()
            ));
        }
        let same = self.events.iter().zip(events);
        let first = same.take_while(|(here, there)| here == there).count();
        if first < self.events.len().max(events.len()) {
            return Imported::Refused(format!(
                "this session is stored with other events from number {}: {} there, {} here",
                first + 1,
                events.len(),
                self.events.len()
            ));
        }
        Imported::Unchanged
    }
}

/// Whether an id is a UUIDv7 minted since there could be sessions, and not later than clocks go wrong.
fn is_of_time(id: SessionId, now_ms: i64) -> bool {
    let minted = i64::try_from(id.0.as_u128() >> 80).unwrap_or(i64::MAX);
    id.0.get_version_num() == 7 && (FIRST_MS..=now_ms.saturating_add(AHEAD_MS)).contains(&minted)
}

/// Why a session cannot be stored beside another of its learner's.
pub(super) const OPEN_IN_THE_WAY: &str =
    "its learner has another open session of this kind in this store";
