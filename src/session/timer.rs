//! When a session must look up without being told: its deadline, a slow write, nobody there.
//!
//! Owns the one timer of a session. It is re-armed lazily: an answer that is stored in time cancels
//! nothing, the timer fires, finds nothing due and is armed for what comes next.

use actix::{ActorFutureExt, AsyncContext, Context, SpawnHandle, WrapFuture};

use super::actor::SessionActor;

/// A write that takes longer is reported to its sender as `saving`, in milliseconds.
pub(super) const SAVING_AFTER_MS: i64 = 500;
/// And again this often, in milliseconds.
pub(super) const SAVING_EVERY_MS: i64 = 2_000;
/// An ended session keeps its sockets this long, so that the summary can be read, in milliseconds.
pub(super) const ENDED_MS: i64 = 60_000;

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
}
