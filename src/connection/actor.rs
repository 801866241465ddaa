//! The actor of one socket: `hello`, then messages handed on, and a heartbeat.

use std::sync::Arc;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context, StreamHandler, WrapFuture};
use learnr_protocol::{
    ClientMessage, CloseCode, DecodeError, Encoding, ErrorCode, Hello, Refused, ServerMessage,
    decode_client, encode,
};

use super::inbound::{Arrived, Data, DataKind, Incoming, farewell, receive};
use super::refusals::{Refusals, busy, unreadable};
use super::{ConnectionContext, HELLO_WITHIN_MS, PONG_GRACE_MS, Place};
use crate::auth::{Ticket, TicketError};
use crate::clock::Clock;
use crate::session::{
    ActivationError, Attach, AttachRefused, ConnectionId, Detach, FromClient, Outbox,
    SessionHandle, Worth,
};
use crate::store::SessionId;

/// Longest a session may take to come up before the client is told to try again.
const ATTACH_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// A socket just upgraded.
pub(super) struct Opened {
    pub(super) context: Arc<ConnectionContext>,
    pub(super) id: ConnectionId,
    pub(super) session: SessionId,
    pub(super) encoding: Encoding,
    pub(super) stream: Incoming,
    pub(super) outbox: Arc<Outbox>,
    pub(super) place: Place,
}

/// One socket.
pub(super) struct ConnectionActor {
    context: Arc<ConnectionContext>,
    id: ConnectionId,
    session: SessionId,
    encoding: Encoding,
    outbox: Arc<Outbox>,
    /// Where messages go, once `hello` was accepted.
    attached: Option<SessionHandle>,
    said_hello: bool,
    heard_at: i64,
    /// When it was asked whether it is there, until anything comes.
    pinged_at: Option<i64>,
    refusals: Refusals,
    /// Held for as long as the socket is.
    _place: Place,
}

