//! A socket by hand, for frames that no library would write and for clients that do not read.

use learnr_loadtest::raw::{self, BINARY, CLOSE, PING, PONG};
use learnr_protocol::{ClientMessage, Encoding, ServerMessage, decode_server, encode};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Client, hello};

/// A bare socket that speaks MessagePack.
pub(crate) struct Bare {
    pub(crate) stream: TcpStream,
}

/// What comes from the server.
#[derive(Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one exists at a time")]
pub(crate) enum Heard {
    Message(ServerMessage),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(u16),
    /// The stream ended.
    Gone,
}

impl Bare {
    /// A socket of the client's session on which nothing was said yet.
    pub(crate) async fn silent(client: &Client) -> Self {
        let base = client.rest.base();
        let stream = raw::handshaken(base, &client.session, Encoding::MsgPack)
            .await
            .expect("the upgrade");
        Self { stream }
    }

    /// A socket of the client's session that was welcomed, its state read.
    pub(crate) async fn joined(client: &Client) -> Self {
        let ticket = client.ticket().await;
        let mut bare = Self::silent(client).await;
        bare.say(&hello(&ticket.ticket, None)).await;
        assert!(matches!(
            bare.next().await,
            Heard::Message(ServerMessage::Welcome(_))
        ));
        assert!(matches!(
            bare.next().await,
            Heard::Message(ServerMessage::State(_))
        ));
        bare
    }

    /// Writes bytes as they are.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.stream
            .write_all(bytes)
            .await
            .expect("the bytes are taken");
    }

    /// Writes a whole frame.
    pub(crate) async fn frame(&mut self, opcode: u8, fin: bool, payload: &[u8]) {
        self.write(&raw::frame(opcode, fin, payload)).await;
    }

    /// Sends a message of the contract.
    pub(crate) async fn say(&mut self, message: &ClientMessage) {
        let payload = encode(message, Encoding::MsgPack);
        self.frame(BINARY, true, &payload).await;
    }

    /// What comes next.
    pub(crate) async fn next(&mut self) -> Heard {
        let frame = match raw::read_frame(&mut self.stream).await {
            Ok(Some(frame)) => frame,
            Ok(None) => return Heard::Gone,
            // A server that closes on unread bytes resets the connection.
            Err(error) if error.kind() != std::io::ErrorKind::TimedOut => return Heard::Gone,
            Err(error) => panic!("something from the server, got {error}"),
        };
        match frame.opcode {
            BINARY => Heard::Message(
                decode_server(&frame.payload, Encoding::MsgPack)
                    .expect("a message of the contract"),
            ),
            PING => Heard::Ping(frame.payload),
            PONG => Heard::Pong(frame.payload),
            CLOSE => Heard::Close(frame.close_code().expect("a close frame with a code")),
            other => panic!("opcode {other}"),
        }
    }

    /// Reads to the close frame, or to the end; its code.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.next().await {
                Heard::Close(code) => return Some(code),
                Heard::Gone => return None,
                Heard::Message(_) | Heard::Ping(_) | Heard::Pong(_) => {}
            }
        }
    }
}
