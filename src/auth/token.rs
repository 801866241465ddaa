//! Guest tokens: who a REST caller is. Accounts get tokens of their own.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::secret::Secret;
use crate::store::LearnerId;

/// How long a guest's token lasts, in milliseconds: 180 days, a long preparation.
pub const GUEST_LIFETIME_MS: i64 = 180 * 86_400_000;

const PURPOSE: &str = "g1";

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not one of ours.
    #[error("the token is not valid")]
    Forged,
    /// Was valid once.
    #[error("the token has expired")]
    Expired,
}

#[derive(Serialize, Deserialize)]
struct Claims(Uuid, i64);

/// A bearer token for `learner`, with its expiry in milliseconds since the epoch.
#[must_use]
pub fn guest_token(secret: &Secret, learner: LearnerId, now_ms: i64) -> (String, i64) {
    let expires_ms = now_ms.saturating_add(GUEST_LIFETIME_MS);
    let claims = rmp_serde::to_vec(&Claims(learner.0, expires_ms)).expect("two plain values pack");
    (secret.sign(PURPOSE, &claims), expires_ms)
}

/// The learner a token was made for.
///
/// # Errors
/// [`TokenError`]; an expired token is told apart only when its signature is ours.
pub fn learner_of(secret: &Secret, token: &str, now_ms: i64) -> Result<LearnerId, TokenError> {
    let claims = secret.open(PURPOSE, token).ok_or(TokenError::Forged)?;
    let Claims(learner, expires_ms) =
        rmp_serde::from_slice(&claims).map_err(|_| TokenError::Forged)?;
    if now_ms >= expires_ms {
        return Err(TokenError::Expired);
    }
    Ok(LearnerId(learner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_learner_until_it_expires() {
        let secret = Secret::from_text(&"k".repeat(32)).expect("long enough");
        let learner = LearnerId(Uuid::from_u128(7));
        let (token, expires) = guest_token(&secret, learner, 1_000);
        assert_eq!(learner_of(&secret, &token, expires - 1), Ok(learner));
        assert_eq!(
            learner_of(&secret, &token, expires),
            Err(TokenError::Expired)
        );
        assert_eq!(learner_of(&secret, "nonsense", 0), Err(TokenError::Forged));
        let other = Secret::from_text(&"o".repeat(32)).expect("long enough");
        assert_eq!(learner_of(&other, &token, 0), Err(TokenError::Forged));
    }
}
