//! From a command to stored events: decide, hand the events to the writer, act on what it answers.
//!
//! Owns the order of those steps: the state changes only once the store has taken the events, and what
//! the learner is told waits, in `held`, until they are stored.

use std::sync::LazyLock;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use learnr_domain::session::{CREDIT_MS_MAX, Event, Fact};
use learnr_domain::{Command, Decision, Refusal, Session};
use learnr_protocol::{CloseCode, ErrorCode};
use metrics::Histogram;
use tokio::sync::oneshot;

use super::actor::SessionActor;
use super::held::Pending;
use super::history::Entry;
use super::messages::ConnectionId;
use super::{frames, view};
use crate::store::record;
use crate::store::{Append, AppendRefused, JobKind, Outcome, SessionStatus, StatusChange};

/// Looked up once: a look-up costs as much as encoding an answer's frame.
static STORED: LazyLock<Histogram> =
    LazyLock::new(|| metrics::histogram!("learnr_answer_stored_seconds"));

/// Commands of one session that the writer may have at once. One more is refused as retryable before it
/// touches the state.
const PENDING_MAX: usize = 4;
/// A write that took longer is a stall, and its time is given back, in milliseconds.
const STALL_MS: i64 = 1_000;
/// When to try again while the store does not take anything, in milliseconds.
const UNAVAILABLE_RETRY_MS: i64 = 1_000;
/// When to try again while earlier commands are being written, in milliseconds.
const BUSY_RETRY_MS: i64 = 100;

impl SessionActor {
    /// Decides a command and, if it changes anything, hands its events to the writer. Whether it is dealt
    /// with: not when the store takes nothing at the moment.
    pub(super) fn carry_out(
        &mut self,
        command: &Command,
        requester: Option<ConnectionId>,
        ctx: &mut Context<Self>,
    ) -> bool {
        let tick = self.tick();
        match self.session.handle(command, tick) {
            Ok(Decision::Events(events)) => {
                return self.hand_over(command, events, requester, ctx);
            }
            Ok(Decision::Repeat { seq }) => self.repeat(seq, requester, ctx),
            Err(Refusal::NotDue) => {}
            Err(refusal) => {
                metrics::counter!("learnr_refusals_total").increment(1);
                let request_id = command.request_id().map(ToString::to_string);
                self.answer(requester, &frames::refused(request_id, &refusal));
            }
        }
        true
    }

    fn hand_over(
        &mut self,
        command: &Command,
        events: Vec<Event>,
        requester: Option<ConnectionId>,
        ctx: &mut Context<Self>,
    ) -> bool {
        let request_id = command.request_id().map(ToString::to_string);
        if self.pending.len() >= PENDING_MAX {
            self.refuse_for_now(requester, request_id);
            return false;
        }
        let now = self.context.clock.now_ms();
        // The state changes only once the store has taken the events: apply to a copy when the row of the
        // session has to say what the state became.
        let row_stays = matches!(events.as_slice(), [event] if leaves_row(&event.fact));
        let after = (!row_stays).then(|| applied(self.session.clone(), &events));
        let append = Append {
            session: self.id,
            fence: self.fence,
            rows: events
                .iter()
                .map(|event| record::event_to_row(event, self.session.bank(), self.fence))
                .collect(),
            status: after.as_ref().map(|after| status_change(after, &events)),
        };
        let outcome = match self.context.store.append(append) {
            Ok(outcome) => outcome,
            Err(AppendRefused::Full | AppendRefused::Closed) => {
                self.refuse_for_now(requester, request_id);
                return false;
            }
        };
        let mut upto = self.session.seq();
        for event in events {
            upto = event.seq;
            self.session
                .apply(&event)
                .expect("an event decided from this state follows from it");
            let entry = Entry::after(&self.session, event);
            self.hold_for_all(&entry);
            self.history.push(entry);
        }
        self.quiet_since = now;
        self.pending.push_back(Pending {
            upto,
            since_ms: now,
            saving_at: None,
            requester: requester.zip(request_id),
            settled: false,
        });
        ctx.spawn(outcome.into_actor(self).map(move |outcome, actor, ctx| {
            actor.settle(upto, outcome, ctx);
        }));
        self.arm(ctx);
        true
    }

    fn refuse_for_now(&mut self, requester: Option<ConnectionId>, request_id: Option<String>) {
        let (code, message, after) = match self.context.store.health().retrying_since {
            Some(_) => (
                ErrorCode::Unavailable,
                "answers cannot be saved at the moment: it will be tried again",
                UNAVAILABLE_RETRY_MS,
            ),
            None => (
                ErrorCode::Busy,
                "earlier answers are still being saved: try again",
                BUSY_RETRY_MS,
            ),
        };
        if requester.is_none() {
            self.not_before = self.context.clock.now_ms() + after;
        }
        self.tell(
            requester,
            &frames::retryable(request_id, code, message, after),
        );
    }

