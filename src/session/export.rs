//! What is kept of a learner, as they are given it: states and sessions in readable form.
//!
//! Owns what is told of each event. A key is never told, and whether an answer of an exam is right not before the exam
//! is submitted. What cannot be read is said to be there.

use learnr_domain::learner::AreaPrior;
use learnr_domain::session::{Event, Fact, Served, Started};
use learnr_domain::{Bank, ItemIx, Likelihood, OptionSet};
use learnr_protocol::learner::{
    ExportedArea, ExportedBeginning, ExportedEvent, ExportedMemory, ExportedSeen, ExportedServed,
    ExportedSession, ExportedState,
};

use super::view;
use crate::store::record::{self, RecordError};
use crate::store::{EventRow, LearnerStateRow, SessionRow};

/// The word of the event by which a session is submitted.
const COMPLETED: &str = "completed";

/// What is known of a learner in one certification.
#[must_use]
pub fn exported_state(row: &LearnerStateRow) -> ExportedState {
    let mut exported = ExportedState {
        certification: row.certification.clone(),
        last_session: row.watermark.session.to_string(),
        updated_ms: row.watermark.ended_at,
        areas: Vec::new(),
        questions: Vec::new(),
        unreadable: None,
    };
    match record::learner_from_bytes(&row.body) {
        Ok(state) => {
            let areas = state.areas.iter();
            let area = |known: &learnr_domain::learner::LearnerArea| {
                area(known.area.to_string(), known.answers, &known.likelihood)
            };
            exported.areas = areas.map(area).collect();
            let questions = state.seen.iter().map(|seen| ExportedMemory {
                question: seen.item.to_string(),
                last_answered_ms: seen.at.0,
                correct: seen.correct,
                times: seen.times,
                credit: seen.credit,
                stability_days: seen.memory.stability_days,
                difficulty: seen.memory.difficulty,
            });
            exported.questions = questions.collect();
        }
        Err(error) => exported.unreadable = Some(error.to_string()),
    }
    exported
}

fn area(area: String, answers: u32, likelihood: &Likelihood) -> ExportedArea {
    ExportedArea {
        area,
        answers,
        likelihood: likelihood.to_vec(),
    }
}

/// A session with every event. `bank` is that of its version; without one, the typed columns are told.
#[must_use]
pub fn exported_session(
    row: &SessionRow,
    bank: Option<&Bank>,
    events: &[EventRow],
) -> ExportedSession {
    let info = bank.and_then(|bank| view::session_info(row, bank).ok());
    let summary = row.summary.as_deref().map(record::summary_from_bytes);
    let summary = summary.and_then(Result::ok).zip(bank);
    let submitted = events.iter().any(|event| event.kind == COMPLETED);
    ExportedSession {
        id: row.id.to_string(),
        certification: row.certification.clone(),
        certification_version: row.bank_version.clone(),
        status: view::stored_status(row.status),
        started_ms: row.started_at,
        ended_ms: row.ended_at,
        kind: record::kind_of(&row.kind).map(view::kind),
        settings: info.map(|info| info.settings),
        summary: summary.and_then(|(summary, bank)| view::summary(bank, &summary)),
        events: events
            .iter()
            .map(|event| exported_event(event, bank, submitted))
            .collect(),
    }
}

fn exported_event(row: &EventRow, bank: Option<&Bank>, submitted: bool) -> ExportedEvent {
    // Only what practice told at once is not a secret before the end; of a word not known here nobody can say.
    let told = submitted || row.kind == "answered";
    let mut exported = ExportedEvent {
        seq: row.seq,
        kind: row.kind.clone(),
        at_ms: row.at_ms,
        request_id: row.request_id.clone(),
        position: row.position,
        question: row.item.clone(),
        correct: row.correct.filter(|_| told),
        elapsed_ms: row.elapsed_ms,
        area: row.area.clone(),
        theta: row.theta,
        standard_error: row.standard_error,
        ..ExportedEvent::default()
    };
    let read = record::event_from_row(row).and_then(|event| match bank {
        Some(bank) => tell(&mut exported, bank, &event),
        None => Err(not_in_bank()),
    });
    if let Err(error) = read {
        exported.unreadable = Some(error.to_string());
        exported.answer = row.choice.clone().map(|choice| vec![choice]);
    }
    exported
}

