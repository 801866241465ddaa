//! The actor of one live session: its state, and one handler for each message it is told.
//!
//! Handlers translate; decisions are the domain's, what follows from them is in `effects`.

use std::collections::VecDeque;
use std::sync::Arc;

use actix::{Actor, Addr, ArbiterHandle, Context, Handler};
use learnr_domain::tick::Chance;
use learnr_domain::{Millis, Session, Tick};
use learnr_protocol::SessionInfo;
use tokio::sync::{Semaphore, oneshot};

use super::SessionContext;
use super::activation::Activated;
use super::fanout::Fanout;
use super::fleet::Errand;
use super::held::{Held, Pending};
use super::history::{History, has_ended};
use super::limits::Arrivals;
use super::messages::{Admission, Attach, AttachRefused, Detach, FromClient};
use super::registry::{PERMITS_MAX, Place, SessionHandle};
use super::timer::Timer;
use crate::store::{Fence, LearnerId, SessionId};

/// Most time a takeover gives back to the learner who waited for it, in milliseconds.
const TAKEOVER_CREDIT_MS_MAX: i64 = 10_000;

/// Longest that the socket a session was brought up for may take to join it, in milliseconds.
const AWAITED_MS: i64 = 1_000;

/// One live session.
pub struct SessionActor {
    pub(super) context: Arc<SessionContext>,
    pub(super) id: SessionId,
    learner: LearnerId,
    pub(super) stream: Box<str>,
    pub(super) info: SessionInfo,
    pub(super) fence: Fence,
    pub(super) session: Session,
    pub(super) history: History,
    /// The last event that is stored. Between it and `session.seq()` lies what the writer has.
    pub(super) stored: u32,
    /// Handed to the writer and not answered, oldest first.
    pub(super) pending: VecDeque<Pending>,
    /// Frames computed from live state, waiting for the event they follow to be stored.
    pub(super) held: VecDeque<Held>,
    pub(super) fanout: Fanout,
    pub(super) timer: Timer,
    pub(super) answers: Arrivals,
    pub(super) messages: Arrivals,
    /// Time the store took from the learner, given back with the next event.
    pub(super) owed_ms: i64,
    /// When a command that nobody sent may be tried again: nobody but the session itself would wait.
    pub(super) not_before: i64,
    pub(super) leaving: bool,
    /// Dropped once nothing is with the writer any more.
    pub(super) flushed: Vec<oneshot::Sender<()>>,
    /// When something last happened: a connection came or went, an event was decided.
    pub(super) quiet_since: i64,
    /// Until when the socket it was brought up for may still be on its way.
    pub(super) awaited_until: i64,
    chance: Chance,
    pub(super) place: Place,
}

impl Actor for SessionActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.give_back_time(ctx);
        self.arm(ctx);
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.place.give_up();
    }
}

impl SessionActor {
    /// Starts the actor on its arbiter.
    pub(super) fn launch(from: Activated, place: Place, on: &ArbiterHandle) -> SessionHandle {
        let permits = Arc::new(Semaphore::new(PERMITS_MAX));
        let (learner, fence) = (from.row.learner, from.fence);
        let now_ms = from.context.clock.now_ms();
        let addr: Addr<Self> = Self::start_in_arbiter(on, move |_| Self::new(from, place, now_ms));
        SessionHandle {
            addr,
            permits,
            learner,
            fence,
        }
    }

    fn new(from: Activated, place: Place, now_ms: i64) -> Self {
        let timed = from.session.next_deadline().is_some();
        let owed_ms = match from.history.last_at() {
            Some(Millis(at)) if from.taken_over && timed => {
                (now_ms - at).clamp(0, TAKEOVER_CREDIT_MS_MAX)
            }
            _ => 0,
        };
        Self {
            id: from.row.id,
            learner: from.row.learner,
            stream: from.row.stream.into_boxed_str(),
            info: from.info,
            fence: from.fence,
            stored: from.session.seq(),
            session: from.session,
            history: from.history,
            pending: VecDeque::new(),
            held: VecDeque::new(),
            fanout: Fanout::default(),
            timer: Timer::default(),
            answers: Arrivals::default(),
            messages: Arrivals::default(),
            owed_ms,
            not_before: 0,
            leaving: false,
            flushed: Vec::new(),
            quiet_since: now_ms,
            awaited_until: match from.errand {
                Errand::Socket => now_ms + AWAITED_MS,
                Errand::Deadline | Errand::Removal => 0,
            },
            chance: Chance::new(from.fence.claim.cast_unsigned()),
            place,
            context: from.context,
        }
    }

    /// Time and chance for one decision. The seed of chance is the random value of the claim.
    pub(super) fn tick(&mut self) -> Tick {
        Tick {
            now: Millis(self.context.clock.now_ms()),
            seed: self.chance.bits(),
        }
    }

    /// A number below `bound`, by the same chance.
    pub(super) fn chance_below(&mut self, bound: usize) -> usize {
        self.chance.below(bound)
    }

    fn spend(&self, attach: &Attach, now: i64) -> Result<(), AttachRefused> {
        let ticket = match &attach.admission {
            Admission::Ticket(ticket) => ticket,
            Admission::Vouched(learner) if *learner == self.learner => return Ok(()),
            Admission::Vouched(_) => return Err(AttachRefused::BadTicket),
        };
        if ticket.learner != self.learner || ticket.session != self.id {
            return Err(AttachRefused::BadTicket);
        }
        self.context.spend(ticket, now)
    }
}

impl Handler<Attach> for SessionActor {
    type Result = Result<(), AttachRefused>;

    fn handle(&mut self, attach: Attach, ctx: &mut Self::Context) -> Self::Result {
        if self.leaving {
            return Err(AttachRefused::Leaving);
        }
        let now = self.context.clock.now_ms();
        self.spend(&attach, now)?;
        self.quiet_since = now;
        self.awaited_until = 0;
        self.welcome(attach, now);
        self.arm(ctx);
        Ok(())
    }
}

impl Handler<Detach> for SessionActor {
    type Result = ();

    fn handle(&mut self, detach: Detach, ctx: &mut Self::Context) {
        self.fanout.remove(detach.connection);
        self.quiet_since = self.context.clock.now_ms();
        if self.fanout.is_empty() && has_ended(&self.session) && self.pending.is_empty() {
            self.release(ctx);
        }
        self.arm(ctx);
    }
}

impl Handler<FromClient> for SessionActor {
    type Result = ();

    fn handle(&mut self, from: FromClient, ctx: &mut Self::Context) {
        if !self.leaving {
            self.receive(from.connection, from.message, ctx);
            self.arm(ctx);
        }
        drop(from.permit);
    }
}
