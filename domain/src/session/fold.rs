//! The state of a session, and how one event changes it.
//!
//! Owns the fold. It decides nothing: whatever was chosen or judged stands in the event, and only ability is
//! computed again, from the same answers and curves. An event that contradicts the state changes nothing.

use std::sync::Arc;

use super::CREDIT_MS_MAX;
use super::check::{self, contradiction};
use super::event::{Answered, Completed, EndReason, Event, Fact, Recorded, Served};
use super::refusal::ReplayError;
use super::request::{Handled, Purpose};
use super::settings::{Kind, Settings};
use super::sheet::Sheet;
use crate::bank::Bank;
use crate::ids::{AreaIx, ConceptIx, ItemIx};
use crate::learner::{AreaScore, History, Posterior, Response};
use crate::selection::Reason;
use crate::tick::Millis;

/// Everything a session is.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) bank_version: Arc<str>,
    pub(super) settings: Arc<Settings>,
    pub(super) rho: f64,
    pub(super) q: f64,
    pub(super) seed: u64,
    pub(super) posterior: Posterior,
    pub(super) history: Arc<History>,
    pub(super) ineligible: Arc<[ItemIx]>,
    /// Competency when the session began, for its summary.
    pub(super) before: Arc<[AreaScore]>,
    /// The percent last told to the learner for each area: only a change of it is told again.
    pub(super) shown: Box<[u8]>,
    pub(super) responses: Vec<Response>,
    /// Questions served because their review was due, the open one included.
    pub(super) reviews: u16,
    pub(super) requests: Vec<Handled>,
    pub(super) open: Option<Served>,
    /// The answer sheet of an exam.
    pub(super) sheet: Option<Sheet>,
    pub(super) seq: u32,
    pub(super) started_at: Millis,
    pub(super) last_at: Millis,
    pub(super) paused_since: Option<Millis>,
    pub(super) pauses: u16,
    /// Milliseconds paused in the session, and of them since the open question was served.
    pub(super) paused_ms: i64,
    pub(super) paused_open_ms: i64,
    pub(super) credited_ms: i64,
    pub(super) ended: Option<EndReason>,
}

impl State {
    pub(super) fn begin(bank: &Bank, event: &Event) -> Result<Self, ReplayError> {
        let Fact::Started(started) = &event.fact else {
            return Err(ReplayError::Started { seq: event.seq });
        };
        check::started(bank, event, started)?;
        let posterior = Posterior::new(bank.factor_grid(started.rho), &started.prior);
        let before = scores(bank, &posterior);
        Ok(Self {
            bank_version: Arc::clone(&started.bank_version),
            settings: Arc::new(started.settings.clone()),
            rho: started.rho,
            q: started.q,
            seed: started.seed,
            history: Arc::new(History::new(&started.seen)),
            ineligible: started.ineligible.as_slice().into(),
            shown: before.iter().map(|score| percent(score.score)).collect(),
            before: before.into(),
            posterior,
            responses: Vec::new(),
            reviews: reviews(Some(&started.first)),
            requests: Vec::new(),
            open: Some(started.first),
            sheet: (started.settings.kind == Kind::Exam).then(|| Sheet::new(&started.form)),
            seq: 1,
            started_at: event.at,
            last_at: event.at,
            paused_since: None,
            pauses: 0,
            paused_ms: 0,
            paused_open_ms: 0,
            credited_ms: 0,
            ended: None,
        })
    }

