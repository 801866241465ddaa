//! A socket whose session is on another instance: frames of the session on their way to it.
//!
//! Owns the pace, credit for credit: the other instance sends no more than the socket takes. Must not read what the frames say.

use std::sync::Arc;

use bytes::Bytes;
use learnr_protocol::{CloseCode, Encoding, encode};
use tokio::sync::watch;
use uuid::Uuid;

use super::counted::Counted;
use crate::cluster::link::{Received, Receiver};
use crate::session::{GOING_AWAY_MS_MAX, Outbox, Worth, going_away};

/// Frames that may wait for the socket before its instance asks for no more.
const WAITING_MAX: usize = 16;

/// Why no more frames come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// The session is not there any more, or its instance is not: it is to be looked for again.
    Gone,
    /// The socket is to be closed.
    Closed(CloseCode),
}

/// Passes frames on until there are no more, and why. `leaving`: this instance is draining.
pub(super) async fn pass_on(
    mut from: Receiver,
    to: Arc<Outbox>,
    encoding: Encoding,
    mut leaving: watch::Receiver<bool>,
    _counted: Option<Counted>,
) -> Over {
    let passed = async {
        loop {
            match from.recv().await {
                Some(Received::Frame(frame)) => {
                    to.push(Worth::Durable, frame);
                    to.room(WAITING_MAX).await;
                    from.grant(1);
                }
                Some(Received::Closed(number)) => return over(number),
                None => return Over::Gone,
            }
        }
    };
    tokio::select! {
        over = passed => over,
        _ = leaving.wait_for(|leaving| *leaving) => {
            to.push(Worth::Durable, farewell(encoding));
            Over::Closed(CloseCode::Draining)
        }
    }
}

fn over(number: u16) -> Over {
    match CloseCode::from_number(number) {
        // Meant for the sockets of that instance, or the end of what served this one there: this one stays.
        Some(
            CloseCode::Normal | CloseCode::Draining | CloseCode::Moved | CloseCode::Unavailable,
        )
        | None => Over::Gone,
        Some(code) => Over::Closed(code),
    }
}

/// The client comes back at a moment of its own.
fn farewell(encoding: Encoding) -> Bytes {
    let drawn = Uuid::new_v4().as_u128() % GOING_AWAY_MS_MAX as u128;
    encode(&going_away(i64::try_from(drawn).unwrap_or(0)), encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_concerns_the_other_instance_alone_closes_no_socket_here() {
        let check = |code: CloseCode, expected: Over| {
            assert_eq!(over(code.number()), expected, "{code:?}");
        };
        check(CloseCode::Normal, Over::Gone);
        check(CloseCode::Draining, Over::Gone);
        check(CloseCode::Moved, Over::Gone);
        check(CloseCode::Unavailable, Over::Gone);
        check(CloseCode::TooSlow, Over::Closed(CloseCode::TooSlow));
        check(
            CloseCode::SessionEnded,
            Over::Closed(CloseCode::SessionEnded),
        );
        check(CloseCode::Removed, Over::Closed(CloseCode::Removed));
        assert_eq!(over(1), Over::Gone);
    }
}
