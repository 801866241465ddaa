//! What goes out on one socket: the body of the response to the upgrade, drawn from the outbox.
//!
//! Owns the only writer of a socket. It is asked for more only when the socket takes more, so that whatever
//! a slow reader does not take waits in the outbox, and nowhere else. A socket that takes nothing any more is
//! ended by the kernel's user timeout, set when it was accepted.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_codec::Encoder;
use actix_http::ws::{CloseCode as WsCloseCode, CloseReason, Codec, Message};
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::{Bytes, BytesMut};
use learnr_protocol::{CloseCode, Encoding};

use crate::session::{Next, Outbox};

/// Bytes gathered into one write; one more frame may follow.
const WRITE_BYTES: usize = 16 * 1024;

/// Bytes in front of what a server's frame carries, at most.
const HEADER_BYTES_MAX: usize = 10;

/// Makes a message of what the outbox holds; `None` when it can be none.
pub(super) type Framing = fn(Bytes) -> Option<Message>;

/// The kind of message that carries an encoding.
pub(super) fn framing(encoding: Encoding) -> Framing {
    match encoding {
        Encoding::Json => text,
        Encoding::MsgPack => binary,
    }
}

/// JSON is UTF-8; a frame that is not was never one of ours.
pub(super) fn text(frame: Bytes) -> Option<Message> {
    frame.try_into().ok().map(Message::Text)
}

/// Any bytes.
pub(super) fn binary(frame: Bytes) -> Option<Message> {
    Some(Message::Binary(frame))
}

/// Bytes that a message carries; of a close, more than its reasons ever take.
fn size(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Continuation(_) | Message::Close(_) | Message::Nop => 125,
    }
}

/// The frames of one socket.
pub(super) struct Outbound {
    outbox: Arc<Outbox>,
    framing: Framing,
    codec: Codec,
    ended: bool,
    /// What actix-ws would have written. It tells the reading half when the response is over, by being dropped.
    _upgraded: BoxBody,
}

impl Outbound {
    pub(super) fn new(outbox: Arc<Outbox>, framing: Framing, upgraded: BoxBody) -> Self {
        Self {
            outbox,
            framing,
            codec: Codec::new(),
            ended: false,
            _upgraded: upgraded,
        }
    }

    fn message(&mut self, next: Next) -> Message {
        match next {
            Next::Frame(frame) => {
                (self.framing)(frame).unwrap_or_else(|| self.farewell(CloseCode::Faulted))
            }
            Next::Ping => Message::Ping(Bytes::new()),
            Next::Pong(payload) => Message::Pong(payload),
            Next::Close(code) => self.farewell(code),
        }
    }

    fn farewell(&mut self, code: CloseCode) -> Message {
        self.ended = true;
        Message::Close(Some(CloseReason {
            code: WsCloseCode::from(code.number()),
            description: Some(code.reason().to_owned()),
        }))
    }
}

impl MessageBody for Outbound {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let mut written = BytesMut::new();
        while !self.ended && written.len() < WRITE_BYTES {
            let Poll::Ready(next) = self.outbox.poll_next(cx) else {
                break;
            };
            let message = self.message(next);
            // Known, the size is asked for once instead of being grown into.
            written.reserve(size(&message) + HEADER_BYTES_MAX);
            self.codec
                .encode(message, &mut written)
                .expect("whole messages always encode");
        }
        match (written.is_empty(), self.ended) {
            (false, _) => Poll::Ready(Some(Ok(written.freeze()))),
            (true, true) => Poll::Ready(None),
            (true, false) => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;
    use crate::session::Worth;

    #[tokio::test]
    async fn what_waits_is_written_together_then_the_close_then_nothing() {
        let outbox = Arc::new(Outbox::default());
        let upgraded = BoxBody::new(());
        let mut body = Outbound::new(Arc::clone(&outbox), binary, upgraded);
        assert!(outbox.push(Worth::Durable, Bytes::from_static(b"ab")));
        assert!(outbox.push(Worth::Durable, Bytes::from_static(b"c")));
        outbox.close(CloseCode::Draining);
        let mut next = async || poll_fn(|cx| Pin::new(&mut body).poll_next(cx)).await;
        let written = next().await.expect("frames").expect("no error");
        assert_eq!(&written[..8], b"\x82\x02ab\x82\x01c\x88");
        assert_eq!(written[9..11], 4001_u16.to_be_bytes());
        assert!(next().await.is_none());
    }
}
