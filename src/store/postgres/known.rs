//! Owns what a lane remembers of the sessions it has stored rows of, so that the server need not look. Must not be
//! believed by a server that is not the one it was learnt from.

use std::collections::HashMap;

use crate::store::{Fence, SessionId};

/// Sessions remembered; beyond it all are looked up again.
const SESSIONS_MAX: usize = 65_536;

/// The last place stored of sessions, and the fence it was stored under: while that fence holds, nobody else can have
/// stored a later one.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Which server says so, by when it was started: a standby that took its place may lack the latest rows.
    pub(super) server: i64,
    places: HashMap<SessionId, (Fence, u32)>,
}

impl Known {
    /// Whether a row at `first` goes on where the session ends.
    pub(super) fn precedes(&self, session: SessionId, fence: Fence, first: u32) -> bool {
        self.places.get(&session) == Some(&(fence, first.wrapping_sub(1)))
    }

    /// Notes the last place of a session, told by `server`.
    pub(super) fn note(&mut self, server: i64, session: SessionId, fence: Fence, last: u32) {
        if self.server != server || self.places.len() >= SESSIONS_MAX {
            self.places.clear();
            self.server = server;
        }
        self.places.insert(session, (fence, last));
    }

    pub(super) fn forget(&mut self, session: SessionId) {
        self.places.remove(&session);
    }

    pub(super) fn clear(&mut self) {
        self.places.clear();
    }
}
