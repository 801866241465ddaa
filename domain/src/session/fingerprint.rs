//! A digest of the whole state of a session.
//!
//! Owns the canonical order of its bytes: every field of [`State`], numbers in little-endian, floats by their
//! bits, lists with their length, options with a tag. Two states have one fingerprint exactly when they are
//! equal to the last bit. Must not leave a field out: the destructuring below makes the compiler ask.

use sha2::{Digest, Sha256};

use super::event::{EndReason, Served};
use super::fold::State;
use super::request::Purpose;
use super::settings::{Kind, Settings};
use super::sheet::{Seat, Sheet};
use crate::ids::OptionOrder;
use crate::learner::{AreaScore, History, Mark, Posterior, Response};
use crate::selection::Reason;

pub(super) fn fingerprint(state: &State) -> [u8; 32] {
    let State {
        bank_version,
        settings,
        rho,
        q,
        seed,
        posterior,
        history,
        ineligible,
        before,
        shown,
        responses,
        reviews,
        requests,
        open,
        sheet,
        seq,
        started_at,
        last_at,
        paused_since,
        pauses,
        paused_ms,
        paused_open_ms,
        credited_ms,
        ended,
    } = state;
    let mut bytes = Bytes(Sha256::new());
    bytes.length(bank_version.len());
    bytes.0.update(bank_version.as_bytes());
    bytes.settings(settings);
    bytes.floats(&[*rho, *q]);
    bytes.number(*seed);
    bytes.posterior(posterior);
    bytes.history(history);
    bytes.scores(before);
    bytes.length(shown.len());
    bytes.0.update(shown);
    bytes.responses(responses);
    bytes.length(requests.len());
    for handled in requests {
        bytes.number(handled.digest);
        bytes.number(handled.seq);
        bytes.number(purpose_tag(handled.purpose));
    }
    bytes.served(open.as_ref());
    bytes.number(*seq);
    for moment in [started_at, last_at] {
        bytes.signed(moment.0);
    }
    bytes.optional(paused_since.map(|since| since.0));
    // One number holds both, so that sessions without a review keep their fingerprints.
    bytes.number(u32::from(*pauses) | u32::from(*reviews) << 16);
    for ms in [paused_ms, paused_open_ms, credited_ms] {
        bytes.signed(*ms);
    }
    bytes.optional(ended.map(end_tag));
    // Last, and only where there are any: sessions begun before exposure control keep their fingerprints.
    if !ineligible.is_empty() {
        bytes.length(ineligible.len());
        for item in ineligible.iter() {
            bytes.number(item.0);
        }
    }
    // And only where the kind above says that there is one: sessions of other kinds keep theirs too.
    if let Some(sheet) = sheet {
        bytes.sheet(sheet);
    }
    bytes.0.finalize().into()
}

struct Bytes(Sha256);

impl Bytes {
    fn number(&mut self, value: impl Into<u64>) {
        self.0.update(value.into().to_le_bytes());
    }

    fn signed(&mut self, value: i64) {
        self.0.update(value.to_le_bytes());
    }

    fn length(&mut self, value: usize) {
        self.number(value as u64);
    }

    fn floats(&mut self, values: &[f64]) {
        for value in values {
            self.number(value.to_bits());
        }
    }

    fn optional(&mut self, value: Option<i64>) {
        self.number(value.is_some());
        self.signed(value.unwrap_or(0));
    }

    fn settings(&mut self, settings: &Settings) {
        let Settings {
            kind,
            length,
            areas,
            concepts,
            target_success,
            time_limit_ms,
            time_multiplier,
        } = settings;
        self.number(kind_tag(*kind));
        self.number(*length);
        // One number holds both lengths, so that sessions without concepts keep their fingerprints.
        self.number(areas.len() as u64 | (concepts.len() as u64) << 32);
        for area in areas {
            self.number(area.0);
        }
        for concept in concepts {
            self.number(concept.0);
        }
        self.floats(&[*target_success, *time_multiplier]);
        self.optional(*time_limit_ms);
    }

    fn posterior(&mut self, posterior: &Posterior) {
        self.length(posterior.beliefs().len());
        for belief in posterior.beliefs() {
            self.number(belief.area.0);
            self.number(belief.answers);
            self.floats(&belief.likelihood);
            self.floats(&belief.message);
        }
    }

