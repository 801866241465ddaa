//! When a session must look up without being told: its deadline, a slow write, nobody there.
//!
//! Owns the one timer of a session, and what it finds due. It is re-armed lazily: an answer that is stored in time cancels
//! nothing, the timer fires, finds nothing due and is armed for what comes next.

use actix::{ActorFutureExt, AsyncContext, Context, SpawnHandle, WrapFuture};
use learnr_domain::Command;
use learnr_protocol::CloseCode;

use super::actor::SessionActor;
use super::held::Pending;
use super::history::has_ended;

/// A write that takes longer is reported to its sender as `saving`, in milliseconds.
pub(super) const SAVING_AFTER_MS: i64 = 500;
/// And again this often, in milliseconds.
pub(super) const SAVING_EVERY_MS: i64 = 2_000;
/// An ended session keeps its sockets this long, so that the summary can be read, in milliseconds.
const ENDED_MS: i64 = 60_000;

/// The timer of one session.
#[derive(Default)]
pub(super) struct Timer {
    armed: Option<(i64, SpawnHandle)>,
}

impl SessionActor {
    /// Arms the timer for whatever is due next, unless it fires before that anyway.
    pub(super) fn arm(&mut self, ctx: &mut Context<Self>) {
        let Some(due) = self.next_due() else { return };
        if let Some((armed, handle)) = self.timer.armed {
            if armed <= due {
                return;
            }
            ctx.cancel_future(handle);
        }
        let moment = self.context.clock.wait_until(due);
        let handle = ctx.spawn(moment.into_actor(self).map(|(), actor, ctx| {
            actor.timer.armed = None;
            actor.on_time(ctx);
            actor.arm(ctx);
        }));
        self.timer.armed = Some((due, handle));
    }

    /// What the timer must not miss: the deadline, a `saving` due, nobody there for too long. A session that
    /// lets go has nothing left to do but to tell of what is still with the writer.
    fn next_due(&self) -> Option<i64> {
        let saving = self.pending.front().map(Pending::saving_due);
        if self.leaving {
            return saving;
        }
        let deadline = self
            .session
            .next_deadline()
            .map(|at| at.0.max(self.not_before));
        let credit = self.owes_time().then_some(self.not_before);
        let quiet = match (self.fanout.is_empty(), self.pending.is_empty()) {
            (true, true) => Some(self.quiet_since + self.context.idle_ms),
            // Not let go before what the writer has is answered; until then there is `saving` to look up for.
            (true, false) => None,
            (false, _) => has_ended(&self.session).then_some(self.quiet_since + ENDED_MS),
        };
        [saving, deadline, credit, quiet]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does whatever is due.
    fn on_time(&mut self, ctx: &mut Context<Self>) {
        let now = self.context.clock.now_ms();
        self.tell_saving(now);
        if self.leaving {
            return;
        }
        if self.not_before <= now {
            // First, so that it moves the deadline before that is held against the learner.
            self.give_back_time(ctx);
        }
        if self.session.next_deadline().is_some_and(|at| at.0 <= now) && self.not_before <= now {
            self.carry_out(&Command::DeadlinePassed, None, ctx);
        }
        let ended = has_ended(&self.session);
        if ended && !self.fanout.is_empty() && now >= self.quiet_since + ENDED_MS {
            self.fanout.close_all(CloseCode::SessionEnded);
        }
        let idle = self.fanout.is_empty() && now >= self.quiet_since + self.context.idle_ms;
        if (idle || (ended && self.fanout.is_empty())) && self.pending.is_empty() {
            self.release(ctx);
        }
    }
}
