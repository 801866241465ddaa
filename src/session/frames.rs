//! The durable frame of each stored event.
//!
//! Owns what a learner is told once an event is stored. The key and the explanations leave the bank here, and of
//! sessions that have ended in `review`; nowhere else.

use learnr_domain::session::{Answered, Event, Fact, Served};
use learnr_domain::{Bank, OptionIx, Refusal};
use learnr_protocol as wire;
use learnr_protocol::{ErrorCode, GoingAway, ServerMessage};

use super::history::Entry;
use super::view;

/// The frame of an event, as everyone in the session is told of it.
pub(super) fn durable(bank: &Bank, entry: &Entry) -> ServerMessage {
    let Event {
        seq, request_id, ..
    } = &entry.event;
    let (offset, prev) = (*seq, seq.saturating_sub(1));
    let request_id = request_id.as_ref().map(ToString::to_string);
    let changed = |flag, question| {
        ServerMessage::SessionChanged(wire::SessionChanged {
            offset,
            prev,
            request_id: request_id.clone(),
            status: entry.status,
            progress: entry.progress.clone(),
            deadline_ms: entry.deadline_ms,
            flag,
            question,
        })
    };
    match &entry.event.fact {
        Fact::Started(started) => ServerMessage::Started(wire::Started {
            offset,
            prev,
            next: view::question(bank, &started.first, entry.deadline_ms).into_owned(),
        }),
        Fact::Answered(told) => ServerMessage::Answered(answered(bank, told, entry).into_owned()),
        Fact::Recorded(recorded) => ServerMessage::Recorded(wire::Recorded {
            offset,
            prev,
            request_id: request_id.unwrap_or_default(),
            position: recorded.position.0,
            choice: view::owned(view::option_ids(bank.item(recorded.item), recorded.chosen)),
            progress: entry.progress.clone(),
            next: recorded.next.as_ref().map(|next| opened(bank, next, entry)),
        }),
        Fact::Flagged { position, flagged } => {
            let flag = wire::Flag {
                position: position.0,
                flagged: *flagged,
            };
            changed(Some(flag), None)
        }
        Fact::Moved(to) => changed(None, Some(opened(bank, to, entry))),
        Fact::Paused | Fact::Resumed | Fact::TimeCredited { .. } => changed(None, None),
        Fact::Completed(_) => ServerMessage::Completed(wire::Completed {
            offset,
            prev,
            summary: entry
                .summary
                .as_deref()
                .cloned()
                .expect("a completed event is recorded with its summary"),
        }),
    }
}

/// The question of an exam that an event opened, with what is recorded for it.
fn opened(bank: &Bank, served: &Served, entry: &Entry) -> wire::Question {
    view::exam_question(bank, served, entry.deadline_ms, entry.chosen)
}

/// The frame of an answer, with its texts where they stand in the bank.
pub(super) fn answered<'a>(
    bank: &'a Bank,
    answered: &Answered,
    entry: &'a Entry,
) -> wire::AnsweredRef<'a> {
    let item = bank.item(answered.item);
    let request_id = entry.event.request_id.as_ref();
    wire::AnsweredRef {
        offset: entry.event.seq,
        prev: entry.event.seq.saturating_sub(1),
        request_id: request_id.map_or("", |id| id.as_str()),
        position: answered.position.0,
        choice: view::option_ids(item, answered.chosen),
        correct: answered.correct,
        correct_choice: view::option_ids(item, item.key),
        explanations: view::explanations(item, (0..).map(OptionIx).take(item.options.len())),
        competency: answered
            .scores
            .iter()
            .map(|score| view::area_score(bank, score))
            .collect(),
        progress: &entry.progress,
        next: answered
            .next
            .as_ref()
            .map(|served| view::question(bank, served, entry.deadline_ms)),
    }
}

/// A refusal by the domain, in words that say what to do.
pub(super) fn refused(request_id: Option<String>, refusal: &Refusal) -> ServerMessage {
    let code = match refusal {
        Refusal::NotServed { .. } => ErrorCode::NotServed,
        Refusal::AlreadyAnswered { .. } => ErrorCode::AlreadyAnswered,
        Refusal::UnknownOption => ErrorCode::UnknownOption,
        Refusal::NoOption => ErrorCode::NoOption,
        Refusal::TooManyOptions => ErrorCode::TooManyOptions,
        Refusal::Paused => ErrorCode::Paused,
        Refusal::NotPaused => ErrorCode::NotPaused,
        Refusal::Ended => ErrorCode::Ended,
        Refusal::TooLate { .. } | Refusal::NotDue => ErrorCode::TooLate,
        Refusal::RequestIdReused => ErrorCode::RequestIdReused,
        Refusal::TooManyPauses { .. } | Refusal::TooManyChanges { .. } => ErrorCode::RateLimited,
        Refusal::ExamOnly | Refusal::NoPause => ErrorCode::NotSupported,
        Refusal::InvalidSetting(_) => ErrorCode::BadMessage,
        Refusal::NoItems { .. } | Refusal::TooFewItems { .. } => ErrorCode::NoItems,
    };
    ServerMessage::Error(wire::Refused {
        request_id,
        code,
        message: refusal.to_string(),
        retryable: false,
        retry_after_ms: None,
    })
}

/// A refusal that passes by itself: the same message may be sent again after `retry_after_ms`.
pub(super) fn retryable(
    request_id: Option<String>,
    code: ErrorCode,
    message: &str,
    retry_after_ms: i64,
) -> ServerMessage {
    ServerMessage::Error(wire::Refused {
        request_id,
        code,
        message: message.to_owned(),
        retryable: true,
        retry_after_ms: Some(retry_after_ms),
    })
}

/// A message that cannot be carried out as it stands.
pub(super) fn malformed(
    request_id: Option<String>,
    code: ErrorCode,
    message: &str,
) -> ServerMessage {
    ServerMessage::Error(wire::Refused {
        request_id,
        code,
        message: message.to_owned(),
        retryable: false,
        retry_after_ms: None,
    })
}

/// This instance is leaving: the client comes back after so many milliseconds.
#[must_use]
pub fn going_away(reconnect_after_ms: i64) -> ServerMessage {
    ServerMessage::GoingAway(GoingAway {
        reconnect_after_ms,
        reason: "this instance is being restarted".to_owned(),
    })
}