    /// The writer has answered for everything up to `upto`.
    fn settle(
        &mut self,
        upto: u32,
        outcome: Result<Outcome, oneshot::error::RecvError>,
        ctx: &mut Context<Self>,
    ) {
        match outcome {
            Ok(Outcome::Stored) => self.stored(upto, ctx),
            Ok(Outcome::Fenced) => {
                tracing::info!(session.id = %self.id, epoch = self.fence.epoch, "session is owned elsewhere");
                metrics::counter!("learnr_fenced_total").increment(1);
                self.abandon(CloseCode::Moved, ctx);
            }
            Ok(Outcome::Unavailable) | Err(_) => {
                tracing::warn!(session.id = %self.id, "store gave up on a write, session dropped");
                self.abandon(CloseCode::Unavailable, ctx);
            }
            Ok(Outcome::Rejected(reason)) => {
                tracing::error!(session.id = %self.id, reason, "store rejected an event, session stopped");
                self.mark_faulted();
                self.abandon(CloseCode::Faulted, ctx);
            }
        }
    }

    fn stored(&mut self, upto: u32, ctx: &mut Context<Self>) {
        let now = self.context.clock.now_ms();
        if let Some(pending) = self.pending.iter_mut().find(|p| p.upto == upto) {
            pending.settled = true;
            let waited = now - pending.since_ms;
            STORED.record(waited as f64 / 1000.0);
            if waited > STALL_MS && self.session.next_deadline().is_some() {
                self.owed_ms = self.owed_ms.max(waited);
            }
        }
        while let Some(front) = self.pending.front()
            && front.settled
        {
            self.stored = front.upto;
            self.pending.pop_front();
        }
        self.release_held();
        if self.pending.is_empty() {
            self.flushed.drain(..).for_each(drop);
            self.give_back_time(ctx);
        }
    }

    /// Whether time is to be given back now: behind what the writer has, or it could be given back twice.
    pub(super) fn owes_time(&self) -> bool {
        self.owed_ms > 0 && self.pending.is_empty() && !self.leaving
    }

    /// Stores the time that a stall or a takeover took from the learner as theirs. It stays owed until the
    /// store has taken it.
    pub(super) fn give_back_time(&mut self, ctx: &mut Context<Self>) {
        let by_ms = self.owed_ms.min(CREDIT_MS_MAX);
        if self.owes_time() && self.carry_out(&Command::CreditTime { by_ms }, None, ctx) {
            self.owed_ms = 0;
        }
    }

    /// The session stops for good: an operator has to look. Whether this is stored changes nothing for the
    /// learner, so nobody waits for it.
    fn mark_faulted(&self) {
        let status = StatusChange {
            status: SessionStatus::Faulted,
            ended_at: None,
            deadline_at: None,
            summary: None,
            jobs: Vec::new(),
        };
        let append = Append {
            session: self.id,
            fence: self.fence,
            rows: Vec::new(),
            status: Some(status),
        };
        if let Err(refused) = self.context.store.append(append) {
            tracing::error!(session.id = %self.id, %refused, "session not marked as faulted");
        }
    }
}

/// Whether an event changes nothing that the row of its session says: status and deadline.
fn leaves_row(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Answered(_) | Fact::Recorded(_) | Fact::Flagged { .. } | Fact::Moved(_)
    )
}

fn applied(mut session: Session, events: &[Event]) -> Session {
    for event in events {
        session
            .apply(event)
            .expect("an event decided from this state follows from it");
    }
    session
}

/// What the row of the session has to say after `events`.
fn status_change(after: &Session, events: &[Event]) -> StatusChange {
    let ended = events
        .iter()
        .find(|event| matches!(event.fact, Fact::Completed(_)));
    let ended_at = ended.map(|event| event.at.0);
    StatusChange {
        status: match view::live_status(after.status()) {
            learnr_protocol::SessionStatus::Paused => SessionStatus::Paused,
            learnr_protocol::SessionStatus::Completed => SessionStatus::Completed,
            _ => SessionStatus::Open,
        },
        ended_at,
        deadline_at: view::deadline(after),
        summary: ended_at.map(|_| record::summary_to_bytes(&after.summary())),
        jobs: ended_at
            .map(|_| JobKind::SessionEnded)
            .into_iter()
            .collect(),
    }
}