    pub(super) fn apply(&mut self, bank: &Bank, event: &Event) -> Result<(), ReplayError> {
        let expected = self.seq.saturating_add(1);
        if event.seq != expected {
            return Err(ReplayError::Seq {
                expected,
                found: event.seq,
            });
        }
        if event.at < self.last_at {
            return Err(ReplayError::TimeWentBack { seq: event.seq });
        }
        if self.ended.is_some() {
            return Err(contradiction(event, "the session had ended"));
        }
        let purpose = match &event.fact {
            Fact::Started(_) => return Err(ReplayError::Started { seq: event.seq }),
            Fact::Answered(answered) => {
                check::answered(self, bank, event, answered)?;
                self.answer(bank, event.at, answered);
                Some(Purpose::Answer(answered.position))
            }
            Fact::Recorded(recorded) => {
                check::recorded(self, bank, event, recorded)?;
                self.record(bank, event.at, recorded);
                Some(Purpose::Answer(recorded.position))
            }
            Fact::Flagged { position, flagged } => {
                check::flagged(self, event, *position)?;
                if let Some(sheet) = &mut self.sheet {
                    sheet.flag(*position, *flagged);
                }
                Some(match flagged {
                    true => Purpose::Flag(*position),
                    false => Purpose::Unflag(*position),
                })
            }
            Fact::Moved(to) => {
                check::moved(self, event, to)?;
                self.turn_to(**to);
                if let Some(sheet) = &mut self.sheet {
                    sheet.count_move();
                }
                None
            }
            Fact::Paused => Some(self.pause(event)?),
            Fact::Resumed => Some(self.resume(event)?),
            Fact::TimeCredited { by_ms } => {
                if !(1..=CREDIT_MS_MAX).contains(by_ms) {
                    return Err(contradiction(event, "the time credited is out of range"));
                }
                self.credited_ms = self.credited_ms.saturating_add(*by_ms);
                None
            }
            Fact::Completed(completed) => {
                check::completed(self, bank, event, completed)?;
                self.complete(bank, event.at, completed);
                Some(Purpose::Finish)
            }
        };
        if let (Some(request), Some(purpose)) = (&event.request_id, purpose) {
            self.requests
                .push(Handled::new(request, event.seq, purpose));
        }
        self.seq = event.seq;
        self.last_at = event.at;
        Ok(())
    }

    /// Takes in what an answer says about ability, and nothing else.
    pub(super) fn respond(&mut self, bank: &Bank, response: Response) {
        let drift = self.drift();
        observe(&mut self.posterior, bank, &response, drift);
        self.responses.push(response);
    }

    /// What is known once there is one more answer: what a decision needs before there is an event.
    pub(super) fn ahead(&self, bank: &Bank, response: Response) -> Ahead {
        let mut ahead = Ahead {
            posterior: self.posterior.clone(),
            responses: Vec::with_capacity(self.responses.len() + 1),
        };
        observe(&mut ahead.posterior, bank, &response, self.drift());
        ahead.responses.extend_from_slice(&self.responses);
        ahead.responses.push(response);
        ahead
    }

    /// Variance of drift after each answer of this kind of session.
    pub(super) fn drift(&self) -> f64 {
        if self.settings.kind.drifts() {
            self.q
        } else {
            0.0
        }
    }

    pub(super) fn answered(&self) -> u16 {
        match &self.sheet {
            Some(sheet) => sheet.answered(),
            None => self.responses.len() as u16,
        }
    }

    /// Right answers once the session ends. Of an exam that runs nobody is told, unlike [`State::correct`].
    pub(super) fn verdict(&self, bank: &Bank) -> u16 {
        match &self.sheet {
            Some(sheet) => sheet.correct(bank),
            None => self.correct(),
        }
    }

    /// Right answers among those judged; an exam's are when it is submitted.
    pub(super) fn correct(&self) -> u16 {
        correct_among(&self.responses)
    }

    /// Milliseconds since the start, pauses left out.
    pub(super) fn elapsed_ms(&self, now: Millis) -> i64 {
        let paused = self.paused_since.map_or(0, |since| now.since(since));
        now.since(self.started_at) - self.paused_ms - paused
    }

    pub(super) fn deadline(&self) -> Option<Millis> {
        let allowed = self.settings.allowed_ms()?;
        let deadline = self.started_at.plus(allowed).plus(self.paused_ms);
        Some(deadline.plus(self.credited_ms))
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.posterior.heap_bytes()
            + self.history.heap_bytes()
            + size_of::<Settings>()
            + size_of_val::<[AreaIx]>(&self.settings.areas)
            + size_of_val::<[ConceptIx]>(&self.settings.concepts)
            + size_of_val::<[ItemIx]>(&self.ineligible)
            + size_of_val::<[AreaScore]>(&self.before)
            + self.shown.len()
            + self.responses.capacity() * size_of::<Response>()
            + self.requests.capacity() * size_of::<Handled>()
            + self.bank_version.len()
            + self.sheet.as_ref().map_or(0, Sheet::heap_bytes)
    }

