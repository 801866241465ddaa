//! One raw connection: dial, send, await the next frame. Owns no rule of behaviour: it neither
//! reconnects nor answers anything but pings, so that tests can misbehave through it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use learnr_protocol::{ClientMessage, Encoding, ErrorCode, ServerMessage, decode_server, encode};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Bytes, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

pub use tokio_tungstenite::tungstenite::Message as RawMessage;

use crate::api::read_envelope;
use crate::base::Base;

/// Longest a dial, a send or an await of a frame may take unless a test says otherwise.
pub const DEADLINE: Duration = Duration::from_secs(10);
/// Read buffer of each socket, bytes: thousands of them must fit in memory, and a reply is some 2 KiB.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Largest message the server may send, bytes: the whole of its outbound allowance.
const MESSAGE_BYTES_MAX: usize = 256 * 1024;

/// What to dial.
#[derive(Debug, Clone)]
pub struct Dial {
    /// The server.
    pub base: Base,
    /// The session's id.
    pub session_id: String,
    /// How this side reads and writes frames.
    pub encoding: Encoding,
    /// `Origin` header, as a browser would send it.
    pub origin: Option<String>,
    /// Subprotocols offered; the encoding's own unless a test changes them.
    pub subprotocols: Vec<String>,
}

impl Dial {
    /// The ordinary dial: the encoding's own subprotocol and no origin.
    #[must_use]
    pub fn new(base: Base, session_id: &str, encoding: Encoding) -> Self {
        Self {
            base,
            session_id: session_id.to_owned(),
            encoding,
            origin: None,
            subprotocols: vec![encoding.subprotocol().to_owned()],
        }
    }

    /// Path of the session's socket.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/v1/ws/sessions/{}", self.session_id)
    }
}

/// Why there is no socket, or nothing came from it.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// The server answered the upgrade with an HTTP error.
    #[error("upgrade refused: {status} {code:?}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The envelope's code, when the body was one and came with the head.
        code: Option<ErrorCode>,
        /// The envelope's words, or the start of the body.
        message: String,
    },
    /// The connection could not be made or broke.
    #[error("connection failed: {0}")]
    Transport(String),
    /// Nothing came in time.
    #[error("nothing within {0:?}")]
    Deadline(Duration),
    /// A frame that is not a message of the contract.
    #[error("frame is not a message: {0}")]
    Undecodable(String),
}

impl From<std::io::Error> for SocketError {
    fn from(error: std::io::Error) -> Self {
        Self::Transport(error.to_string())
    }
}

/// What came from the server.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one exists at a time, and tests match on the message without a box between"
)]
pub enum Frame {
    /// A message of the contract.
    Message(ServerMessage),
    /// A close frame.
    Close {
        /// Its code; 1005 when it carried none.
        code: u16,
        /// Its reason.
        reason: String,
    },
    /// The connection ended without a close frame.
    Gone,
}

/// The same before decoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A text or binary message.
    Payload(Bytes),
    /// A close frame.
    Close {
        /// Its code; 1005 when it carried none.
        code: u16,
        /// Its reason.
        reason: String,
    },
    /// The connection ended without a close frame.
    Gone,
}

/// One connection to a session.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    encoding: Encoding,
    heard: Instant,
}

impl Socket {
    /// Connects and upgrades, within [`DEADLINE`]. Nothing is said yet: `hello` is the caller's.
    ///
    /// # Errors
    /// [`SocketError::Refused`] when the server refuses the upgrade, else why it could not be reached.
    pub async fn connect(dial: &Dial) -> Result<Self, SocketError> {
        timeout(DEADLINE, Self::upgrade(dial))
            .await
            .map_err(|_| SocketError::Deadline(DEADLINE))?
    }

