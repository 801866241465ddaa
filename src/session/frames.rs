//! The durable frame of each stored event.
//!
//! Owns what a learner is told once an event is stored. The key and the explanations leave the bank here
//! and nowhere else.

use learnr_domain::session::{Answered, Event, Fact};
use learnr_domain::{Bank, Refusal};
use learnr_protocol as wire;
use learnr_protocol::{ErrorCode, ServerMessage};

use super::history::Entry;
use super::view;

/// The frame of an event, as everyone in the session is told of it.
pub(super) fn durable(bank: &Bank, entry: &Entry) -> ServerMessage {
    let Event {
        seq, request_id, ..
    } = &entry.event;
    let (offset, prev) = (*seq, seq.saturating_sub(1));
    let request_id = request_id.as_ref().map(ToString::to_string);
    match &entry.event.fact {
        Fact::Started(started) => ServerMessage::Started(wire::Started {
            offset,
            prev,
            next: view::question(bank, &started.first, entry.deadline_ms),
        }),
        Fact::Answered(answered) => ServerMessage::Answered(wire::Answered {
            offset,
            prev,
            request_id: request_id.unwrap_or_default(),
            ..answered_frame(bank, answered, entry)
        }),
        Fact::Paused | Fact::Resumed | Fact::TimeCredited { .. } => {
            ServerMessage::SessionChanged(wire::SessionChanged {
                offset,
                prev,
                request_id,
                status: entry.status,
                progress: entry.progress.clone(),
                deadline_ms: entry.deadline_ms,
            })
        }
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

fn answered_frame(bank: &Bank, answered: &Answered, entry: &Entry) -> wire::Answered {
    let item = bank.item(answered.item);
    let ids = |set: learnr_domain::OptionSet| {
        set.iter()
            .filter_map(|option| item.options.get(option.at()))
            .map(|option| option.id.to_string())
            .collect()
    };
    wire::Answered {
        offset: 0,
        prev: 0,
        request_id: String::new(),
        position: answered.position.0,
        choice: ids(answered.chosen),
        correct: answered.correct,
        correct_choice: ids(item.key),
        explanations: item
            .options
            .iter()
            .map(|option| wire::Explanation {
                option_id: option.id.to_string(),
                text: option.explanation.clone(),
            })
            .collect(),
        competency: answered
            .scores
            .iter()
            .map(|score| view::area_score(bank, score))
            .collect(),
        progress: entry.progress.clone(),
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
        Refusal::TooManyPauses { .. } => ErrorCode::RateLimited,
        Refusal::InvalidSetting(_) => ErrorCode::BadMessage,
        Refusal::NoItems { .. } => ErrorCode::NoItems,
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
