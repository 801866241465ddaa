//! An ended session as its learner looks back on it: every question with the answer, and of those answered the key and
//! the explanations.
//!
//! Owns what is told of it; beside `frames` the one place where a key leaves the bank, and only of a session that
//! has ended.

use learnr_domain::session::{Event, Reviewed};
use learnr_domain::{Bank, session};
use learnr_protocol::rest::ReviewedQuestion;

use super::view;

/// The questions of a session in order; `None` while it has not ended. `events` must be its whole history.
#[must_use]
pub fn review(bank: &Bank, events: &[Event]) -> Option<Vec<ReviewedQuestion>> {
    let reviewed = session::review(events)?;
    Some(reviewed.iter().map(|one| question(bank, one)).collect())
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
        correct_choice: key,
        explanations,
        flagged: reviewed.flagged,
        elapsed_ms: reviewed.elapsed_ms,
    }
}
