//! Messages of one connection on their way to its session: decoded, given a place to wait in, or refused.
//!
//! Owns what is said to a client whose message never reaches the session. Must not know how the message came here.

use std::sync::Arc;

use learnr_protocol::{
    ClientMessage, CloseCode, DecodeError, Encoding, ErrorCode, Refused, ServerMessage,
    decode_client, encode,
};

use super::ConnectionContext;
use super::refusals::{Refusals, busy, unreadable};
use crate::session::{ConnectionId, FromClient, Outbox, SessionHandle, Worth};

/// The way in of one connection.
pub(super) struct Intake {
    pub(super) context: Arc<ConnectionContext>,
    pub(super) id: ConnectionId,
    pub(super) encoding: Encoding,
    pub(super) outbox: Arc<Outbox>,
    refusals: Refusals,
}

impl Intake {
    pub(super) fn new(
        context: Arc<ConnectionContext>,
        id: ConnectionId,
        encoding: Encoding,
        outbox: Arc<Outbox>,
    ) -> Self {
        Self {
            context,
            id,
            encoding,
            outbox,
            refusals: Refusals::default(),
        }
    }

    /// The message in a frame; whoever sent anything else has been told.
    pub(super) fn decode(&mut self, frame: &[u8]) -> Option<ClientMessage> {
        match decode_client(frame, self.encoding) {
            Ok(message) => return Some(message),
            Err(DecodeError::Garbage) => self.outbox.close(CloseCode::BadFrame),
            Err(ref error @ DecodeError::UnknownType { ref request_id, .. }) => {
                self.refuse(unreadable(request_id, ErrorCode::UnknownType, error));
            }
            Err(ref error @ DecodeError::BadShape { ref request_id, .. }) => {
                self.refuse(unreadable(request_id, ErrorCode::BadMessage, error));
            }
        }
        None
    }

    /// Hands a message to a session of this instance.
    pub(super) fn hand_to(&mut self, handle: &SessionHandle, message: ClientMessage) {
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
    pub(super) fn refuse(&mut self, refused: Refused) {
        let shared = self.context.registry.context();
        let now = shared.clock.now_ms();
        match self.refusals.next(&shared.limits, now, refused) {
            Some(refused) => {
                let frame = encode(&ServerMessage::Error(refused), self.encoding);
                self.outbox.push(Worth::Durable, frame);
            }
            None => self.outbox.close(CloseCode::LimitsIgnored),
        }
    }
}
