//! Owns what deleting an account touches: which tables name a learner, what a session says of one beside the answers,
//! how much was kept. Must not know how any of it is encoded or which database it is in.

use uuid::Uuid;

use super::event::EventRow;
use super::ids::LearnerId;

/// What a table that names learners keeps of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Ways of signing in: deleted.
    Identities,
    /// The account with its address and password, its roles, the devices it is signed in on, what mails ask for: deleted.
    Account,
    /// What the learner prefers, and the questions they marked: deleted.
    Notes,
    /// What the learner said of questions: it stays, and nobody said it.
    Reports,
    /// What is known of the learner, and what is due for review: deleted.
    States,
    /// What was counted up from the answers for the learner's own eyes: deleted.
    RollUps,
    /// Sessions: a tombstone takes the learner's place, their answers remain.
    Sessions,
}

/// Every table with a column `learner`, in the order in which deleting an account goes through them; `learners` itself
/// comes last. A test of each adapter fails when one is missing here.
pub const TABLES_OF_LEARNERS: &[(&str, Kept)] = &[
    ("sessions", Kept::Sessions),
    ("learner_states", Kept::States),
    ("learner_activity", Kept::RollUps),
    ("learner_concepts", Kept::RollUps),
    ("learner_progress", Kept::RollUps),
    ("item_reports", Kept::Reports),
    ("preferences", Kept::Notes),
    ("bookmarks", Kept::Notes),
    // Their refresh tokens go with them.
    ("sign_ins", Kept::Account),
    ("mail_tokens", Kept::Account),
    ("account_roles", Kept::Account),
    ("certification_authors", Kept::Account),
    ("accounts", Kept::Account),
    ("identities", Kept::Identities),
];

/// What takes the place of a learner, and of whoever owns their sessions. One for each deletion, however often it is tried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tombstone {
    pub(super) learner: LearnerId,
    /// Random 63 bits that no instance was given.
    pub(super) claim: i64,
}

impl Tombstone {
    pub(super) fn new() -> Tombstone {
        let random = Uuid::new_v4().as_u64_pair().0.cast_signed();
        Tombstone {
            learner: LearnerId::tombstone(),
            claim: random & i64::MAX,
        }
    }
}

/// How much is kept of a learner, in rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Ways of signing in.
    pub identities: u64,
    /// Rows of the account: itself, roles, devices that are signed in, mails to confirm.
    pub account: u64,
    /// Preferences, and marked questions.
    pub notes: u64,
    /// What was said of questions.
    pub reports: u64,
    /// Certifications of which something is known.
    pub states: u64,
    /// Rows counted up from the answers.
    pub roll_ups: u64,
    /// Sessions.
    pub sessions: u64,
}

impl Holdings {
    /// Counts rows of a table.
    pub(super) fn add(&mut self, kept: Kept, rows: u64) {
        *match kept {
            Kept::Identities => &mut self.identities,
            Kept::Account => &mut self.account,
            Kept::Notes => &mut self.notes,
            Kept::Reports => &mut self.reports,
            Kept::States => &mut self.states,
            Kept::RollUps => &mut self.roll_ups,
            Kept::Sessions => &mut self.sessions,
        } += rows;
    }
}

/// The parts of a session that say something of its learner beside the answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Beginning {
    /// The settings of its row.
    pub settings: Vec<u8>,
    /// Its first event.
    pub started: EventRow,
}

/// Takes the learner out of a session's beginning. It cannot fail: what it does not understand it drops. Of the event
/// only kind, version and payload may change.
pub type Strip = fn(Beginning) -> Beginning;
