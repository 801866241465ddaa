//! Why a command was not carried out, or a history could not be folded.
//!
//! Owns both enums and their wording. A refusal leaves the session as it was; a replay error means the
//! stored history is damaged or from another engine.

use std::fmt;

use super::settings::Kind;
use crate::ids::{AreaId, Position};

/// Why a command was not carried out. The session is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No question was served at this position.
    NotServed {
        /// The position asked for.
        position: Position,
    },
    /// The question at this position was answered by another request.
    AlreadyAnswered {
        /// The position asked for.
        position: Position,
    },
    /// An option named is not one of the question's.
    UnknownOption,
    /// No option was named.
    NoOption,
    /// More options than the question takes, or one named twice.
    TooManyOptions,
    /// The session is paused.
    Paused,
    /// The session is not paused.
    NotPaused,
    /// The session has ended.
    Ended,
    /// The time was up.
    TooLate {
        /// Milliseconds since it was.
        by_ms: i64,
    },
    /// The deadline has not come, or there is none: a timer that fired early, which re-arms.
    NotDue,
    /// This request id was used for another command, or another position.
    RequestIdReused,
    /// The session was paused too often.
    TooManyPauses {
        /// How often is allowed.
        limit: u16,
    },
    /// Flags and going back are for exams.
    ExamOnly,
    /// An exam cannot be paused.
    NoPause,
    /// The learner changed answers, set flags and moved too often in one exam.
    TooManyChanges {
        /// How often is allowed.
        limit: u32,
    },
    /// The exam needs more questions than there are, in an area or in all.
    TooFewItems {
        /// The area; `None` for the whole certification.
        area: Option<AreaId>,
        /// Questions the exam needs.
        needed: u16,
        /// Questions there are that may stand in one exam.
        found: u32,
    },
    /// A setting or an argument is outside its range; the text names it.
    InvalidSetting(String),
    /// No question can be served: for a review, because none was missed.
    NoItems {
        /// The kind of session asked for.
        kind: Kind,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotServed { position } => write!(f, "no question was served at {position}"),
            Self::AlreadyAnswered { position } => {
                write!(f, "the question at {position} is already answered")
            }
            Self::UnknownOption => f.write_str("an option is not one of the question's"),
            Self::NoOption => f.write_str("an answer must name an option"),
            Self::TooManyOptions => f.write_str("more options than the question takes"),
            Self::Paused => f.write_str("the session is paused"),
            Self::NotPaused => f.write_str("the session is not paused"),
            Self::Ended => f.write_str("the session has ended"),
            Self::TooLate { by_ms } => write!(f, "the time was up {by_ms} ms ago"),
            Self::NotDue => f.write_str("no deadline has passed"),
            Self::RequestIdReused => f.write_str("the request id was used for a different request"),
            Self::TooManyPauses { limit } => {
                write!(f, "a session may be paused {limit} times at most")
            }
            Self::ExamOnly => f.write_str("only an exam has flags and going back"),
            Self::NoPause => f.write_str("an exam cannot be paused"),
            Self::TooManyChanges { limit } => {
                write!(
                    f,
                    "an exam takes {limit} changes of answers, flags and moves at most"
                )
            }
            Self::TooFewItems {
                area: Some(area),
                needed,
                found,
            } => write!(
                f,
                "the exam needs {needed} questions of area {area}, and {found} can stand in one: \
                 choose a shorter one"
            ),
            Self::TooFewItems {
                area: None,
                needed,
                found,
            } => write!(
                f,
                "the exam needs {needed} questions, and there are {found}: choose a shorter one"
            ),
            Self::InvalidSetting(text) => f.write_str(text),
            Self::NoItems { kind: Kind::Review } => f.write_str("no missed question to review"),
            Self::NoItems { .. } => f.write_str("no question is left to serve"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Why a history could not be folded. The session must not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayError {
    /// There are no events.
    Empty,
    /// The first event is not `Started`, or a later one is.
    Started {
        /// Where.
        seq: u32,
    },
    /// The history has a gap, or an event twice.
    Seq {
        /// The number that had to come.
        expected: u32,
        /// The number that came.
        found: u32,
    },
    /// Another engine began this session.
    EngineVersion {
        /// Its version.
        found: u16,
    },
    /// An event lies before the one before it.
    TimeWentBack {
        /// Where.
        seq: u32,
    },
    /// An event names an item or area this bank does not have: not the bank it was made with.
    NotInBank {
        /// Where.
        seq: u32,
    },
    /// An event contradicts the state it follows; the text says how.
    Contradiction {
        /// Where.
        seq: u32,
        /// What contradicts.
        what: &'static str,
    },
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a history must have events"),
            Self::Started { seq } => {
                write!(
                    f,
                    "event {seq}: started must be the first event, and only that"
                )
            }
            Self::Seq { expected, found } => {
                write!(f, "event {found}: seq must be {expected}, got {found}")
            }
            Self::EngineVersion { found } => write!(
                f,
                "engine version must be {}, got {found}",
                super::ENGINE_VERSION
            ),
            Self::TimeWentBack { seq } => write!(f, "event {seq}: lies before the one before it"),
            Self::NotInBank { seq } => write!(f, "event {seq}: names what the bank does not have"),
            Self::Contradiction { seq, what } => write!(f, "event {seq}: {what}"),
        }
    }
}

impl std::error::Error for ReplayError {}
