//! A session as its learner looks back on it: every question with the answer, and of those answered the key and the
//! explanations.
//!
//! Owns what is told of it; beside `frames` the one place where a key leaves the bank, and only of a session that
//! has ended or of an answer that was judged at once.

use learnr_domain::bank::{OptionSpec, Select};
use learnr_domain::session::{Event, Reviewed};
use learnr_domain::{Bank, ItemId, OptionOrder, session};
use learnr_protocol::history::AnsweredQuestion;
use learnr_protocol::rest::ReviewedQuestion;
use learnr_protocol::{Explanation, ExplanationRef, Question, QuestionOption, Reason};

use super::view;
use crate::store::StoredAnswer;

/// The questions of a session in order; `None` while it has not ended. `events` must be its whole history.
#[must_use]
pub fn review(bank: &Bank, events: &[Event]) -> Option<Vec<ReviewedQuestion>> {
    let reviewed = session::review(events)?;
    Some(reviewed.iter().map(|one| question(bank, one)).collect())
}

/// A stored answer with its question; `None` when the bank has no such item. `judged`: whether it may be told what was
/// right, which of an exam is only once it is submitted.
#[must_use]
pub fn answered_question(
    bank: &Bank,
    answer: &StoredAnswer,
    judged: bool,
) -> Option<AnsweredQuestion> {
    let item = bank.item(bank.find(&ItemId::new(&answer.item).ok()?)?);
    let order = OptionOrder::authored(item.options.len());
    let (correct, correct_choice, explanations) = match judged {
        true => (
            Some(answer.correct),
            view::option_ids(item, item.key),
            view::explanations(item, order.iter()),
        ),
        false => (None, Vec::new(), Vec::new()),
    };
    let option = |option: &OptionSpec| QuestionOption {
        id: option.id.to_string(),
        text: option.text.clone(),
    };
    Some(AnsweredQuestion {
        position: answer.position,
        item_id: answer.item.clone(),
        area: answer.area.clone(),
        stem: item.stem.clone(),
        stimulus: item.stimulus.clone(),
        options: item.options.iter().map(option).collect(),
        choice: answer.choice.split(' ').map(str::to_owned).collect(),
        correct,
        correct_choice: view::owned(correct_choice),
        explanations: owned(explanations),
        elapsed_ms: answer.elapsed_ms,
        answered_ms: answer.at_ms,
        theta: answer.theta,
        standard_error: answer.standard_error,
    })
}

/// A question by itself, as its author has it, with the ids of its right options; `None` when the bank has no such item. For a question
/// that its reader has answered, and that was judged.
#[must_use]
pub fn known_question(bank: &Bank, item: &str) -> Option<(Question, Vec<String>)> {
    let item = bank.item(bank.find(&ItemId::new(item).ok()?)?);
    let option = |option: &OptionSpec| QuestionOption {
        id: option.id.to_string(),
        text: option.text.clone(),
    };
    let question = Question {
        position: 0,
        item_id: item.id.to_string(),
        stem: item.stem.clone(),
        stimulus: item.stimulus.clone(),
        options: item.options.iter().map(option).collect(),
        select: match item.select {
            Select::One => learnr_protocol::Select::One,
            Select::Many => learnr_protocol::Select::Many,
        },
        area: bank.area(item.area).id.to_string(),
        deadline_ms: None,
        reason: Reason::New,
        choice: Vec::new(),
    };
    Some((question, view::owned(view::option_ids(item, item.key))))
}

/// A question without an answer keeps its key: else an exam begun and submitted at once would tell hundreds.
fn question(bank: &Bank, reviewed: &Reviewed) -> ReviewedQuestion {
    let item = bank.item(reviewed.served.item);
    let (key, explanations) = match reviewed.chosen.is_empty() {
        true => (Vec::new(), Vec::new()),
        false => (
            view::option_ids(item, item.key),
            view::explanations(item, reviewed.served.order.iter()),
        ),
    };
    ReviewedQuestion {
        question: view::exam_question(bank, &reviewed.served, None, reviewed.chosen),
        correct: reviewed.correct,
        correct_choice: view::owned(key),
        explanations: owned(explanations),
        flagged: reviewed.flagged,
        elapsed_ms: reviewed.elapsed_ms,
    }
}

fn owned(explanations: Vec<ExplanationRef<'_>>) -> Vec<Explanation> {
    let explanations = explanations.into_iter();
    explanations.map(ExplanationRef::into_owned).collect()
}