    fn answer(&mut self, bank: &Bank, at: Millis, answered: &Answered) {
        let evidence = self.open.is_some_and(|open| open.evidence);
        self.respond(
            bank,
            Response {
                at,
                item: answered.item,
                area: answered.area,
                correct: answered.correct,
                evidence,
                slow: bank
                    .certification()
                    .is_slow(answered.elapsed_ms, self.settings.time_multiplier),
            },
        );
        for score in &answered.scores {
            self.shown[score.area.at()] = percent(score.score);
        }
        self.open = answered.next;
        self.reviews += reviews(answered.next.as_ref());
        self.paused_open_ms = 0;
    }

    fn record(&mut self, bank: &Bank, at: Millis, recorded: &Recorded) {
        let multiplier = self.settings.time_multiplier;
        let slow = bank
            .certification()
            .is_slow(recorded.elapsed_ms, multiplier);
        if let Some(sheet) = &mut self.sheet {
            sheet.record(at, recorded, slow);
        }
        if let Some(next) = recorded.next {
            self.turn_to(next);
        }
    }

    /// Opens another question of an exam.
    fn turn_to(&mut self, to: Served) {
        if let (Some(sheet), Some(open)) = (&mut self.sheet, self.open) {
            sheet.leave(open, to.at);
        }
        self.open = Some(to);
    }

    fn complete(&mut self, bank: &Bank, at: Millis, completed: &Completed) {
        self.stop_pause(at);
        self.open = None;
        self.ended = Some(completed.reason);
        if let Some(sheet) = self.sheet.take() {
            // The one moment at which an exam says something about ability: one response for each question.
            for response in sheet.responses(bank) {
                self.respond(bank, response);
            }
            self.sheet = Some(sheet);
        }
    }

    fn pause(&mut self, event: &Event) -> Result<Purpose, ReplayError> {
        if self.sheet.is_some() {
            return Err(contradiction(event, "an exam cannot be paused"));
        }
        if self.paused_since.is_some() {
            return Err(contradiction(event, "the session was paused"));
        }
        self.paused_since = Some(event.at);
        self.pauses = self.pauses.saturating_add(1);
        Ok(Purpose::Pause)
    }

    fn resume(&mut self, event: &Event) -> Result<Purpose, ReplayError> {
        if self.paused_since.is_none() {
            return Err(contradiction(event, "the session was not paused"));
        }
        self.stop_pause(event.at);
        Ok(Purpose::Resume)
    }

    fn stop_pause(&mut self, at: Millis) {
        if let Some(since) = self.paused_since.take() {
            let ms = at.since(since);
            self.paused_ms = self.paused_ms.saturating_add(ms);
            self.paused_open_ms = self.paused_open_ms.saturating_add(ms);
        }
    }
}

/// A posterior and the responses behind it, one further than a state's.
pub(super) struct Ahead {
    pub(super) posterior: Posterior,
    pub(super) responses: Vec<Response>,
}

fn observe(posterior: &mut Posterior, bank: &Bank, response: &Response, drift: f64) {
    if response.evidence
        && let Some(curve) = bank.curve(response.item)
    {
        posterior.observe(response.area, curve, response.correct, drift);
    }
}

/// How many of these are right.
pub(super) fn correct_among(responses: &[Response]) -> u16 {
    responses.iter().filter(|response| response.correct).count() as u16
}

/// Competency in every area.
pub(super) fn scores(bank: &Bank, posterior: &Posterior) -> Vec<AreaScore> {
    let mut scores = Vec::with_capacity(bank.areas().len());
    posterior.each_ability(bank.areas().len(), |area, masses| {
        scores.push(AreaScore::new(area, masses, bank.area(area).curve()));
    });
    scores
}

/// What a question adds to the count of reviews.
fn reviews(served: Option<&Served>) -> u16 {
    u16::from(served.is_some_and(|served| served.reason == Reason::DueForReview))
}

/// A score as people see it.
pub(super) fn percent(score: f64) -> u8 {
    (score * 100.0).round() as u8
}
