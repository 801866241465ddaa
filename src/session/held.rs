//! What waits behind the writer: frames computed from live state, and whoever asked for them.
//!
//! Owns invariant 1, stored before seen: every frame computed from live state queues behind the last event
//! handed to the writer; only what tells nothing of it passes: `pong`, `saving`, and refusals that touched no
//! state.

use std::future::Future;
use std::sync::Arc;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use learnr_domain::session::Fact;
use learnr_protocol::{CloseCode, Saving, ServerMessage};
use tokio::sync::oneshot;

use super::actor::SessionActor;
use super::fanout::Encoded;
use super::frames;
use super::history::{self, Entry};
use super::messages::ConnectionId;
use super::outbox::Worth;
use super::timer::{SAVING_AFTER_MS, SAVING_EVERY_MS};
use crate::store::record;

/// Frames that may wait behind the writer. The connection that needs one more is closed with 1013.
const HELD_FRAMES_MAX: usize = 256;
/// Longest delay before clients of a draining instance reconnect, in milliseconds; the server draws it. Short, since sessions are
/// drained a few at a time: a learner is to wait less than a second in all.
pub const GOING_AWAY_MS_MAX: usize = 500;

/// What the writer has and has not answered.
pub(super) struct Pending {
    pub(super) upto: u32,
    pub(super) since_ms: i64,
    pub(super) saving_at: Option<i64>,
    pub(super) requester: Option<(ConnectionId, String)>,
    pub(super) settled: bool,
}

/// A frame that waits for event `after` to be stored.
pub(super) struct Held {
    after: u32,
    to: To,
    frame: Encoded,
}

#[derive(Clone, Copy)]
enum To {
    One(ConnectionId),
    /// Everyone whose welcome did not cover this event.
    All(u32),
}

impl Pending {
    /// When its sender is to be told that it is still being saved.
    pub(super) fn saving_due(&self) -> i64 {
        match self.saving_at {
            None => self.since_ms + SAVING_AFTER_MS,
            Some(last) => last + SAVING_EVERY_MS,
        }
    }
}

impl SessionActor {
    /// Holds an event's frame until the event is stored.
    pub(super) fn hold_for_all(&mut self, entry: &Entry) {
        let bank = self.session.bank();
        let frame = match &entry.event.fact {
            // Nearly every frame there is, so none of its texts is copied first.
            Fact::Answered(answered) => {
                self.fanout.encode(&frames::answered(bank, answered, entry))
            }
            _ => self.fanout.encode(&frames::durable(bank, entry)),
        };
        let seq = entry.event.seq;
        self.held.push_back(Held {
            after: seq,
            to: To::All(seq),
            frame,
        });
    }

    /// Lets go of every frame whose event is stored.
    pub(super) fn release_held(&mut self) {
        while let Some(front) = self.held.front()
            && front.after <= self.stored
        {
            if let Some(held) = self.held.pop_front() {
                self.deliver(held.to, &held.frame);
            }
        }
    }

    /// Tells a request's sender again what came of it.
    pub(super) fn repeat(
        &mut self,
        seq: u32,
        requester: Option<ConnectionId>,
        ctx: &mut Context<Self>,
    ) {
        if let Some(entry) = self.history.get(seq) {
            let frame = frames::durable(self.session.bank(), entry);
            return self.answer(requester, &frame);
        }
        let store = Arc::clone(&self.context.store);
        let bank = Arc::clone(self.session.bank());
        let id = self.id;
        let told = async move {
            let rows = store.load_events(id).await.ok()?;
            let events = rows.iter().map(record::event_from_row);
            let events = events.collect::<Result<Vec<_>, _>>().ok()?;
            let mut found = None;
            let keep = |entry: Entry| {
                if entry.event.seq == seq {
                    found = Some(frames::durable(&bank, &entry));
                }
            };
            history::replay(Arc::clone(&bank), events, keep).ok()?;
            found
        };
        ctx.spawn(told.into_actor(self).map(move |told, actor, _| {
            // A store that does not answer leaves the client waiting; it asks again, as for any lost frame.
            if let Some(frame) = told {
                actor.answer(requester, &frame);
            }
        }));
    }

    /// Sends to one connection, behind everything that the writer has.
    pub(super) fn answer(&mut self, to: Option<ConnectionId>, message: &ServerMessage) {
        let Some(connection) = to else { return };
        let frame = self.fanout.encode(message);
        if self.pending.is_empty() {
            self.deliver(To::One(connection), &frame);
        } else if self.held.len() < HELD_FRAMES_MAX {
            self.held.push_back(Held {
                after: self.session.seq(),
                to: To::One(connection),
                frame,
            });
        } else {
            self.fanout.close(connection, CloseCode::Unavailable);
        }
    }

    /// Sends to one connection at once. Only for refusals that touched no state: a learner whose answer
    /// cannot be taken hears of it while it waits for the store, not after.
    pub(super) fn tell(&mut self, to: Option<ConnectionId>, message: &ServerMessage) {
        if let Some(connection) = to {
            let frame = self.fanout.encode(message);
            self.fanout.send(connection, Worth::Durable, &frame);
        }
    }

    fn deliver(&mut self, to: To, frame: &Encoded) {
        match to {
            To::One(connection) => self.fanout.send(connection, Worth::Durable, frame),
            To::All(seq) => self.fanout.broadcast(seq, frame),
        }
    }

    /// Tells whoever waits for a slow write that it is taken, and not stored yet.
    pub(super) fn tell_saving(&mut self, now: i64) {
        for pending in &mut self.pending {
            if now < pending.saving_due() {
                continue;
            }
            pending.saving_at = Some(now);
            if let Some((connection, request_id)) = &pending.requester {
                let saving = ServerMessage::Saving(Saving {
                    request_id: request_id.clone(),
                    since_ms: now - pending.since_ms,
                });
                let frame = self.fanout.encode(&saving);
                self.fanout.send(*connection, Worth::Latest, &frame);
            }
        }
    }

    /// Ends once nothing is with the writer any more.
    pub(super) fn flushed(&mut self) -> impl Future<Output = ()> + use<> {
        let (done, waiting) = oneshot::channel::<()>();
        if !self.pending.is_empty() {
            self.flushed.push(done);
        }
        async move {
            // Dropping the other end is the signal.
            drop(waiting.await);
        }
    }

    /// Tells every socket of this instance to come back later, at a moment of its own.
    pub(super) fn tell_going_away(&mut self) {
        let reconnect_after_ms = i64::try_from(self.chance_below(GOING_AWAY_MS_MAX)).unwrap_or(0);
        let frame = self.fanout.encode(&frames::going_away(reconnect_after_ms));
        self.fanout.tell_own(&frame);
    }
}