fn tell(to: &mut ExportedEvent, bank: &Bank, event: &Event) -> Result<(), RecordError> {
    match &event.fact {
        Fact::Started(started) => {
            to.began_from = Some(beginning(bank, started)?);
            to.next = Some(served(bank, &started.first)?);
        }
        Fact::Answered(answered) => {
            answer(to, bank, answered.item, answered.chosen)?;
            to.confidence = answered.confidence;
            let known =
                |score: &&learnr_domain::learner::AreaScore| score.area.at() < bank.areas().len();
            let scores = answered.scores.iter().filter(known);
            to.competency = scores
                .map(|score| view::area_score(bank, score).into_owned())
                .collect();
            to.next = answered
                .next
                .as_ref()
                .map(|next| served(bank, next))
                .transpose()?;
        }
        Fact::Recorded(recorded) => {
            answer(to, bank, recorded.item, recorded.chosen)?;
            to.confidence = recorded.confidence;
            to.next = recorded
                .next
                .as_ref()
                .map(|next| served(bank, next))
                .transpose()?;
        }
        Fact::Moved(next) => to.next = Some(served(bank, next)?),
        Fact::TimeCredited { by_ms } => to.credited_ms = Some(*by_ms),
        Fact::Completed(completed) => to.reason = Some(view::end_reason(completed.reason)),
        Fact::Flagged { .. } | Fact::Paused | Fact::Resumed => {}
    }
    Ok(())
}

fn answer(
    to: &mut ExportedEvent,
    bank: &Bank,
    item: ItemIx,
    chosen: OptionSet,
) -> Result<(), RecordError> {
    let item = bank.get(item).ok_or_else(not_in_bank)?;
    let options = chosen.iter().filter_map(|ix| item.options.get(ix.at()));
    to.stem = Some(item.stem.clone());
    to.answer = Some(options.map(|option| option.text.clone()).collect());
    Ok(())
}

fn beginning(bank: &Bank, started: &Started) -> Result<ExportedBeginning, RecordError> {
    let of_area = |prior: &AreaPrior| {
        let known = bank.areas().get(prior.area.at()).ok_or_else(not_in_bank)?;
        Ok(area(known.id.to_string(), prior.answers, &prior.likelihood))
    };
    let seen = |seen: &learnr_domain::session::Seen| {
        Ok(ExportedSeen {
            question: id_of(bank, seen.item)?,
            last_answered_ms: seen.at.0,
            correct: seen.correct,
            credit: seen.credit,
            stability_days: seen.stability_days,
        })
    };
    let form = started.form.iter().map(|question| served(bank, question));
    Ok(ExportedBeginning {
        areas: started
            .prior
            .iter()
            .map(of_area)
            .collect::<Result<_, _>>()?,
        seen: started.seen.iter().map(seen).collect::<Result<_, _>>()?,
        form: form.collect::<Result<_, _>>()?,
    })
}

fn served(bank: &Bank, served: &Served) -> Result<ExportedServed, RecordError> {
    Ok(ExportedServed {
        position: served.position.0,
        question: id_of(bank, served.item)?,
        reason: view::reason(served.reason),
        at_ms: served.at.0,
    })
}

fn id_of(bank: &Bank, item: ItemIx) -> Result<String, RecordError> {
    let item = bank.get(item).ok_or_else(not_in_bank)?;
    Ok(item.id.to_string())
}

fn not_in_bank() -> RecordError {
    RecordError::Payload {
        what: "event",
        detail: "its certification cannot be read, or is another".to_owned(),
    }
}
