//! Access tokens: what an account's requests carry, for a quarter of an hour.
//!
//! Owns what is in one. Must not know whether the sign-in it names still lasts: the store is asked that.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::secret::Secret;
use super::token::TokenError;
use crate::store::{LearnerId, SignInId};

/// How long an access token lasts, in milliseconds: 15 minutes.
pub const ACCESS_LIFETIME_MS: i64 = 15 * 60_000;

const PURPOSE: &str = "a1";

#[derive(Serialize, Deserialize)]
struct Claims(Uuid, Uuid, i64);

/// A bearer token for `learner` on the device of `sign_in`, with its expiry in milliseconds since the epoch.
#[must_use]
pub fn access_token(
    secret: &Secret,
    learner: LearnerId,
    sign_in: SignInId,
    now_ms: i64,
) -> (String, i64) {
    let expires_ms = now_ms.saturating_add(ACCESS_LIFETIME_MS);
    let claims = Claims(learner.0, sign_in.0, expires_ms);
    let claims = rmp_serde::to_vec(&claims).expect("three plain values pack");
    (secret.sign(PURPOSE, &claims), expires_ms)
}

/// The learner and the sign-in that a token was made for.
///
/// # Errors
/// [`TokenError`]; an expired token is told apart only when its signature is ours.
pub fn signed_in_as(
    secret: &Secret,
    token: &str,
    now_ms: i64,
) -> Result<(LearnerId, SignInId), TokenError> {
    let claims = secret.open(PURPOSE, token).ok_or(TokenError::Forged)?;
    let Claims(learner, sign_in, expires_ms) =
        rmp_serde::from_slice(&claims).map_err(|_| TokenError::Forged)?;
    if now_ms >= expires_ms {
        return Err(TokenError::Expired);
    }
    Ok((LearnerId(learner), SignInId(sign_in)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{guest_token, learner_of};

    #[test]
    fn a_token_names_its_sign_in_until_it_expires_and_is_no_guests() {
        let secret = Secret::from_text(&"k".repeat(32)).expect("long enough");
        let learner = LearnerId(Uuid::from_u128(7));
        let sign_in = SignInId(Uuid::from_u128(8));
        let (token, expires) = access_token(&secret, learner, sign_in, 1_000);
        let read = |now| signed_in_as(&secret, &token, now);
        assert_eq!(expires, 901_000);
        assert_eq!(read(expires - 1), Ok((learner, sign_in)));
        assert_eq!(read(expires), Err(TokenError::Expired));
        assert_eq!(learner_of(&secret, &token, 0), Err(TokenError::Forged));
        let guest = guest_token(&secret, learner, 0).0;
        assert_eq!(signed_in_as(&secret, &guest, 0), Err(TokenError::Forged));
        let other = Secret::from_text(&"o".repeat(32)).expect("long enough");
        assert_eq!(signed_in_as(&other, &token, 0), Err(TokenError::Forged));
    }
}
