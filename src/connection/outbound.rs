//! Writes what the outbox holds to the socket, one frame after another.
//!
//! Owns the only writer of a socket. A socket that takes nothing more is given up on, never waited for.

use std::sync::Arc;

use actix_http::ws::{CloseCode as WsCloseCode, CloseReason};
use actix_ws::{Closed, Session as Socket};
use learnr_protocol::{CloseCode, Encoding};

use crate::session::{Next, Outbox};

/// Runs until the socket is closed from either side.
pub(super) async fn write_all(mut socket: Socket, outbox: Arc<Outbox>, encoding: Encoding) {
    loop {
        let next = outbox.next().await;
        let written = match next {
            Next::Close(code) => return close(socket, code).await,
            Next::Abort => return,
            next => write(&mut socket, next, encoding),
        };
        // A write waits for a slow reader for as long as the outbox has room behind it, and no longer
        // than a moment once the socket is to be closed.
        tokio::select! {
            written = written => {
                if written.is_err() {
                    return outbox.abort();
                }
            }
            code = given_up(&outbox) => return close(socket, code).await,
        }
    }
}

/// Ends when the socket is not worth waiting for any more: at once when too much waits for it, a moment
/// after it was to be closed for any other reason.
async fn given_up(outbox: &Outbox) -> CloseCode {
    let code = outbox.closing().await;
    if code != CloseCode::TooSlow {
        tokio::time::sleep(FAREWELL).await;
    }
    code
}

async fn write(socket: &mut Socket, next: Next, encoding: Encoding) -> Result<(), Closed> {
    match (next, encoding) {
        (Next::Frame(frame), Encoding::MsgPack) => socket.binary(frame).await,
        (Next::Frame(frame), Encoding::Json) => match String::from_utf8(frame.into()) {
            Ok(text) => socket.text(text).await,
            // JSON is UTF-8; a frame that is not was never one of ours.
            Err(_) => Err(Closed),
        },
        (Next::Ping, _) => socket.ping(b"").await,
        (Next::Pong(payload), _) => socket.pong(&payload).await,
        (Next::Close(_) | Next::Abort, _) => Ok(()),
    }
}

/// Says why and closes, unless the socket takes nothing more: then it is dropped, and the kernel's
/// user timeout, set when it was accepted, ends what it still holds.
async fn close(socket: Socket, code: CloseCode) {
    let reason = CloseReason {
        code: WsCloseCode::from(code.number()),
        description: Some(code.reason().to_owned()),
    };
    let farewell = socket.close(Some(reason));
    if tokio::time::timeout(FAREWELL, farewell).await.is_err() {
        tracing::debug!("socket takes no close frame, dropped");
    }
}

/// How long the frames before a close, and then the close itself, may wait for a slow reader.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_that_stands_still_is_waited_for_a_moment_and_no_longer() {
        for code in [CloseCode::TooSlow, CloseCode::NoPong] {
            let outbox = Outbox::default();
            outbox.close(code);
            let waited = tokio::time::timeout(FAREWELL * 5, given_up(&outbox)).await;
            assert_eq!(waited, Ok(code));
        }
    }
}
