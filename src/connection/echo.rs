//! A socket that gives back every message it gets, for the protocol's conformance suite. Only with the feature `echo`.
//!
//! Owns its own limits, which the suite's messages need to be larger. All else, from the handshake to the bytes
//! written, is what the sockets of sessions are made of; must not grow a second way to do any of it.

use std::sync::Arc;

use actix::fut::ActorFutureExt;
use actix::{Actor, ActorContext, AsyncContext, Context, StreamHandler, WrapFuture};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::{CloseCode, Encoding};

use super::counted::Counted;
use super::handshake::{SocketBounds, upgrade};
use super::inbound::{Arrived, Data, DataKind, farewell, receive};
use super::outbound::{Framing, binary, text};
use super::{ConnectionContext, HandshakeRefused};
use crate::session::{Outbox, OutboxBound, Worth};

/// Four times the largest message of the suite's cases 1 to 10, which has 256 KiB. What waits may be as much again.
const BOUNDS: SocketBounds = SocketBounds {
    message_bytes: 1024 * 1024,
    outbox: OutboxBound {
        frames: 256,
        bytes: 2 * 1024 * 1024,
    },
};

/// First byte of what waits in the outbox: whether the rest is sent as text or as binary.
const TEXT: u8 = 1;
const BINARY: u8 = 2;

/// Opens a socket that echoes: the reply to the upgrade, its actor already running.
///
/// # Errors
/// [`HandshakeRefused`], before anything was upgraded.
pub async fn open_echo(
    context: &Arc<ConnectionContext>,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, HandshakeRefused> {
    let upgraded = upgrade(context, request, payload, BOUNDS, framing).await?;
    EchoActor::create(|ctx| {
        ctx.add_stream(upgraded.stream);
        EchoActor {
            outbox: upgraded.outbox,
            _place: upgraded.place,
        }
    });
    Ok(upgraded.response)
}

/// Whatever was agreed, both kinds of message come back as what they were.
fn framing(_: Encoding) -> Framing {
    |frame| match frame.first() {
        Some(&TEXT) => text(frame.slice(1..)),
        Some(&BINARY) => binary(frame.slice(1..)),
        _ => None,
    }
}

/// One socket.
struct EchoActor {
    outbox: Arc<Outbox>,
    /// Held for as long as the socket is.
    _place: Counted,
}

impl Actor for EchoActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let over = farewell(Arc::clone(&self.outbox));
        ctx.spawn(over.into_actor(self).map(|(), _, ctx| ctx.stop()));
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.outbox.close(CloseCode::Normal);
    }
}

impl StreamHandler<Arrived> for EchoActor {
    /// A message that finds no room in the outbox has closed the socket as too slow.
    fn handle(&mut self, arrived: Arrived, _: &mut Self::Context) {
        if let Some(data) = receive(&self.outbox, arrived) {
            self.outbox.push(Worth::Durable, tagged(&data));
        }
    }

    fn finished(&mut self, ctx: &mut Self::Context) {
        ctx.stop();
    }
}

fn tagged(data: &Data) -> Bytes {
    let tag = match data.kind {
        DataKind::Text => TEXT,
        DataKind::Binary => BINARY,
    };
    let mut frame = BytesMut::with_capacity(1 + data.payload.len());
    frame.extend_from_slice(&[tag]);
    frame.extend_from_slice(&data.payload);
    frame.freeze()
}