    async fn upgrade(dial: &Dial) -> Result<Self, SocketError> {
        let tcp = TcpStream::connect(dial.base.authority()).await?;
        tcp.set_nodelay(true)?;
        let uri: Uri = dial
            .base
            .ws(&dial.path())
            .parse()
            .map_err(|error| SocketError::Transport(format!("{error}")))?;
        let mut request = ClientRequestBuilder::new(uri);
        for subprotocol in &dial.subprotocols {
            request = request.with_sub_protocol(subprotocol);
        }
        if let Some(origin) = &dial.origin {
            request = request.with_header("Origin", origin);
        }
        // A write buffer of 0 hands each frame to the kernel at once and keeps none of it.
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(MESSAGE_BYTES_MAX)
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX));
        let (stream, _) = client_async_with_config(request, tcp, Some(config))
            .await
            .map_err(upgrade_error)?;
        Ok(Self {
            stream,
            encoding: dial.encoding,
            heard: Instant::now(),
        })
    }

    /// How frames are read and written.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// When anything, a ping included, was last heard from the server.
    #[must_use]
    pub fn heard(&self) -> Instant {
        self.heard
    }

    /// Sends a message of the contract.
    ///
    /// # Errors
    /// When the connection is gone or takes nothing for [`DEADLINE`].
    pub async fn send(&mut self, message: &ClientMessage) -> Result<(), SocketError> {
        let payload = encode(message, self.encoding);
        let raw = match self.encoding {
            Encoding::MsgPack => RawMessage::Binary(payload),
            Encoding::Json => RawMessage::Text(
                Utf8Bytes::try_from(payload)
                    .map_err(|error| SocketError::Transport(error.to_string()))?,
            ),
        };
        self.send_raw(raw).await
    }

    /// Sends any frame at all: wrong, empty, oversized.
    ///
    /// # Errors
    /// When the connection is gone or takes nothing for [`DEADLINE`].
    pub async fn send_raw(&mut self, raw: RawMessage) -> Result<(), SocketError> {
        timeout(DEADLINE, self.stream.send(raw))
            .await
            .map_err(|_| SocketError::Deadline(DEADLINE))?
            .map_err(|error| SocketError::Transport(error.to_string()))
    }

    /// The next message, close or end, within [`DEADLINE`]. Pings are answered on the way.
    ///
    /// # Errors
    /// [`SocketError::Deadline`] or [`SocketError::Undecodable`].
    pub async fn next(&mut self) -> Result<Frame, SocketError> {
        self.next_within(DEADLINE).await
    }

    /// The same within `limit`.
    ///
    /// # Errors
    /// [`SocketError::Deadline`] or [`SocketError::Undecodable`].
    pub async fn next_within(&mut self, limit: Duration) -> Result<Frame, SocketError> {
        match self.incoming(Instant::now() + limit).await {
            None => Err(SocketError::Deadline(limit)),
            Some(Incoming::Close { code, reason }) => Ok(Frame::Close { code, reason }),
            Some(Incoming::Gone) => Ok(Frame::Gone),
            Some(Incoming::Payload(payload)) => decode_server(&payload, self.encoding)
                .map(Frame::Message)
                .map_err(SocketError::Undecodable),
        }
    }

    /// What comes next, undecoded; `None` when nothing came by `until`. Nothing is lost by dropping it.
    pub async fn incoming(&mut self, until: Instant) -> Option<Incoming> {
        loop {
            let Ok(item) = timeout_at(until, self.stream.next()).await else {
                return None;
            };
            self.heard = Instant::now();
            match item {
                None | Some(Err(_)) => return Some(Incoming::Gone),
                Some(Ok(RawMessage::Binary(payload))) => return Some(Incoming::Payload(payload)),
                Some(Ok(RawMessage::Text(text))) => return Some(Incoming::Payload(text.into())),
                Some(Ok(RawMessage::Close(frame))) => return Some(close(frame)),
                Some(Ok(_)) => {}
            }
        }
    }

    /// Closes with `code` and waits for the server's side of it, at most [`DEADLINE`].
    ///
    /// # Errors
    /// [`SocketError::Deadline`] when the server does not close.
    pub async fn close(mut self, code: u16) -> Result<(), SocketError> {
        let frame = CloseFrame {
            code: code.into(),
            reason: Utf8Bytes::from_static(""),
        };
        self.send_raw(RawMessage::Close(Some(frame))).await?;
        let until = Instant::now() + DEADLINE;
        loop {
            match self.incoming(until).await {
                None => return Err(SocketError::Deadline(DEADLINE)),
                Some(Incoming::Payload(_)) => {}
                Some(Incoming::Close { .. } | Incoming::Gone) => return Ok(()),
            }
        }
    }
}

fn close(frame: Option<CloseFrame>) -> Incoming {
    match frame {
        Some(frame) => Incoming::Close {
            code: frame.code.into(),
            reason: frame.reason.to_string(),
        },
        None => Incoming::Close {
            code: 1005,
            reason: String::new(),
        },
    }
}

fn upgrade_error(error: tungstenite::Error) -> SocketError {
    match error {
        tungstenite::Error::Http(reply) => {
            let status = reply.status().as_u16();
            let (code, message) = read_envelope(reply.body().as_deref().unwrap_or_default());
            SocketError::Refused {
                status,
                code,
                message,
            }
        }
        other => SocketError::Transport(other.to_string()),
    }
}
