//! A session looked back on, question by question, once it has ended.
//!
//! Owns the reading of a history for that. Must not be asked while a session runs: it tells what was right.

use super::event::{Event, Fact, Served};
use crate::ids::OptionSet;

/// One question of an ended session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The question as it was served.
    pub served: Served,
    /// The options named; empty when it was not answered (exam).
    pub chosen: OptionSet,
    /// Whether they are exactly the key.
    pub correct: bool,
    /// Whether the learner had marked it to come back to (exam).
    pub flagged: bool,
    /// Milliseconds it took to answer; 0 when it was not answered.
    pub elapsed_ms: i64,
}

/// The questions of an ended session, in order: every one of an exam, and of any other kind those answered, so that
/// a question nobody answered keeps its key. `None` while the session has not ended.
///
/// `events` must be the whole history of a session, as [`super::Session::replay`] takes it; others give a review of
/// no meaning, and no panic.
pub fn review(events: &[Event]) -> Option<Vec<Reviewed>> {
    let ended = |event: &Event| matches!(event.fact, Fact::Completed(_));
    if !events.last().is_some_and(ended) {
        return None;
    }
    let mut reviewed = Vec::new();
    let mut open = None;
    for event in events {
        match &event.fact {
            Fact::Started(started) => {
                open = Some(started.first);
                reviewed.extend(started.form.iter().map(|served| unanswered(*served)));
            }
            Fact::Answered(answered) => {
                if let Some(served) = open {
                    reviewed.push(Reviewed {
                        chosen: answered.chosen,
                        correct: answered.correct,
                        elapsed_ms: answered.elapsed_ms,
                        ..unanswered(served)
                    });
                }
                open = answered.next;
            }
            Fact::Recorded(recorded) => {
                if let Some(one) = at(&mut reviewed, recorded.position.0) {
                    one.chosen = recorded.chosen;
                    one.correct = recorded.correct;
                    one.elapsed_ms = recorded.elapsed_ms;
                }
            }
            Fact::Flagged { position, flagged } => {
                if let Some(one) = at(&mut reviewed, position.0) {
                    one.flagged = *flagged;
                }
            }
            Fact::Moved(_)
            | Fact::Paused
            | Fact::Resumed
            | Fact::TimeCredited { .. }
            | Fact::Completed(_) => {}
        }
    }
    Some(reviewed)
}

fn at(reviewed: &mut [Reviewed], position: u16) -> Option<&mut Reviewed> {
    reviewed.get_mut(usize::from(position).checked_sub(1)?)
}

fn unanswered(served: Served) -> Reviewed {
    Reviewed {
        served,
        chosen: OptionSet::default(),
        correct: false,
        flagged: false,
        elapsed_ms: 0,
    }
}
