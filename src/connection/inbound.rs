//! What comes in on one socket: data to hand on, and what the WebSocket protocol itself wants answered.
//!
//! Owns the reading half up to whole messages, and the replies to pings, closes and violations (RFC 6455, 5.5 and
//! 7.1.7). Knows nothing of what a message says.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_http::ws::{Message, ProtocolError};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, dev, web};
use actix_ws::MessageStream;
use futures_util::stream::LocalBoxStream;
use futures_util::{Stream, StreamExt};
use learnr_protocol::CloseCode;

use super::guard::{Guarded, is_too_big};
use super::whole::Whole;
use crate::session::Outbox;

/// How long a client that is being closed may take to close in turn; nothing that it sends counts any more.
const FAREWELL: Duration = Duration::from_secs(1);

/// What arrived: a message, or why there is none.
pub(super) type Arrived = Result<Message, ProtocolError>;

/// What comes in on a socket, up to its end or to the first error.
pub(super) type Incoming = LocalBoxStream<'static, Arrived>;

/// What the opcode of a message says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataKind {
    Text,
    Binary,
}

/// One whole message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Data {
    pub(super) kind: DataKind,
    pub(super) payload: Bytes,
}

/// The payload of an upgrade with the guard in front of it.
///
/// # Errors
/// When actix cannot make one payload of another.
pub(super) async fn guarded(
    request: &HttpRequest,
    payload: web::Payload,
    message_bytes_max: usize,
) -> Result<web::Payload, actix_web::Error> {
    let guarded: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
        Box::pin(Guarded::new(payload.into_inner(), message_bytes_max));
    let mut guarded = dev::Payload::Stream { payload: guarded };
    web::Payload::from_request(request, &mut guarded).await
}

/// Whole messages of a guarded payload, up to its end or to the first error.
pub(super) fn messages(frames: MessageStream, message_bytes_max: usize) -> Incoming {
    Whole::new(frames, message_bytes_max).boxed_local()
}

/// Does what the protocol itself asks for, by way of the outbox; gives back what is left for the actor.
pub(super) fn receive(outbox: &Outbox, arrived: Arrived) -> Option<Data> {
    if outbox.is_closing() {
        return None;
    }
    match arrived {
        Ok(Message::Text(text)) => {
            return Some(Data {
                kind: DataKind::Text,
                payload: text.into_bytes(),
            });
        }
        Ok(Message::Binary(payload)) => {
            return Some(Data {
                kind: DataKind::Binary,
                payload,
            });
        }
        Ok(Message::Ping(payload)) => outbox.pong(&payload),
        Ok(Message::Pong(_) | Message::Nop) => {}
        Ok(Message::Continuation(_)) => unreachable!("fragments are made whole"),
        Ok(Message::Close(_)) => outbox.close(CloseCode::Normal),
        Err(error) => {
            tracing::debug!(%error, "socket broke the WebSocket protocol");
            outbox.close(violation(&error));
        }
    }
    None
}

/// The code of RFC 6455, 7.4.1 for what ended the stream.
fn violation(error: &ProtocolError) -> CloseCode {
    match error {
        error if is_too_big(error) => CloseCode::TooBig,
        // The codec reports two things as invalid data: such text, and reserved bits that are set.
        ProtocolError::Io(io)
            if io.kind() == io::ErrorKind::InvalidData
                && !io.to_string().contains("reserved bits") =>
        {
            CloseCode::NotUtf8
        }
        _ => CloseCode::Violation,
    }
}

/// Ends once a socket was closed and its client had its time to close in turn.
pub(super) async fn farewell(outbox: Arc<Outbox>) {
    outbox.closing().await;
    tokio::time::sleep(FAREWELL).await;
}
