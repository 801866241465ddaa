//! What a session shows of itself: status, progress, competency, summary.
//!
//! Owns the read side. Must not change anything.

use std::sync::Arc;

use super::Session;
use super::event::{EndReason, Served};
use super::exam::{ExamResult, Place};
use super::fold::scores;
use super::settings::Settings;
use super::sheet::Seat;
use crate::bank::Bank;
use crate::ids::{AreaIx, ItemIx, OptionSet, Position};
use crate::irt::Moments;
use crate::learner::{AreaCompetency, AreaScore, Posterior};
use crate::tick::Millis;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// A question is open and the clock runs.
    Active,
    /// A question is open and the clock stands.
    Paused,
    /// It is over.
    Ended(EndReason),
}

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Questions answered.
    pub answered: u16,
    /// Of them, answered right; 0 of an exam that is not submitted.
    pub correct: u16,
    /// Questions the session will have at most.
    pub length: u16,
    /// Milliseconds from the start to the last event, pauses left out.
    pub elapsed_ms: i64,
    /// Whether the clock stands.
    pub paused: bool,
}

/// What a session came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Every area, in the order of the certification.
    pub areas: Vec<AreaSummary>,
    /// Questions answered.
    pub answered: u16,
    /// Of them, answered right.
    pub correct: u16,
    /// Milliseconds from start to end, pauses left out.
    pub elapsed_ms: i64,
    /// Why it ended; `None` while it runs.
    pub end: Option<EndReason>,
    /// The result of an exam, once it is submitted.
    pub exam: Option<ExamResult>,
}

/// What a session came to in one area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AreaSummary {
    /// The area.
    pub area: AreaIx,
    /// Questions of the area answered in this session.
    pub answered: u16,
    /// Of them, answered right.
    pub correct: u16,
    /// Competency when the session began.
    pub before: AreaScore,
    /// Competency now.
    pub after: AreaScore,
}

impl Session {
    /// Where the session stands.
    pub fn status(&self) -> Status {
        match (self.state.ended, self.state.paused_since) {
            (Some(reason), _) => Status::Ended(reason),
            (None, Some(_)) => Status::Paused,
            (None, None) => Status::Active,
        }
    }

    /// Number of the last event.
    pub fn seq(&self) -> u32 {
        self.state.seq
    }

    /// The bank the questions come from.
    pub fn bank(&self) -> &Arc<Bank> {
        &self.bank
    }

    /// The version of the bank, as pinned when the session began.
    pub fn bank_version(&self) -> &Arc<str> {
        &self.state.bank_version
    }

    /// What the learner asked for.
    pub fn settings(&self) -> &Settings {
        &self.state.settings
    }

    /// The items that exposure control kept out of it, in order.
    pub fn ineligible(&self) -> &[ItemIx] {
        &self.state.ineligible
    }

    /// The items it has shown; of an exam its whole form, since any of it may be turned to and all of it is reviewed.
    pub fn exposed(&self) -> Vec<ItemIx> {
        if let Some(sheet) = &self.state.sheet {
            return sheet.seats.iter().map(|seat| seat.item).collect();
        }
        let answered = self.state.responses.iter().map(|response| response.item);
        answered
            .chain(self.state.open.map(|open| open.item))
            .collect()
    }

    /// The question that waits for an answer; also while paused, never after the end.
    pub fn open_question(&self) -> Option<&Served> {
        self.state.open.as_ref()
    }

    /// When the session began.
    pub fn started_at(&self) -> Millis {
        self.state.started_at
    }

    /// When the last event was.
    pub fn last_at(&self) -> Millis {
        self.state.last_at
    }

    /// When [`super::Command::DeadlinePassed`] is due; never while paused, after the end or without a limit.
    pub fn next_deadline(&self) -> Option<Millis> {
        match self.status() {
            Status::Active => self.state.deadline(),
            Status::Paused | Status::Ended(_) => None,
        }
    }

    /// How far the session is.
    pub fn progress(&self) -> Progress {
        Progress {
            answered: self.state.answered(),
            correct: self.state.correct(),
            length: self.state.settings.length,
            elapsed_ms: self.state.elapsed_ms(self.state.last_at),
            paused: self.state.paused_since.is_some(),
        }
    }

    /// What is known of the learner in every area, in the order of the certification.
    pub fn competency(&self) -> Vec<AreaCompetency> {
        let posterior = &self.state.posterior;
        let mut all = Vec::with_capacity(self.bank.areas().len());
        posterior.each_ability(self.bank.areas().len(), |area, masses| {
            let (curve, answers) = (self.bank.area(area).curve(), posterior.answers(area));
            all.push(AreaCompetency::new(area, masses, curve, answers));
        });
        all
    }

    /// Mean and standard deviation of overall ability: the areas by blueprint weight, in logits.
    pub fn composite(&self) -> Moments {
        let weights: Vec<f64> = self.bank.areas().iter().map(|area| area.weight).collect();
        self.state.posterior.composite(&weights)
    }

    /// The questions of an exam, in order, as its overview shows them; `None` for every other kind.
    pub fn places(&self) -> Option<Vec<Place>> {
        let seats = self.state.sheet.as_ref()?.seats.iter();
        let place = |(seat, position): (&Seat, u16)| Place {
            position: Position(position),
            chosen: seat.chosen,
            flagged: seat.flagged,
        };
        Some(seats.zip(1..).map(place).collect())
    }

    /// The answer recorded last at a position of an exam; empty when there is none, and for every other kind.
    pub fn recorded(&self, position: Position) -> OptionSet {
        let sheet = self.state.sheet.as_ref();
        let seat = sheet.and_then(|sheet| sheet.seat(position));
        seat.map_or_else(OptionSet::default, |seat| seat.chosen)
    }

    fn exam_result(&self) -> Option<ExamResult> {
        let (sheet, _) = self.state.sheet.as_ref().zip(self.state.ended)?;
        let questions = sheet.seats.len() as u16;
        Some(ExamResult::new(&self.bank, questions, self.state.correct()))
    }

    /// What is believed of the learner.
    pub(crate) fn posterior(&self) -> &Posterior {
        &self.state.posterior
    }

    /// What the session came to so far; an exam that is not submitted has judged nothing.
    pub fn summary(&self) -> Summary {
        let after = scores(&self.bank, &self.state.posterior);
        let mut areas: Vec<AreaSummary> = self
            .state
            .before
            .iter()
            .zip(after)
            .map(|(before, after)| AreaSummary {
                area: after.area,
                answered: 0,
                correct: 0,
                before: *before,
                after,
            })
            .collect();
        for response in &self.state.responses {
            let area = &mut areas[response.area.at()];
            area.answered += 1;
            area.correct += u16::from(response.correct);
        }
        Summary {
            areas,
            answered: self.state.answered(),
            correct: self.state.correct(),
            elapsed_ms: self.state.elapsed_ms(self.state.last_at),
            end: self.state.ended,
            exam: self.exam_result(),
        }
    }
}
