//! Owns what the writer remembers of the sessions it has stored rows of, so that it need not look. Must not be believed
//! under another fence than it was learnt under: while a fence holds, nobody else stores rows of its session.

use std::collections::HashMap;

use crate::store::{Fence, SessionId};

/// Sessions remembered; beyond it all are looked up again.
const SESSIONS_MAX: usize = 65_536;

/// Where sessions end, and the request ids they have had.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<SessionId, Tail>);

/// What is remembered of one session.
#[derive(Debug)]
pub(super) struct Tail {
    fence: Fence,
    /// Its last place.
    pub(super) last: u32,
    /// Hashes of its request ids, whoever sent them. One that is not among them is new; one that is may be.
    requests: Vec<u32>,
}

impl Tail {
    pub(super) fn new(fence: Fence, last: u32, requests: Vec<u32>) -> Tail {
        Tail {
            fence,
            last,
            requests,
        }
    }

    /// Whether a request id of this hash may be there already.
    pub(super) fn may_have(&self, request: u32) -> bool {
        self.requests.contains(&request)
    }

    /// A row that went in.
    pub(super) fn add(&mut self, seq: u32, request: Option<u32>) {
        self.last = seq;
        self.requests.extend(request);
    }
}

impl Known {
    /// Takes out what is remembered of the session under that fence. Whoever takes it puts it back when all has gone
    /// well; otherwise the session is looked up again.
    pub(super) fn take(&mut self, session: SessionId, fence: Fence) -> Option<Tail> {
        let tail = self.0.remove(&session)?;
        (tail.fence == fence).then_some(tail)
    }

    pub(super) fn put(&mut self, session: SessionId, tail: Tail) {
        if self.0.len() >= SESSIONS_MAX {
            self.0.clear();
        }
        self.0.insert(session, tail);
    }

    /// Nothing of it may be true any more: a transaction was undone.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learnt_under_another_fence_is_forgotten() {
        let session = SessionId(uuid::Uuid::new_v4());
        let (held, since) = (Fence { epoch: 1, claim: 7 }, Fence { epoch: 2, claim: 8 });
        let mut known = Known::default();
        let mut tail = Tail::new(held, 1, vec![10]);
        tail.add(2, Some(20));
        assert!(tail.may_have(10) && tail.may_have(20) && !tail.may_have(30));
        known.put(session, tail);
        assert_eq!(known.take(session, held).map(|tail| tail.last), Some(2));
        assert!(known.take(session, held).is_none(), "taken once");
        known.put(session, Tail::new(held, 2, Vec::new()));
        assert!(known.take(session, since).is_none());
        assert!(known.take(session, held).is_none(), "gone for good");
    }

    #[test]
    fn memory_is_bounded() {
        let mut known = Known::default();
        let fence = Fence { epoch: 1, claim: 1 };
        for n in 0..=SESSIONS_MAX {
            let id = SessionId(uuid::Uuid::from_u128(n as u128));
            known.put(id, Tail::new(fence, 1, Vec::new()));
        }
        assert_eq!(known.0.len(), 1);
    }
}
