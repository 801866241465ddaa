//! Whole messages from the frames of one socket.
//!
//! Owns the fragments of the message under way, in a buffer of its own. The codec's frames are parts of the buffer that
//! the socket was read into: kept as they are, each fragment of one byte would hold thousands of bytes around it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_http::ws::{Item, Message, ProtocolError};
use actix_web::web::Bytes;
use actix_ws::MessageStream;
use futures_util::Stream;

use super::inbound::DataKind;

/// Messages up to the end of the stream or to the first error.
pub(super) struct Whole {
    frames: MessageStream,
    bytes_max: usize,
    /// What the message under way is; `None` between messages.
    kind: Option<DataKind>,
    fragments: Vec<u8>,
    broken: bool,
}

impl Whole {
    pub(super) fn new(frames: MessageStream, bytes_max: usize) -> Self {
        Self {
            frames: frames.max_frame_size(bytes_max),
            bytes_max,
            kind: None,
            fragments: Vec::new(),
            broken: false,
        }
    }

    /// Takes a fragment; the message, if it was the last one.
    fn join(&mut self, item: Item) -> Result<Option<Message>, ProtocolError> {
        let (bytes, last) = match item {
            Item::FirstText(bytes) => (self.begin(DataKind::Text, bytes), false),
            Item::FirstBinary(bytes) => (self.begin(DataKind::Binary, bytes), false),
            Item::Continue(bytes) => (bytes, false),
            Item::Last(bytes) => (bytes, true),
        };
        // The guard in front of the codec has refused more already; this bound is the buffer's own.
        if self.fragments.len() + bytes.len() > self.bytes_max {
            return Err(ProtocolError::Io(io::Error::other(
                "fragments over the limit",
            )));
        }
        self.fragments.extend_from_slice(&bytes);
        if !last {
            return Ok(None);
        }
        let payload = Bytes::from(std::mem::take(&mut self.fragments));
        match self.kind.take() {
            Some(DataKind::Text) => {
                let text = payload.try_into().map_err(|error| {
                    ProtocolError::Io(io::Error::new(io::ErrorKind::InvalidData, error))
                })?;
                Ok(Some(Message::Text(text)))
            }
            Some(DataKind::Binary) => Ok(Some(Message::Binary(payload))),
            None => Err(ProtocolError::ContinuationNotStarted),
        }
    }

    fn begin(&mut self, kind: DataKind, bytes: Bytes) -> Bytes {
        self.kind = Some(kind);
        self.fragments.clear();
        bytes
    }
}

impl Stream for Whole {
    type Item = Result<Message, ProtocolError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            // After an error the codec would give the same one again and again, and buffer what still comes in.
            if self.broken {
                return Poll::Ready(None);
            }
            let message = match ready!(Pin::new(&mut self.frames).poll_next(cx)) {
                Some(Ok(Message::Continuation(item))) => self.join(item),
                Some(Ok(message)) => Ok(Some(message)),
                Some(Err(error)) => Err(error),
                None => return Poll::Ready(None),
            };
            self.broken = message.is_err();
            if let Some(message) = message.transpose() {
                return Poll::Ready(Some(message));
            }
        }
    }
}
