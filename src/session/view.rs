//! The domain's values in the shapes of the wire: questions, scores, progress, summaries.
//!
//! Owns the one translation that the socket and REST share. Decides nothing.

use learnr_domain::bank::{Item, Select};
use learnr_domain::learner::AreaScore;
use learnr_domain::session::{EndReason, Kind, Place, Reason, Served, Settings, Status, Summary};
use learnr_domain::{Bank, OptionIx, OptionSet, Session};
use learnr_protocol as wire;

use crate::store::record::{self, RecordError};
use crate::store::{SessionRow, SessionStatus};

/// A share as percent, to a tenth: what a learner sees moves no faster than it means something.
#[must_use]
pub fn percent(share: f64) -> f64 {
    (share * 1000.0).round() / 10.0
}

/// A kind of session on the wire.
#[must_use]
pub fn kind(kind: Kind) -> wire::SessionKind {
    match kind {
        Kind::Practice => wire::SessionKind::Practice,
        Kind::Diagnostic => wire::SessionKind::Diagnostic,
        Kind::Focused => wire::SessionKind::Focused,
        Kind::Review => wire::SessionKind::Review,
        Kind::Exam => wire::SessionKind::Exam,
    }
}

/// A kind of session from the wire.
#[must_use]
pub fn kind_from_wire(kind: wire::SessionKind) -> Kind {
    match kind {
        wire::SessionKind::Practice => Kind::Practice,
        wire::SessionKind::Diagnostic => Kind::Diagnostic,
        wire::SessionKind::Focused => Kind::Focused,
        wire::SessionKind::Review => Kind::Review,
        wire::SessionKind::Exam => Kind::Exam,
    }
}

pub(super) fn reason(reason: Reason) -> wire::Reason {
    match reason {
        Reason::New => wire::Reason::New,
        Reason::Balance => wire::Reason::Balance,
        Reason::Information => wire::Reason::Information,
        Reason::Probe => wire::Reason::Probe,
        Reason::TargetDifficulty => wire::Reason::TargetDifficulty,
        Reason::WeakestArea => wire::Reason::WeakestArea,
        Reason::DueForReview => wire::Reason::DueForReview,
        Reason::Missed => wire::Reason::Missed,
        Reason::LeastRecentlySeen => wire::Reason::LeastRecentlySeen,
        Reason::Trial => wire::Reason::Trial,
    }
}

pub(super) fn end_reason(reason: EndReason) -> wire::EndReason {
    match reason {
        EndReason::Length => wire::EndReason::Length,
        EndReason::Finished => wire::EndReason::Finished,
        EndReason::Precise => wire::EndReason::Precise,
        EndReason::Time => wire::EndReason::Time,
        EndReason::NoItems => wire::EndReason::NoItems,
    }
}

/// A live session's status on the wire.
#[must_use]
pub fn live_status(status: Status) -> wire::SessionStatus {
    match status {
        Status::Active => wire::SessionStatus::Open,
        Status::Paused => wire::SessionStatus::Paused,
        Status::Ended(_) => wire::SessionStatus::Completed,
    }
}

/// A stored session's status on the wire.
#[must_use]
pub fn stored_status(status: SessionStatus) -> wire::SessionStatus {
    match status {
        SessionStatus::Open => wire::SessionStatus::Open,
        SessionStatus::Paused => wire::SessionStatus::Paused,
        SessionStatus::Completed => wire::SessionStatus::Completed,
        SessionStatus::Faulted => wire::SessionStatus::Faulted,
    }
}

fn settings(bank: &Bank, settings: &Settings) -> wire::Settings {
    wire::Settings {
        length: settings.length,
        areas: settings
            .areas
            .iter()
            .map(|area| bank.area(*area).id.to_string())
            .collect(),
        concepts: settings
            .concepts
            .iter()
            .filter_map(|concept| bank.concepts().get(concept.at()))
            .map(ToString::to_string)
            .collect(),
        time_limit_ms: settings.time_limit_ms,
        time_multiplier: settings.time_multiplier,
    }
}

/// A stored session as its learner sees it.
///
/// # Errors
/// [`RecordError`] when the stored settings are damaged.
pub fn session_info(row: &SessionRow, bank: &Bank) -> Result<wire::SessionInfo, RecordError> {
    let stored = record::settings_from_bytes(&row.settings)?;
    Ok(wire::SessionInfo {
        id: row.id.to_string(),
        kind: kind(stored.kind),
        certification: wire::CertificationRef {
            id: row.certification.clone(),
            title: bank.certification().title.clone(),
        },
        settings: settings(bank, &stored),
        status: stored_status(row.status),
    })
}

