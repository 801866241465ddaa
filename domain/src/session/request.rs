//! Which requests were carried out, so that the same one sent again gets the same answer and no second event.
//!
//! Owns that memory's form and the test for a repeat. Must not know what a request came to.

use sha2::{Digest, Sha256};

use super::command::Command;
use super::refusal::Refusal;
use crate::ids::{Position, RequestId};

/// A request that was carried out: its id as a digest, in 16 bytes, so that 200 answers stay small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Handled {
    pub(super) digest: u64,
    pub(super) seq: u32,
    pub(super) purpose: Purpose,
}

/// What a request was for: the same id for another purpose is a mistake of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Answer(Position),
    Flag(Position),
    Unflag(Position),
    Pause,
    Resume,
    Finish,
}

impl Handled {
    pub(super) fn new(request: &RequestId, seq: u32, purpose: Purpose) -> Self {
        Self {
            digest: digest(request),
            seq,
            purpose,
        }
    }
}

/// The event that this request already came to.
pub(super) fn repeated(handled: &[Handled], command: &Command) -> Result<Option<u32>, Refusal> {
    let purpose = match command {
        Command::Answer { position, .. } => Purpose::Answer(*position),
        Command::Flag { position, .. } => Purpose::Flag(*position),
        Command::Unflag { position, .. } => Purpose::Unflag(*position),
        Command::Pause { .. } => Purpose::Pause,
        Command::Resume { .. } => Purpose::Resume,
        Command::Finish { .. } => Purpose::Finish,
        Command::GoTo { .. } | Command::CreditTime { .. } | Command::DeadlinePassed => {
            return Ok(None);
        }
    };
    let Some(request) = command.request_id() else {
        return Ok(None);
    };
    let digest = digest(request);
    match handled.iter().find(|handled| handled.digest == digest) {
        None => Ok(None),
        Some(handled) if handled.purpose == purpose => Ok(Some(handled.seq)),
        Some(_) => Err(Refusal::RequestIdReused),
    }
}

/// The first 8 bytes of the SHA-256 of a request id. A learner who finds two with one digest can only
/// hide one of their own answers from themselves.
fn digest(request: &RequestId) -> u64 {
    let hash = Sha256::digest(request.as_str().as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_le_bytes(first)
}
