//! What instances sign for each other: the internal link's claims, under a purpose that no learner's text has.

use super::secret::Secret;
use crate::cluster::link::Seal;

const PURPOSE: &str = "i1";

/// Seals with the secret that every instance of the fleet has.
#[derive(Clone)]
pub struct PeerSeal(Secret);

impl PeerSeal {
    /// A seal of this secret.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }
}

impl Seal for PeerSeal {
    fn seal(&self, claims: &[u8]) -> String {
        self.0.sign(PURPOSE, claims)
    }

    fn open(&self, text: &str) -> Option<Vec<u8>> {
        self.0.open(PURPOSE, text)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::auth::{Ticket, guest_token, learner_of};
    use crate::store::{LearnerId, SessionId};

    #[test]
    fn neither_a_learners_token_nor_a_ticket_opens_as_an_instances() {
        let secret = Secret::from_text(&"k".repeat(32)).expect("long enough");
        let (learner, session) = (LearnerId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)));
        let seal = PeerSeal::new(secret.clone());
        let sealed = seal.seal(b"claims");
        assert_eq!(seal.open(&sealed).as_deref(), Some(&b"claims"[..]));
        assert_eq!(seal.open(&guest_token(&secret, learner, 0).0), None);
        let ticket = Ticket::issue(learner, session, 0).seal(&secret);
        assert_eq!(seal.open(&ticket), None);
        assert!(learner_of(&secret, &sealed, 0).is_err());
        let other = Secret::from_text(&"o".repeat(32)).expect("long enough");
        assert_eq!(PeerSeal::new(other).open(&sealed), None);
    }
}
