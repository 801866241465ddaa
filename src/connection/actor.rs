//! The actor of one socket: `hello`, then messages handed on, and a heartbeat.

use std::sync::Arc;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context, StreamHandler, WrapFuture};
use actix_web::web::Bytes;
use learnr_protocol::{ClientMessage, CloseCode, Encoding, Hello, ResumePoint};

use super::counted::Counted;
use super::inbound::{Arrived, Data, DataKind, Incoming, farewell, receive};
use super::intake::Intake;
use super::joining::{Joining, Part};
use super::refusals::busy;
use super::relay::{Over, pass_on};
use super::{ConnectionContext, HELLO_WITHIN_MS, PONG_GRACE_MS};
use crate::auth::{Ticket, TicketError};
use crate::clock::Clock;
use crate::cluster::link::{Channel, Sender};
use crate::session::{Admission, ConnectionId, Detach, Outbox, SessionHandle};
use crate::store::{LearnerId, SessionId};

/// Times that a socket outlives the instance its session was on. Beyond it the client comes back by itself.
const REJOINS_MAX: u32 = 16;

/// A socket just upgraded.
pub(super) struct Opened {
    pub(super) context: Arc<ConnectionContext>,
    pub(super) id: ConnectionId,
    pub(super) session: SessionId,
    pub(super) encoding: Encoding,
    pub(super) stream: Incoming,
    pub(super) outbox: Arc<Outbox>,
    pub(super) place: Counted,
}

/// One socket.
pub(super) struct ConnectionActor {
    intake: Intake,
    session: SessionId,
    /// Where messages go, while the socket is part of a session.
    part: Option<Way>,
    /// Whose socket it is, once `hello` was accepted.
    learner: Option<LearnerId>,
    rejoins: u32,
    heard_at: i64,
    /// When it was asked whether it is there, until anything comes.
    pinged_at: Option<i64>,
    /// Held for as long as the socket is.
    _place: Counted,
}

/// The way to the session.
enum Way {
    Here(SessionHandle),
    There(Sender),
}

impl Actor for ConnectionActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let over = farewell(Arc::clone(self.outbox()));
        ctx.spawn(over.into_actor(self).map(|(), _, ctx| ctx.stop()));
        let until = self.heard_at + HELLO_WITHIN_MS;
        let late = self.clock().wait_until(until);
        ctx.spawn(late.into_actor(self).map(|(), actor, ctx| {
            if actor.learner.is_some() {
                actor.watch(ctx);
            } else {
                actor.outbox().close(CloseCode::NoHello);
            }
        }));
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.outbox().close(CloseCode::Normal);
        if let Some(learner) = self.learner {
            self.intake.context.presence.went(learner.0);
        }
        // Dropped, the way to another instance tells it.
        if let Some(Way::Here(handle)) = &self.part {
            handle.addr.do_send(Detach {
                connection: self.intake.id,
            });
        }
    }
}

impl ConnectionActor {
    /// Starts the actor on the thread that accepted the socket.
    pub(super) fn launch(opened: Opened) {
        Self::create(|ctx| {
            ctx.add_stream(opened.stream);
            Self {
                heard_at: opened.context.registry.context().clock.now_ms(),
                intake: Intake::new(opened.context, opened.id, opened.encoding, opened.outbox),
                session: opened.session,
                part: None,
                learner: None,
                rejoins: 0,
                pinged_at: None,
                _place: opened.place,
            }
        });
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.intake.context.registry.context().clock
    }

    fn outbox(&self) -> &Arc<Outbox> {
        &self.intake.outbox
    }

    /// Pings a client that has been silent for a heartbeat, and closes it when the grace after that ping
    /// passes without a word. One timer at a time.
    fn watch(&mut self, ctx: &mut Context<Self>) {
        let heartbeat = self.intake.context.registry.context().heartbeat_ms;
        let now = self.clock().now_ms();
        let next = match self.pinged_at {
            Some(at) if now >= at + PONG_GRACE_MS => return self.outbox().close(CloseCode::NoPong),
            Some(at) => at + PONG_GRACE_MS,
            None if now >= self.heard_at + heartbeat => {
                self.outbox().ping();
                self.pinged_at = Some(now);
                now + PONG_GRACE_MS
            }
            None => self.heard_at + heartbeat,
        };
        let moment = self.clock().wait_until(next);
        ctx.spawn(
            moment
                .into_actor(self)
                .map(|(), actor, ctx| actor.watch(ctx)),
        );
    }

