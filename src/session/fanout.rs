//! The connections of one session, and getting frames to them: each message is encoded once per encoding.
//!
//! Owns who is attached. Knows nothing of what the messages mean.

use std::sync::Arc;

use bytes::Bytes;
use learnr_protocol::{CloseCode, Encoding, encode};
use serde::Serialize;

use super::messages::ConnectionId;
use super::outbox::{Outbox, Worth};

/// Sockets on one solo session. The one after that supersedes the oldest, which is closed with 4504.
pub const SOCKETS_MAX: usize = 8;

struct Attached {
    connection: ConnectionId,
    encoding: Encoding,
    outbox: Arc<Outbox>,
    /// Frames up to this event reached it by its welcome.
    from_seq: u32,
    refused_in_a_row: u32,
    /// Another instance's: it stays when this one goes.
    relayed: bool,
}

/// Everyone attached to a session, oldest first.
#[derive(Default)]
pub(super) struct Fanout {
    attached: Vec<Attached>,
}

/// A message in each encoding that somebody present reads.
#[derive(Default)]
pub(super) struct Encoded {
    frames: [Option<Bytes>; 2],
}

impl Encoded {
    fn get(&self, encoding: Encoding) -> Option<&Bytes> {
        self.frames[slot(encoding)].as_ref()
    }
}

fn slot(encoding: Encoding) -> usize {
    match encoding {
        Encoding::MsgPack => 0,
        Encoding::Json => 1,
    }
}

impl Fanout {
    /// Whether nobody is here who will hear more. A socket being closed is no company, even if its actor went before it
    /// could say so.
    pub(super) fn is_empty(&self) -> bool {
        self.attached
            .iter()
            .all(|attached| attached.outbox.is_closing())
    }

    /// Adds a connection whose welcome covers events up to `from_seq`.
    pub(super) fn add(
        &mut self,
        connection: ConnectionId,
        encoding: Encoding,
        outbox: Arc<Outbox>,
        from_seq: u32,
        relayed: bool,
    ) {
        if self.attached.len() >= SOCKETS_MAX {
            let oldest = self.attached.remove(0);
            oldest.outbox.close(CloseCode::Superseded);
        }
        self.attached.push(Attached {
            connection,
            encoding,
            outbox,
            from_seq,
            refused_in_a_row: 0,
            relayed,
        });
    }

    /// Forgets a connection.
    pub(super) fn remove(&mut self, connection: ConnectionId) {
        self.attached.retain(|a| a.connection != connection);
        if self.attached.is_empty() {
            self.attached = Vec::new();
        }
    }

    /// The message in the encodings that those present read.
    pub(super) fn encode(&self, message: &impl Serialize) -> Encoded {
        let mut encoded = Encoded::default();
        for attached in &self.attached {
            encoded.frames[slot(attached.encoding)]
                .get_or_insert_with(|| encode(message, attached.encoding));
        }
        encoded
    }

    /// Sends to one connection; nothing when it has left.
    pub(super) fn send(&mut self, connection: ConnectionId, worth: Worth, encoded: &Encoded) {
        self.deliver(worth, encoded, |attached| attached.connection == connection);
    }

    /// Sends an event's frame to everyone whose welcome did not cover it.
    pub(super) fn broadcast(&mut self, seq: u32, encoded: &Encoded) {
        self.deliver(Worth::Durable, encoded, |attached| attached.from_seq < seq);
    }

    /// Sends to everyone whose socket is this instance's own.
    pub(super) fn tell_own(&mut self, encoded: &Encoded) {
        self.deliver(Worth::Durable, encoded, |attached| !attached.relayed);
    }

    /// Closes every connection.
    pub(super) fn close_all(&mut self, code: CloseCode) {
        for attached in self.attached.drain(..) {
            attached.outbox.close(code);
        }
    }

    /// Counts refusals by rate limit in a row; how many there were, for the one who ignores them.
    pub(super) fn note_limited(&mut self, connection: ConnectionId, limited: bool) -> u32 {
        let Some(attached) = self
            .attached
            .iter_mut()
            .find(|a| a.connection == connection)
        else {
            return 0;
        };
        attached.refused_in_a_row = if limited {
            attached.refused_in_a_row + 1
        } else {
            0
        };
        attached.refused_in_a_row
    }

    /// Closes one connection.
    pub(super) fn close(&mut self, connection: ConnectionId, code: CloseCode) {
        self.attached.retain(|attached| {
            let it = attached.connection == connection;
            if it {
                attached.outbox.close(code);
            }
            !it
        });
    }

    fn deliver(&mut self, worth: Worth, encoded: &Encoded, to: impl Fn(&Attached) -> bool) {
        // A socket that finds no room is closed by its outbox; it resumes later, nobody else notices.
        self.attached.retain(|attached| {
            if !to(attached) {
                return true;
            }
            match encoded.get(attached.encoding) {
                Some(frame) => attached.outbox.push(worth, frame.clone()),
                None => true,
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::outbox::OutboxBound;
    use super::*;

    #[test]
    fn a_socket_that_is_being_closed_is_no_company() {
        let mut fanout = Fanout::default();
        assert!(fanout.is_empty());
        let outbox = Arc::new(Outbox::bounded(OutboxBound::default()));
        fanout.add(
            ConnectionId(1),
            Encoding::Json,
            Arc::clone(&outbox),
            0,
            false,
        );
        assert!(!fanout.is_empty());
        outbox.close(CloseCode::Unavailable);
        assert!(fanout.is_empty());
    }
}