impl Actor for ConnectionActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let over = farewell(Arc::clone(&self.outbox));
        ctx.spawn(over.into_actor(self).map(|(), _, ctx| ctx.stop()));
        let until = self.heard_at + HELLO_WITHIN_MS;
        let late = self.clock().wait_until(until);
        ctx.spawn(late.into_actor(self).map(|(), actor, ctx| {
            if actor.said_hello {
                actor.watch(ctx);
            } else {
                actor.outbox.close(CloseCode::NoHello);
            }
        }));
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.outbox.close(CloseCode::Normal);
        if let Some(handle) = &self.attached {
            handle.addr.do_send(Detach {
                connection: self.id,
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
                context: opened.context,
                id: opened.id,
                session: opened.session,
                encoding: opened.encoding,
                outbox: opened.outbox,
                attached: None,
                said_hello: false,
                pinged_at: None,
                refusals: Refusals::default(),
                _place: opened.place,
            }
        });
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.context.registry.context().clock
    }

    /// Pings a client that has been silent for a heartbeat, and closes it when the grace after that ping
    /// passes without a word. One timer at a time.
    fn watch(&mut self, ctx: &mut Context<Self>) {
        let heartbeat = self.context.registry.context().heartbeat_ms;
        let now = self.clock().now_ms();
        let next = match self.pinged_at {
            Some(at) if now >= at + PONG_GRACE_MS => return self.outbox.close(CloseCode::NoPong),
            Some(at) => at + PONG_GRACE_MS,
            None if now >= self.heard_at + heartbeat => {
                self.outbox.ping();
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

    fn frame(&mut self, frame: &[u8], ctx: &mut Context<Self>) {
        match decode_client(frame, self.encoding) {
            Ok(ClientMessage::Hello(hello)) if !self.said_hello => self.hello(hello, ctx),
            Ok(_) if !self.said_hello => self.outbox.close(CloseCode::NoHello),
            Ok(message) => self.hand_on(message),
            Err(DecodeError::Garbage) => self.outbox.close(CloseCode::BadFrame),
            Err(ref error @ DecodeError::UnknownType { ref request_id, .. }) => {
                self.refuse(unreadable(request_id, ErrorCode::UnknownType, error));
            }
            Err(ref error @ DecodeError::BadShape { ref request_id, .. }) => {
                self.refuse(unreadable(request_id, ErrorCode::BadMessage, error));
            }
        }
    }

    /// Joins the session. Nothing else is read from the socket until that is done.
    fn hello(&mut self, hello: Hello, ctx: &mut Context<Self>) {
        self.said_hello = true;
        let now = self.clock().now_ms();
        let ticket = match Ticket::open(&self.context.secret, &hello.ticket, self.session, now) {
            Ok(ticket) => ticket,
            Err(TicketError::Expired) => return self.outbox.close(CloseCode::TicketSpent),
            Err(TicketError::Bad) => return self.outbox.close(CloseCode::BadTicket),
        };
        let registry = Arc::clone(&self.context.registry);
        let (session, connection, encoding) = (self.session, self.id, self.encoding);
        let outbox = Arc::clone(&self.outbox);
        let attaching = async move {
            let attach = || Attach {
                connection,
                ticket: ticket.clone(),
                encoding,
                resume: hello.resume.clone(),
                outbox: Arc::clone(&outbox),
            };
            tokio::time::timeout(ATTACH_WITHIN, registry.attach(session, attach)).await
        };
        ctx.wait(
            wrap_future::<_, Self>(attaching).map(|attached, actor, _| match attached {
                Ok(Ok(Ok(handle))) => actor.attached = Some(handle),
                Ok(Ok(Err(refused))) => actor.outbox.close(match refused {
                    AttachRefused::TicketSpent => CloseCode::TicketSpent,
                    AttachRefused::BadTicket => CloseCode::BadTicket,
                    AttachRefused::Busy | AttachRefused::Leaving => CloseCode::Unavailable,
                }),
                Ok(Err(error)) => actor.outbox.close(close_code(actor.session, &error)),
                Err(_) => actor.outbox.close(CloseCode::Unavailable),
            }),
        );
    }

    fn hand_on(&mut self, message: ClientMessage) {
        let Some(handle) = self.attached.clone() else {
            return;
        };
        match Arc::clone(&handle.permits).try_acquire_owned() {
            Ok(permit) => handle.addr.do_send(FromClient {
                connection: self.id,
                message,
                permit,
            }),
            Err(_) => self.refuse(busy(&message)),
        }
        if !handle.addr.connected() {
            // The session was let go between two messages; the client comes back with a new ticket.
            self.outbox.close(CloseCode::Moved);
        }
    }

    /// Refuses a message that the session never sees; whoever goes on after that is closed.
    fn refuse(&mut self, refused: Refused) {
        let limits = &self.context.registry.context().limits;
        let now = self.clock().now_ms();
        match self.refusals.next(limits, now, refused) {
            Some(refused) => {
                let frame = encode(&ServerMessage::Error(refused), self.encoding);
                self.outbox.push(Worth::Durable, frame);
            }
            None => self.outbox.close(CloseCode::LimitsIgnored),
        }
    }
}

/// How a client learns that its session cannot be brought up.
fn close_code(session: SessionId, error: &ActivationError) -> CloseCode {
    match error {
        ActivationError::NotFound | ActivationError::Deleted => CloseCode::Removed,
        // Coming back for another ticket, the client is told the rest.
        ActivationError::Faulted => CloseCode::Faulted,
        ActivationError::Busy | ActivationError::Store(_) => CloseCode::Unavailable,
        ActivationError::Draining => CloseCode::Draining,
        ActivationError::Bank(_) | ActivationError::Record(_) | ActivationError::Replay(_) => {
            tracing::error!(session.id = %session, %error, "session cannot be brought up");
            CloseCode::Removed
        }
    }
}

impl StreamHandler<Arrived> for ConnectionActor {
    fn handle(&mut self, arrived: Arrived, ctx: &mut Self::Context) {
        self.heard_at = self.clock().now_ms();
        self.pinged_at = None;
        let Some(Data { kind, payload }) = receive(&self.outbox, arrived) else {
            return;
        };
        match (kind, self.encoding) {
            (DataKind::Binary, Encoding::MsgPack) | (DataKind::Text, Encoding::Json) => {
                self.frame(&payload, ctx);
            }
            (DataKind::Binary | DataKind::Text, _) => self.outbox.close(CloseCode::BadFrame),
        }
    }

    /// The client is gone, or the codec gave up: what waits is still written, then the socket closes.
    fn finished(&mut self, ctx: &mut Self::Context) {
        ctx.stop();
    }
}