    /// Memories follow the marks, and the length says so, only where there are any: sessions begun before the
    /// review schedule keep their fingerprints.
    fn history(&mut self, history: &History) {
        let marks = history.marks();
        let remembers =
            |mark: &Mark| mark.stability_days().is_some() || mark.credit() != mark.correct();
        let remembered = marks.iter().any(remembers);
        self.number(marks.len() as u64 | u64::from(remembered) << 63);
        for mark in marks {
            self.number(mark.item.0);
            self.number(mark.minute() << 1 | u32::from(mark.correct()));
        }
        for mark in marks.iter().filter(|_| remembered) {
            self.number(mark.credit());
            self.number(mark.stability_days().unwrap_or(0.0).to_bits());
        }
    }

    fn scores(&mut self, scores: &[AreaScore]) {
        self.length(scores.len());
        for AreaScore {
            area,
            score,
            low,
            high,
        } in scores
        {
            self.number(area.0);
            self.floats(&[*score, *low, *high]);
        }
    }

    fn responses(&mut self, responses: &[Response]) {
        self.length(responses.len());
        for Response {
            at,
            item,
            area,
            correct,
            evidence,
            slow,
        } in responses
        {
            self.signed(at.0);
            self.number(item.0);
            self.number(area.0);
            // One number holds both, so that sessions without a slow answer keep their fingerprints.
            self.number(u8::from(*correct) | u8::from(*slow) << 1);
            self.number(*evidence);
        }
    }

    fn sheet(&mut self, sheet: &Sheet) {
        let Sheet { seats, changes } = sheet;
        self.number(*changes);
        self.length(seats.len());
        for Seat {
            item,
            open_ms,
            at,
            order,
            reason,
            chosen,
            evidence,
            flagged,
            slow,
        } in seats
        {
            self.number(item.0);
            self.number(*open_ms);
            self.signed(at.0);
            self.order(order);
            self.number(reason_tag(*reason));
            self.number(chosen.0);
            self.number(*evidence);
            self.number(*flagged);
            self.number(*slow);
        }
    }

    fn order(&mut self, order: &OptionOrder) {
        self.length(order.len());
        for option in order.iter() {
            self.number(option.0);
        }
    }

    fn served(&mut self, served: Option<&Served>) {
        self.number(served.is_some());
        if let Some(Served {
            position,
            item,
            order,
            reason,
            at,
            evidence,
        }) = served
        {
            self.number(position.0);
            self.number(item.0);
            self.order(order);
            self.number(reason_tag(*reason));
            self.signed(at.0);
            self.number(*evidence);
        }
    }
}

// Tags are written out, so that reordering an enum does not change the fingerprints of stored sessions.

fn kind_tag(kind: Kind) -> u64 {
    match kind {
        Kind::Practice => 1,
        Kind::Diagnostic => 2,
        Kind::Focused => 3,
        Kind::Review => 4,
        Kind::Exam => 5,
    }
}

fn end_tag(reason: EndReason) -> i64 {
    match reason {
        EndReason::Length => 1,
        EndReason::Finished => 2,
        EndReason::Precise => 3,
        EndReason::Time => 4,
        EndReason::NoItems => 5,
    }
}

fn reason_tag(reason: Reason) -> u64 {
    match reason {
        Reason::New => 1,
        Reason::Balance => 2,
        Reason::Information => 3,
        Reason::Probe => 4,
        Reason::TargetDifficulty => 5,
        Reason::WeakestArea => 6,
        Reason::DueForReview => 7,
        Reason::Missed => 8,
        Reason::LeastRecentlySeen => 9,
        Reason::Trial => 10,
    }
}

fn purpose_tag(purpose: Purpose) -> u64 {
    match purpose {
        Purpose::Answer(position) => u64::from(position.0),
        Purpose::Pause => 1 << 32,
        Purpose::Resume => 2 << 32,
        Purpose::Finish => 3 << 32,
        Purpose::Flag(position) => 4 << 32 | u64::from(position.0),
        Purpose::Unflag(position) => 5 << 32 | u64::from(position.0),
    }
}
