//! What a learner asks for when a session begins, and its legal range.
//!
//! Owns kinds and settings. Must not know how they are carried out.

use std::sync::Arc;

use super::refusal::Refusal;
use crate::bank::{Bank, Certification, EXAM_LENGTH_MAX};
use crate::ids::{AreaIx, ConceptIx, ItemIx};
use crate::irt::RHO_MAX;
use crate::learner::LearnerState;

/// Fewest questions of a session that is no exam.
pub const LENGTH_MIN: u16 = 5;
/// Most questions of a session that is no exam; an exam has up to [`EXAM_LENGTH_MAX`].
pub const LENGTH_MAX: u16 = 200;
/// Most concepts a focused session may keep to.
pub const FOCUS_CONCEPTS_MAX: usize = 64;
/// Lowest success rate practice may aim for; under it people give up.
pub const TARGET_SUCCESS_MIN: f64 = 0.60;
/// Highest success rate practice may aim for; over it little is learnt.
pub const TARGET_SUCCESS_MAX: f64 = 0.85;
/// Success rate practice aims for unless told otherwise.
pub const TARGET_SUCCESS_DEFAULT: f64 = 0.75;
/// Longest time limit before its multiplier: one day, in milliseconds.
pub const TIME_LIMIT_MS_MAX: i64 = 86_400_000;
/// Largest multiplier of a time limit (accommodations are 1.25 to 3 in practice).
pub const TIME_MULTIPLIER_MAX: f64 = 4.0;
/// Correlation of area abilities until calibrated; too low is safe, too high under-covers.
pub const RHO_DEFAULT: f64 = 0.5;
/// Variance of drift after a practice answer until calibrated, in squared logits.
pub const Q_DEFAULT: f64 = 0.05;
/// Largest variance of drift after one answer, in squared logits.
pub const Q_MAX: f64 = 1.0;

/// What kind of session this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Learning: questions near the target success, weak areas first.
    Practice,
    /// Measuring: the most informative questions in blueprint proportions.
    Diagnostic,
    /// Practice within chosen areas.
    Focused,
    /// Questions last answered wrong, oldest first.
    Review,
    /// A fixed form in blueprint proportions, judged as a whole when it is submitted.
    Exam,
}

impl Kind {
    /// Whether its questions are chosen to measure, and so under exposure control.
    pub fn measures(self) -> bool {
        matches!(self, Self::Diagnostic | Self::Exam)
    }

    /// Whether ability may drift while the session runs, because people learn in it.
    pub fn drifts(self) -> bool {
        !matches!(self, Self::Diagnostic | Self::Exam)
    }

    /// Fewest and most questions of this kind. An exam may be as short as its certification's.
    pub fn lengths(self) -> (u16, u16) {
        match self {
            Self::Exam => (1, EXAM_LENGTH_MAX),
            Self::Practice | Self::Diagnostic | Self::Focused | Self::Review => {
                (LENGTH_MIN, LENGTH_MAX)
            }
        }
    }
}

/// What the learner asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The kind of session.
    pub kind: Kind,
    /// Questions, 5 to 200; 1 to 500 of an exam.
    pub length: u16,
    /// The chosen areas of a focused session; empty for every other kind.
    pub areas: Vec<AreaIx>,
    /// The chosen concepts of a focused session, at most [`FOCUS_CONCEPTS_MAX`]; empty for every other kind. It asks
    /// what lies in a chosen area or touches a chosen concept.
    pub concepts: Vec<ConceptIx>,
    /// Success rate practice aims for, 0.60 to 0.85.
    pub target_success: f64,
    /// Time allowed, in milliseconds, before the multiplier.
    pub time_limit_ms: Option<i64>,
    /// What the time limit is multiplied by, 1 to 4.
    pub time_multiplier: f64,
}

impl Settings {
    /// Settings of a kind, with every other choice at its default: no time limit, no areas.
    pub fn new(kind: Kind, length: u16) -> Self {
        Self {
            kind,
            length,
            areas: Vec::new(),
            concepts: Vec::new(),
            target_success: TARGET_SUCCESS_DEFAULT,
            time_limit_ms: None,
            time_multiplier: 1.0,
        }
    }

    /// The exam of a certification: its length and its time.
    pub fn exam(certification: &Certification) -> Self {
        Self {
            time_limit_ms: Some(i64::from(certification.exam_minutes) * 60_000),
            ..Self::new(Kind::Exam, certification.exam_length)
        }
    }

    /// The time limit with its multiplier, in milliseconds.
    pub fn allowed_ms(&self) -> Option<i64> {
        // Both factors are bounded, so the product is far inside what an f64 holds exactly.
        self.time_limit_ms
            .map(|limit| (limit as f64 * self.time_multiplier) as i64)
    }
}

