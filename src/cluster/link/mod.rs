//! The internal link: one authenticated WebSocket from an instance to another, many channels in it.
//!
//! Owns how two instances reach each other: who is at the other end, what crosses in which order, how much may wait, and when a link
//! counts as lost. Must not know what the bytes mean, nor what a session is.
//!
//! An instance dials another when it first opens a channel to it and keeps the link; only the side that dialled opens channels in it,
//! so that two instances that want something of each other have two. Each channel carries frames both ways under credit of its own:
//! whoever is slow holds nobody else up.

mod accept;
mod batch;
mod channel;
pub mod claim;
mod dial;
mod drive;
mod envelope;
mod links;
mod outbound;
mod tally;
mod trunk;

use std::time::Duration;

use bytes::Bytes;

use super::member::Member;

pub use channel::{Answer, Channel, Received, Receiver, SendError, Sender};
pub use links::Links;
pub use tally::Counts;

/// Frames of one channel and direction that may be on their way or unread. Beyond it the sender waits, or is told so; one that sends
/// all the same is cut off.
pub const WINDOW_FRAMES: u32 = 64;
/// Bytes of one frame: what may wait for one learner's socket.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;
/// Bytes of the request that opens a channel, and of the reply.
pub const REQUEST_BYTES_MAX: usize = 64 * 1024;
/// Channels in one link. Beyond it a new one is closed with [`NO_ROOM`].
pub const CHANNELS_MAX: usize = 32 * 1024;
/// Bytes of frames that wait to be written to one link; beyond it those who send wait, in order.
pub const QUEUE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Path of the internal route.
pub const PATH: &str = "/link";
/// Header of a response that proves who answers; the claim is in `authorization`.
const PROOF_HEADER: &str = "learnr-proof";

/// How often each end asks the other whether it is there.
pub const PING_EVERY: Duration = Duration::from_secs(1);
/// How long an end waits for a sign that what it sends arrives; then the link is lost.
pub const SILENCE_MAX: Duration = Duration::from_secs(3);

/// Code of a channel that was dropped, or closed in order.
pub const CLOSED: u16 = 1000;
/// Code of a channel that the other end took and gave no answer to.
pub const UNANSWERED: u16 = 1011;
/// Code of a channel that the other end has no room for.
pub const NO_ROOM: u16 = 1013;

/// Signs texts for the other instances and opens theirs, so that a learner's token never opens as one.
pub trait Seal: Send + Sync + 'static {
    /// A text that only instances with the same secret can make, safe in an HTTP header.
    fn seal(&self, claims: &[u8]) -> String;

    /// What was sealed; `None` for anything else.
    fn open(&self, text: &str) -> Option<Vec<u8>>;
}

/// What an instance does with channels that others open to it.
pub trait Host: Send + Sync + 'static {
    /// Another instance has opened a channel. Called on the link's own task: must not block. `answer` is to be sent once; dropped, the
    /// channel is closed with [`UNANSWERED`]. Frames may be sent before it.
    fn opened(&self, by: Member, request: Bytes, channel: Channel, answer: Answer);
}

/// Why a channel was not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Nobody listens there, or another life does: the one that was meant is dead.
    #[error("nobody of that incarnation is at its address")]
    Refused,
    /// No answer in time, or the link was lost before it came: it may be alive, cut off from here.
    #[error("no answer in time")]
    Silent,
    /// Who is there does not take this instance for one of the fleet, or is not one itself: another secret, another release of the link.
    #[error(
        "not taken for an instance of the fleet: are LEARNR_SECRET and the release the same on both?"
    )]
    Denied,
    /// The other end closed the channel instead of answering, with this code.
    #[error("closed with {0} before it was answered")]
    Closed(u16),
    /// The request has more than [`REQUEST_BYTES_MAX`] bytes.
    #[error("a request of {0} bytes: at most {REQUEST_BYTES_MAX} cross a link")]
    TooLong(usize),
    /// [`Links::close`] was called.
    #[error("this instance is leaving")]
    Leaving,
}
