//! Tokens in mails by which whoever reads them wants no more of these.
//!
//! Owns what is in one. It opens nothing else, and lasts as long as the signing secret: mails are read late.

use uuid::Uuid;

use super::secret::Secret;
use crate::store::LearnerId;

const PURPOSE: &str = "u1";

/// A token that ends a learner's reminders.
#[must_use]
pub fn unsubscribe_token(secret: &Secret, learner: LearnerId) -> String {
    secret.sign(PURPOSE, learner.0.as_bytes())
}

/// Whose reminders a token ends; `None` when it is none of ours.
#[must_use]
pub fn unsubscribes(secret: &Secret, token: &str) -> Option<LearnerId> {
    let claims = secret.open(PURPOSE, token)?;
    Uuid::from_slice(&claims).ok().map(LearnerId)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::guest_token;

    #[test]
    fn a_token_ends_the_reminders_of_its_own_learner_and_no_other_token_does() {
        let secret = Secret::from_text(&"k".repeat(32)).expect("long enough");
        let learner = LearnerId(Uuid::from_u128(7));
        let token = unsubscribe_token(&secret, learner);
        assert_eq!(unsubscribes(&secret, &token), Some(learner));
        let other = Secret::from_text(&"o".repeat(32)).expect("long enough");
        assert_eq!(unsubscribes(&other, &token), None);
        let (guest, _) = guest_token(&secret, learner, 0);
        for forged in [guest.as_str(), "", "nonsense"] {
            assert_eq!(unsubscribes(&secret, forged), None);
        }
    }
}