    fn frame(&mut self, frame: Bytes, ctx: &mut Context<Self>) {
        let Some(message) = self.intake.decode(&frame) else {
            return;
        };
        match (message, &self.part) {
            (ClientMessage::Hello(hello), _) if self.learner.is_none() => self.hello(hello, ctx),
            (_, _) if self.learner.is_none() => self.outbox().close(CloseCode::NoHello),
            (message, Some(Way::Here(handle))) => self.intake.hand_to(&handle.clone(), message),
            (message, Some(Way::There(sender))) => {
                if sender.try_send(frame).is_err() {
                    self.intake.refuse(busy(&message));
                }
            }
            (_, None) => {}
        }
    }

    /// Joins the session. Nothing else is read from the socket until that is done.
    fn hello(&mut self, hello: Hello, ctx: &mut Context<Self>) {
        let now = self.clock().now_ms();
        let ticket = Ticket::open(
            &self.intake.context.secret,
            &hello.ticket,
            self.session,
            now,
        );
        let refused = match ticket {
            Ok(ticket) => {
                self.learner = Some(ticket.learner);
                self.intake.context.presence.came(ticket.learner.0);
                return self.join(ticket.learner, Admission::Ticket(ticket), hello.resume, ctx);
            }
            Err(TicketError::Expired) => CloseCode::TicketSpent,
            Err(TicketError::Bad) => CloseCode::BadTicket,
        };
        self.outbox().close(refused);
    }

    fn join(
        &mut self,
        learner: LearnerId,
        admission: Admission,
        resume: Option<ResumePoint>,
        ctx: &mut Context<Self>,
    ) {
        let joining = Joining {
            context: Arc::clone(&self.intake.context),
            session: self.session,
            connection: self.intake.id,
            encoding: self.intake.encoding,
            learner,
            admission,
            resume,
            outbox: Arc::clone(self.outbox()),
        };
        ctx.wait(
            wrap_future::<_, Self>(joining.join()).map(|joined, actor, ctx| match joined {
                Ok(Part::Here(handle)) => actor.part = Some(Way::Here(handle)),
                Ok(Part::There(channel)) => actor.relay(channel, ctx),
                Err(code) => actor.outbox().close(code),
            }),
        );
    }

    /// Frames go to and fro over the channel for as long as the session is at its other end.
    fn relay(&mut self, channel: Channel, ctx: &mut Context<Self>) {
        let (sender, receiver) = channel.split();
        self.part = Some(Way::There(sender));
        let context = &self.intake.context;
        let passed = pass_on(
            receiver,
            Arc::clone(self.outbox()),
            self.intake.encoding,
            context.leaving(),
            context.relay(),
        );
        ctx.spawn(
            passed
                .into_actor(self)
                .map(|over, actor, ctx| actor.relayed(over, ctx)),
        );
    }

    /// The relay is over. Where only the other instance has gone the socket stays and its session is looked for again: the
    /// client gets another `welcome` and the whole state.
    fn relayed(&mut self, over: Over, ctx: &mut Context<Self>) {
        self.part = None;
        self.rejoins += 1;
        match (over, self.learner) {
            // Its client has gone in the meantime.
            _ if self.outbox().is_closing() => {}
            (Over::Gone, Some(learner)) if self.rejoins <= REJOINS_MAX => {
                metrics::counter!("learnr_relays_resumed_total").increment(1);
                self.join(learner, Admission::Vouched(learner), None, ctx);
            }
            (Over::Gone, _) => self.outbox().close(CloseCode::Moved),
            (Over::Closed(code), _) => self.outbox().close(code),
        }
    }
}

impl StreamHandler<Arrived> for ConnectionActor {
    fn handle(&mut self, arrived: Arrived, ctx: &mut Self::Context) {
        self.heard_at = self.clock().now_ms();
        self.pinged_at = None;
        let Some(Data { kind, payload }) = receive(self.outbox(), arrived) else {
            return;
        };
        match (kind, self.intake.encoding) {
            (DataKind::Binary, Encoding::MsgPack) | (DataKind::Text, Encoding::Json) => {
                self.frame(payload, ctx);
            }
            (DataKind::Binary | DataKind::Text, _) => self.outbox().close(CloseCode::BadFrame),
        }
    }

    /// The client is gone, or the codec gave up: what waits is still written, then the socket closes.
    fn finished(&mut self, ctx: &mut Self::Context) {
        ctx.stop();
    }
}
