//! What two instances prove to each other before anything crosses: the dialler who it is and whom it means, the other end that it is that.
//!
//! Owns the claims, what is made of them, and which were used. Must not know the socket, nor the key: [`super::Seal`] has that.

use std::collections::{HashSet, VecDeque};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Seal;
use crate::cluster::member::Member;

/// Version of all that crosses a link: the claims here and the layout of messages. Instances of two versions do not link; sessions move
/// between them through the store alone.
pub const VERSION: u8 = 1;
/// How long a claim may be used, in milliseconds.
pub const CLAIM_LIFETIME_MS: i64 = 30_000;
/// Claims remembered as used; beyond it none is taken until the oldest expires.
const USED_MAX: usize = 16 * 1024;
/// Characters of a sealed text that are looked at.
const TEXT_CHARS_MAX: usize = 2048;

const CLAIM: u8 = b'c';
const PROOF: u8 = b'p';

/// What a dialler says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who dials.
    pub from: Member,
    /// The instance that is meant.
    pub to_node: String,
    /// In which of its lives.
    pub to_incarnation: i64,
    /// Until when this may be used, in milliseconds since the epoch by the clock of whom it is meant for.
    pub expires_ms: i64,
    /// Tells it from every other.
    pub nonce: Uuid,
}

/// What the other end makes of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Taken: the link is open.
    Taken,
    /// Another life or another instance is meant than the one that answers.
    AnotherLife,
    /// Expired, or too far ahead, by the clock of the one that answers, which the proof tells.
    AnotherTime,
}

/// What the other end says of itself, to this claim alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Of the claim that it answers.
    pub nonce: Uuid,
    /// What it makes of it.
    pub verdict: Verdict,
    /// Who answers.
    pub node: String,
    /// In which of its lives.
    pub incarnation: i64,
    /// Its clock, in milliseconds since the epoch.
    pub now_ms: i64,
}

impl Claim {
    /// The claim as it crosses.
    #[must_use]
    pub fn seal(&self, seal: &dyn Seal) -> String {
        sealed(seal, CLAIM, self)
    }
}

impl Proof {
    pub(super) fn seal(&self, seal: &dyn Seal) -> String {
        sealed(seal, PROOF, self)
    }

    /// The proof that answers this claim; `None` for anything else.
    pub(super) fn open(seal: &dyn Seal, text: &str, nonce: Uuid) -> Option<Self> {
        let proof: Self = opened(seal, PROOF, text)?;
        (proof.nonce == nonce).then_some(proof)
    }
}

/// What whoever dialled is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// It is known who it is, and this is the proof for it.
    Answered(Claim, Proof),
    /// It is not known who it is, or not to be taken: the reason is for the metrics, not for them.
    Refused(&'static str),
    /// Too many claims at once: later.
    Full,
}

/// Judges claims for one instance.
#[derive(Debug)]
pub(super) struct Judge {
    node: String,
    incarnation: i64,
    used: HashSet<Uuid>,
    /// Those used, each with when it may be forgotten.
    order: VecDeque<(i64, Uuid)>,
}

impl Judge {
    pub(super) fn new(me: &Member) -> Self {
        Self {
            node: me.node.clone(),
            incarnation: me.incarnation,
            used: HashSet::new(),
            order: VecDeque::new(),
        }
    }

    /// What to make of `text` at `now_ms`, by a clock that never goes back.
    pub(super) fn judge(&mut self, seal: &dyn Seal, text: Option<&str>, now_ms: i64) -> Judged {
        let Some(text) = text else {
            return Judged::Refused("no_claim");
        };
        let Some(claim) = opened::<Claim>(seal, CLAIM, text) else {
            return Judged::Refused("not_sealed");
        };
        if claim.to_node != self.node || claim.to_incarnation != self.incarnation {
            return self.answered(claim, Verdict::AnotherLife, now_ms);
        }
        if claim.expires_ms <= now_ms || claim.expires_ms > now_ms + CLAIM_LIFETIME_MS {
            return self.answered(claim, Verdict::AnotherTime, now_ms);
        }
        while let Some((until, nonce)) = self.order.front().copied()
            && until <= now_ms
        {
            self.used.remove(&nonce);
            self.order.pop_front();
        }
        if self.used.contains(&claim.nonce) {
            return Judged::Refused("replayed");
        }
        if self.used.len() >= USED_MAX {
            return Judged::Full;
        }
        self.used.insert(claim.nonce);
        self.order
            .push_back((now_ms + CLAIM_LIFETIME_MS, claim.nonce));
        self.answered(claim, Verdict::Taken, now_ms)
    }

    fn answered(&self, claim: Claim, verdict: Verdict, now_ms: i64) -> Judged {
        let proof = Proof {
            nonce: claim.nonce,
            verdict,
            node: self.node.clone(),
            incarnation: self.incarnation,
            now_ms,
        };
        Judged::Answered(claim, proof)
    }
}

fn sealed(seal: &dyn Seal, kind: u8, claims: &impl Serialize) -> String {
    let mut bytes = vec![VERSION, kind];
    bytes.extend(rmp_serde::to_vec(claims).expect("plain values pack"));
    seal.seal(&bytes)
}

fn opened<T: for<'a> Deserialize<'a>>(seal: &dyn Seal, kind: u8, text: &str) -> Option<T> {
    if text.len() > TEXT_CHARS_MAX {
        return None;
    }
    let bytes = seal.open(text)?;
    let claims = bytes.strip_prefix(&[VERSION, kind])?;
    rmp_serde::from_slice(claims).ok()
}
