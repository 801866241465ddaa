//! How a session leaves this instance: idle, drained, handed over, or taken by somebody else.
//!
//! Owns the order: no new commands, what the writer has is waited for, the store is told, then the directory, then the sockets. That
//! nothing is written afterwards is the store's to prove.

use std::sync::Arc;

use actix::{
    ActorContext, ActorFutureExt, AsyncContext, Context, Handler, ResponseActFuture, WrapFuture,
};
use learnr_protocol::CloseCode;

use super::actor::SessionActor;
use super::fleet::Errand;
use super::messages::{HandOver, Leave, Superseded};
use crate::cluster::Reply;
use crate::store::StoreError;

impl SessionActor {
    /// Lets the session go, once: no new activation waits for the release, the fence makes it harmless.
    pub(super) fn release(&mut self, ctx: &mut Context<Self>) {
        if std::mem::replace(&mut self.leaving, true) {
            return;
        }
        self.place.give_up();
        let store = Arc::clone(&self.context.store);
        let (id, fence) = (self.id, self.fence);
        let released = async move { store.release(id, fence).await };
        ctx.spawn(released.into_actor(self).map(|released, actor, ctx| {
            actor.released(released);
            ctx.stop();
        }));
    }

    /// Lets go of a session that this instance may not write any more.
    pub(super) fn abandon(&mut self, code: CloseCode, ctx: &mut Context<Self>) {
        self.leaving = true;
        self.held.clear();
        self.fanout.close_all(code);
        self.place.give_up();
        ctx.stop();
    }

    /// No new commands from here on; what the writer has is waited for, and only then the session is released.
    fn flush_and_release(&mut self) -> ResponseActFuture<Self, ()> {
        self.leaving = true;
        let store = Arc::clone(&self.context.store);
        let (id, fence) = (self.id, self.fence);
        let flushed = self.flushed();
        let released = async move {
            flushed.await;
            store.release(id, fence).await
        };
        Box::pin(
            released
                .into_actor(self)
                .map(|released, actor, _| actor.released(released)),
        )
    }

    fn released(&self, released: Result<bool, StoreError>) {
        match released {
            Ok(_) => {
                let context = &self.context;
                context.fleet.forget(self.id, &context.owner, self.fence);
            }
            // Not a loss: whoever claims the session next needs no release.
            Err(error) => tracing::warn!(session.id = %self.id, %error, "session not released"),
        }
    }

    /// Whether a learner is here, or about to be.
    fn is_held(&self) -> bool {
        !self.fanout.is_empty() || self.context.clock.now_ms() < self.awaited_until
    }
}

impl Handler<Leave> for SessionActor {
    type Result = ResponseActFuture<Self, ()>;

    fn handle(&mut self, _: Leave, _: &mut Self::Context) -> Self::Result {
        Box::pin(self.flush_and_release().map(|(), actor, ctx| {
            actor.tell_going_away();
            actor.abandon(CloseCode::Draining, ctx);
        }))
    }
}

impl Handler<HandOver> for SessionActor {
    type Result = ResponseActFuture<Self, Reply>;

    fn handle(&mut self, hand_over: HandOver, _: &mut Self::Context) -> Self::Result {
        let stays = match hand_over.errand {
            _ if self.leaving => None,
            Errand::Socket => self.is_held().then_some(Reply::Holds),
            Errand::Deadline => Some(Reply::Stays),
            Errand::Removal => None,
        };
        if let Some(reply) = stays {
            return Box::pin(async move { reply }.into_actor(self));
        }
        let code = match hand_over.errand {
            Errand::Removal => CloseCode::Removed,
            Errand::Socket | Errand::Deadline => CloseCode::Moved,
        };
        Box::pin(self.flush_and_release().map(move |(), actor, ctx| {
            actor.abandon(code, ctx);
            Reply::LetGo
        }))
    }
}

impl Handler<Superseded> for SessionActor {
    type Result = ();

    fn handle(&mut self, _: Superseded, ctx: &mut Self::Context) {
        tracing::info!(session.id = %self.id, epoch = self.fence.epoch, "session is owned elsewhere");
        metrics::counter!("learnr_sessions_superseded_total").increment(1);
        self.abandon(CloseCode::Moved, ctx);
    }
}