/// A question as it is served: the key, the explanations and the parameters stay here.
#[must_use]
pub fn question<'a>(
    bank: &'a Bank,
    served: &Served,
    deadline_ms: Option<i64>,
) -> wire::QuestionRef<'a> {
    let item = bank.item(served.item);
    wire::QuestionRef {
        position: served.position.0,
        item_id: item.id.as_str(),
        stem: &item.stem,
        stimulus: item.stimulus.as_deref(),
        options: served
            .order
            .iter()
            .filter_map(|option| item.options.get(option.at()))
            .map(|option| wire::QuestionOptionRef {
                id: option.id.as_str(),
                text: &option.text,
            })
            .collect(),
        select: match item.select {
            Select::One => wire::Select::One,
            Select::Many => wire::Select::Many,
        },
        area: bank.area(item.area).id.as_str(),
        deadline_ms,
        reason: reason(served.reason),
        choice: Vec::new(),
    }
}

/// A question together with the answer recorded for it.
#[must_use]
pub fn exam_question(
    bank: &Bank,
    served: &Served,
    deadline_ms: Option<i64>,
    chosen: OptionSet,
) -> wire::Question {
    let question = wire::QuestionRef {
        choice: option_ids(bank.item(served.item), chosen),
        ..question(bank, served, deadline_ms)
    };
    question.into_owned()
}

/// The ids of some of an item's options, in the author's order.
pub(super) fn option_ids(item: &Item, options: OptionSet) -> Vec<&str> {
    let options = options.iter().filter_map(|ix| item.options.get(ix.at()));
    options.map(|option| option.id.as_str()).collect()
}

/// Ids to keep.
pub(super) fn owned(ids: Vec<&str>) -> Vec<String> {
    ids.into_iter().map(ToOwned::to_owned).collect()
}

/// What the author says of each option, in the order given.
pub(super) fn explanations(
    item: &Item,
    order: impl Iterator<Item = OptionIx>,
) -> Vec<wire::ExplanationRef<'_>> {
    let options = order.filter_map(|ix| item.options.get(ix.at()));
    let explained = options.map(|option| wire::ExplanationRef {
        option_id: option.id.as_str(),
        text: &option.explanation,
    });
    explained.collect()
}

/// One area's score.
#[must_use]
pub fn area_score<'a>(bank: &'a Bank, score: &AreaScore) -> wire::AreaScoreRef<'a> {
    wire::AreaScoreRef {
        area: bank.area(score.area).id.as_str(),
        score: percent(score.score),
        low: percent(score.low),
        high: percent(score.high),
    }
}

/// Every area's score.
#[must_use]
pub fn competency(session: &Session) -> Vec<wire::AreaScore> {
    let bank = session.bank();
    session
        .competency()
        .iter()
        .map(|known| wire::AreaScore {
            area: bank.area(known.area).id.to_string(),
            score: percent(known.score),
            low: percent(known.low),
            high: percent(known.high),
        })
        .collect()
}

/// How far a session has come.
#[must_use]
pub fn progress(session: &Session) -> wire::Progress {
    let progress = session.progress();
    wire::Progress {
        answered: progress.answered,
        correct: progress.correct,
        length: progress.length,
    }
}

/// What an ended session came to; `None` while it runs.
#[must_use]
pub fn summary(bank: &Bank, summary: &Summary) -> Option<wire::Summary> {
    Some(wire::Summary {
        reason: end_reason(summary.end?),
        answered: summary.answered,
        correct: summary.correct,
        elapsed_ms: summary.elapsed_ms,
        areas: summary
            .areas
            .iter()
            .map(|area| wire::AreaResult {
                area: bank.area(area.area).id.to_string(),
                title: bank.area(area.area).title.clone(),
                answered: area.answered,
                correct: area.correct,
                before: area_score(bank, &area.before).into_owned(),
                after: area_score(bank, &area.after).into_owned(),
            })
            .collect(),
        exam: summary.exam.map(|exam| wire::ExamResult {
            questions: exam.questions,
            correct: exam.correct,
            needed: exam.needed,
            score: percent(f64::from(exam.correct) / f64::from(exam.questions.max(1))),
            passed: exam.passed(),
        }),
    })
}

/// Everything a client needs to draw itself from nothing.
#[must_use]
pub fn state(session: &Session) -> wire::State {
    let bank = session.bank();
    wire::State {
        offset: session.seq(),
        status: live_status(session.status()),
        progress: progress(session),
        competency: competency(session),
        question: session.open_question().map(|served| {
            let chosen = session.recorded(served.position);
            exam_question(bank, served, deadline(session), chosen)
        }),
        exam: session.places().map(|places| grid(&places)),
        summary: summary(bank, &session.summary()),
    }
}

fn grid(places: &[Place]) -> wire::ExamGrid {
    let at = |wanted: fn(&Place) -> bool| {
        let places = places.iter().filter(|place| wanted(place));
        places.map(|place| place.position.0).collect()
    };
    wire::ExamGrid {
        answered: at(|place| !place.chosen.is_empty()),
        flagged: at(|place| place.flagged),
    }
}

/// When the session's time runs out.
#[must_use]
pub fn deadline(session: &Session) -> Option<i64> {
    session.next_deadline().map(|at| at.0)
}
