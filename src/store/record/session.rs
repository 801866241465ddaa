//! What a sessions row keeps beside the events: settings and summary, for lists that do not replay.

use learnr_domain::learner::AreaScore;
use learnr_domain::session::{AreaSummary, EndReason, ExamResult, Kind, Settings, Summary};
use learnr_domain::{AreaIx, ConceptIx};
use serde::{Deserialize, Serialize};

use super::event::END_REASONS;
use super::{Codes, RecordError, pack, unpack};

/// Settings as they are stored, in the sessions row and in the first event.
#[derive(Serialize, Deserialize)]
pub(super) struct SettingsV1 {
    kind: u8,
    length: u16,
    areas: Vec<u8>,
    target_success: f64,
    time_limit_ms: Option<i64>,
    time_multiplier: f64,
    /// Not in rows of before there were any, which are written as read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    concepts: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
struct SummaryV1 {
    end: Option<u8>,
    answered: u16,
    correct: u16,
    elapsed_ms: i64,
    areas: Vec<AreaSummaryV1>,
    /// Questions, right and needed of an exam; left out for every other kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exam: Option<[u16; 3]>,
}

#[derive(Serialize, Deserialize)]
struct AreaSummaryV1(u8, u16, u16, [f64; 3], [f64; 3]);

const KINDS: Codes<Kind> = Codes(&[
    Kind::Practice,
    Kind::Diagnostic,
    Kind::Focused,
    Kind::Review,
    Kind::Exam,
]);

/// The kind of session that a stored word names.
#[must_use]
pub fn kind_of(name: &str) -> Option<Kind> {
    KINDS
        .0
        .iter()
        .copied()
        .find(|kind| kind_name(*kind) == name)
}

/// The word stored for a kind of session.
#[must_use]
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Practice => "practice",
        Kind::Diagnostic => "diagnostic",
        Kind::Focused => "focused",
        Kind::Review => "review",
        Kind::Exam => "exam",
    }
}

pub(super) fn settings_v1(settings: &Settings) -> SettingsV1 {
    SettingsV1 {
        kind: KINDS.code(settings.kind),
        length: settings.length,
        areas: settings.areas.iter().map(|area| area.0).collect(),
        target_success: settings.target_success,
        time_limit_ms: settings.time_limit_ms,
        time_multiplier: settings.time_multiplier,
        concepts: settings.concepts.iter().map(|concept| concept.0).collect(),
    }
}

pub(super) fn settings_of(stored: SettingsV1) -> Result<Settings, RecordError> {
    Ok(Settings {
        kind: KINDS.value(stored.kind)?,
        length: stored.length,
        areas: stored.areas.into_iter().map(AreaIx).collect(),
        concepts: stored.concepts.into_iter().map(ConceptIx).collect(),
        target_success: stored.target_success,
        time_limit_ms: stored.time_limit_ms,
        time_multiplier: stored.time_multiplier,
    })
}

/// Settings as anybody might have had them.
pub(super) fn without_accommodation(mut stored: SettingsV1) -> SettingsV1 {
    stored.time_multiplier = 1.0;
    stored
}

/// Settings for a sessions row.
#[must_use]
pub fn settings_to_bytes(settings: &Settings) -> Vec<u8> {
    pack(&settings_v1(settings))
}

/// The settings of a sessions row.
///
/// # Errors
/// [`RecordError`] when they are damaged.
pub fn settings_from_bytes(bytes: &[u8]) -> Result<Settings, RecordError> {
    settings_of(unpack("session settings", bytes)?)
}

/// A summary for a sessions row.
#[must_use]
pub fn summary_to_bytes(summary: &Summary) -> Vec<u8> {
    let score = |score: &AreaScore| [score.score, score.low, score.high];
    pack(&SummaryV1 {
        end: summary.end.map(|reason| END_REASONS.code(reason)),
        answered: summary.answered,
        correct: summary.correct,
        elapsed_ms: summary.elapsed_ms,
        areas: summary
            .areas
            .iter()
            .map(|area| {
                let (before, after) = (score(&area.before), score(&area.after));
                AreaSummaryV1(area.area.0, area.answered, area.correct, before, after)
            })
            .collect(),
        exam: summary
            .exam
            .map(|exam| [exam.questions, exam.correct, exam.needed]),
    })
}

/// The summary of a sessions row.
///
/// # Errors
/// [`RecordError`] when it is damaged.
pub fn summary_from_bytes(bytes: &[u8]) -> Result<Summary, RecordError> {
    let stored: SummaryV1 = unpack("session summary", bytes)?;
    let score = |area, [score, low, high]: [f64; 3]| AreaScore {
        area,
        score,
        low,
        high,
    };
    let end: Option<EndReason> = stored.end.map(|code| END_REASONS.value(code)).transpose()?;
    Ok(Summary {
        areas: stored
            .areas
            .into_iter()
            .map(
                |AreaSummaryV1(ix, answered, correct, before, after)| AreaSummary {
                    area: AreaIx(ix),
                    answered,
                    correct,
                    before: score(AreaIx(ix), before),
                    after: score(AreaIx(ix), after),
                },
            )
            .collect(),
        answered: stored.answered,
        correct: stored.correct,
        elapsed_ms: stored.elapsed_ms,
        end,
        exam: stored.exam.map(|[questions, correct, needed]| ExamResult {
            questions,
            correct,
            needed,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_stored_without_loss_and_older_ones_are_written_as_they_were() {
        let mut settings = Settings::new(Kind::Focused, 20);
        settings.areas = vec![AreaIx(2)];
        let old = (2_u8, 20_u16, vec![2_u8], 0.75, None::<i64>, 1.0);
        assert_eq!(settings_to_bytes(&settings), pack(&old));
        assert_eq!(
            settings_from_bytes(&pack(&old)).expect("an old row"),
            settings
        );
        settings.concepts = vec![ConceptIx(7), ConceptIx(100_000)];
        let bytes = settings_to_bytes(&settings);
        assert_eq!(
            settings_from_bytes(&bytes).expect("its own bytes"),
            settings
        );
    }
}