/// Everything a session begins from.
#[derive(Clone, Debug)]
pub struct Start {
    /// What the learner asked for.
    pub settings: Settings,
    /// What earlier sessions left behind.
    pub learner: Option<LearnerState>,
    /// The version of the bank, to be pinned in the first event.
    pub bank_version: Arc<str>,
    /// Correlation of area abilities, 0 to 0.9.
    pub rho: f64,
    /// Variance of drift after a practice answer, 0 to 1, in squared logits.
    pub q: f64,
    /// Items kept out of a diagnostic or an exam by exposure control, in order; see
    /// [`crate::selection::exposure`].
    pub ineligible: Vec<ItemIx>,
}

impl Start {
    /// A start with the default rho and q.
    pub fn new(settings: Settings, learner: Option<LearnerState>, bank_version: Arc<str>) -> Self {
        Self {
            settings,
            learner,
            bank_version,
            rho: RHO_DEFAULT,
            q: Q_DEFAULT,
            ineligible: Vec::new(),
        }
    }

    /// Whether rho and q are in range; not a number never is.
    pub(super) fn in_range(rho: f64, q: f64) -> bool {
        (0.0..=RHO_MAX).contains(&rho) && (0.0..=Q_MAX).contains(&q)
    }

    pub(super) fn check(&self, bank: &Bank) -> Result<(), Refusal> {
        check_range("rho", self.rho, 0.0, RHO_MAX)?;
        check_range("q", self.q, 0.0, Q_MAX)?;
        check_settings(&self.settings, bank)?;
        let items = bank.items().len();
        if let Some(item) = self.ineligible.iter().find(|item| item.0 as usize >= items) {
            return Err(Refusal::InvalidSetting(format!(
                "ineligible items must be under {items}, got {}",
                item.0
            )));
        }
        match &self.learner {
            Some(learner) => learner.check().map_err(Refusal::InvalidSetting),
            None => Ok(()),
        }
    }
}

pub(super) fn check_settings(settings: &Settings, bank: &Bank) -> Result<(), Refusal> {
    let invalid = |text: String| Err(Refusal::InvalidSetting(text));
    let (fewest, most) = settings.kind.lengths();
    if !(fewest..=most).contains(&settings.length) {
        return invalid(format!(
            "length must be {fewest} to {most}, got {}",
            settings.length
        ));
    }
    check_range(
        "target success",
        settings.target_success,
        TARGET_SUCCESS_MIN,
        TARGET_SUCCESS_MAX,
    )?;
    check_range(
        "time multiplier",
        settings.time_multiplier,
        1.0,
        TIME_MULTIPLIER_MAX,
    )?;
    if let Some(limit) = settings.time_limit_ms
        && !(1..=TIME_LIMIT_MS_MAX).contains(&limit)
    {
        return invalid(format!(
            "time limit must be 1 to {TIME_LIMIT_MS_MAX} ms, got {limit}"
        ));
    }
    check_focus(settings)?;
    check_areas(settings, bank)?;
    check_concepts(settings, bank)
}

fn check_focus(settings: &Settings) -> Result<(), Refusal> {
    let named = settings.areas.len() + settings.concepts.len();
    match (settings.kind, named) {
        (Kind::Focused, 0) => Err(Refusal::InvalidSetting(
            "a focused session must name areas or concepts, got none".into(),
        )),
        (Kind::Focused, _) | (_, 0) => Ok(()),
        (..) => Err(Refusal::InvalidSetting(format!(
            "areas and concepts must be empty unless the session is focused, got {named}"
        ))),
    }
}

fn check_concepts(settings: &Settings, bank: &Bank) -> Result<(), Refusal> {
    let invalid = |text: String| Err(Refusal::InvalidSetting(text));
    let count = settings.concepts.len();
    if count > FOCUS_CONCEPTS_MAX {
        return invalid(format!(
            "concepts must be at most {FOCUS_CONCEPTS_MAX}, got {count}"
        ));
    }
    for (place, concept) in settings.concepts.iter().enumerate() {
        if concept.at() >= bank.concepts().len() {
            return invalid(format!(
                "concept index must be under {}, got {}",
                bank.concepts().len(),
                concept.0
            ));
        }
        if settings.concepts[..place].contains(concept) {
            return invalid(format!(
                "concepts must be distinct, got {} twice",
                concept.0
            ));
        }
    }
    Ok(())
}

fn check_areas(settings: &Settings, bank: &Bank) -> Result<(), Refusal> {
    let invalid = |text: String| Err(Refusal::InvalidSetting(text));
    for (place, area) in settings.areas.iter().enumerate() {
        if area.at() >= bank.areas().len() {
            return invalid(format!(
                "area index must be under {}, got {}",
                bank.areas().len(),
                area.0
            ));
        }
        if settings.areas[..place].contains(area) {
            return invalid(format!("areas must be distinct, got {} twice", area.0));
        }
    }
    Ok(())
}

fn check_range(name: &str, value: f64, low: f64, high: f64) -> Result<(), Refusal> {
    // Not a number lies in no range.
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(Refusal::InvalidSetting(format!(
            "{name} must be {low} to {high}, got {value}"
        )))
    }
}
