//! What a session's actor is told, and by whom.

use std::sync::Arc;

use actix::Message;
use learnr_protocol::{ClientMessage, Encoding, ResumePoint};
use tokio::sync::OwnedSemaphorePermit;

use super::fleet::Errand;
use super::outbox::Outbox;
use crate::auth::Ticket;
use crate::cluster::Reply;
use crate::store::LearnerId;

/// Tells one connection of this instance from every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub u64);

/// A connection that has said `hello` joins the session.
#[derive(Message)]
#[rtype(result = "Result<(), AttachRefused>")]
pub struct Attach {
    /// Who joins.
    pub connection: ConnectionId,
    /// Its right to.
    pub admission: Admission,
    /// How its frames are written.
    pub encoding: Encoding,
    /// What it has already.
    pub resume: Option<ResumePoint>,
    /// Where its frames go.
    pub outbox: Arc<Outbox>,
    /// The socket is another instance's, which stays when this one goes.
    pub relayed: bool,
}

/// A connection's right to join.
#[derive(Debug, Clone)]
pub enum Admission {
    /// A ticket, consumed by the session.
    Ticket(Ticket),
    /// An instance of the fleet has used the ticket of this learner up; the socket has been there since.
    Vouched(LearnerId),
}

/// Why a connection may not join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachRefused {
    /// The ticket was used before.
    TicketSpent,
    /// The ticket is for somebody else's session.
    BadTicket,
    /// More sockets are being opened than can be accounted for: come back later.
    Busy,
    /// This actor is letting go: look the session up again.
    Leaving,
}

/// A connection is gone.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Detach {
    /// Which one.
    pub connection: ConnectionId,
}

/// A message from a connection that has joined.
#[derive(Message)]
#[rtype(result = "()")]
pub struct FromClient {
    /// Who sent it.
    pub connection: ConnectionId,
    /// What was sent.
    pub message: ClientMessage,
    /// One of the session's places; given back once the message is handled.
    pub permit: OwnedSemaphorePermit,
}

/// The instance is draining: flush, release, tell every socket.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Leave;

/// Another instance wants the session.
#[derive(Message)]
#[rtype(result = "Reply")]
pub(super) struct HandOver {
    /// What for.
    pub(super) errand: Errand,
}

/// The store says that somebody else has claimed the session.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Superseded;
