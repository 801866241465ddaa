//! A sign-in that was begun at a provider: what has to come back, in a cookie of the browser that began it.
//!
//! Owns what is in the cookie and how long it counts. It is signed, so that nothing is kept here and any instance can go on; what is in it
//! is worth nothing in another browser. Must not know what a provider is.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::secret::Secret;
use crate::store::{LearnerId, TokenHash};

/// How long signing in at a provider may take, in milliseconds: 10 minutes.
pub const ATTEMPT_LIFETIME_MS: i64 = 10 * 60_000;

const PURPOSE: &str = "o1";
/// What the cookie is called.
const COOKIE: &str = "learnr_provider";
/// Where browsers send it.
const COOKIE_PATH: &str = "/v1/auth/providers";

/// What was begun. It has no `Debug`, so that it is not logged by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    /// At which provider.
    pub provider: String,
    /// What the provider sends back with the code.
    pub state: String,
    /// What the ID token names.
    pub nonce: String,
    /// What the code is given out for.
    pub verifier: String,
    /// The guest who is to keep what they did, if any.
    pub guest: Option<LearnerId>,
    /// Of the refresh token that the browser had, if any: who comes back goes on with another.
    pub before: Option<TokenHash>,
    /// When it stops counting, in Unix milliseconds.
    pub expires_ms: i64,
}

#[derive(Serialize, Deserialize)]
struct Claims(
    String,
    String,
    String,
    String,
    Option<Uuid>,
    Option<[u8; 32]>,
    i64,
);

impl Attempt {
    /// The `Set-Cookie` that gives it to a browser. `secure`: only ever over TLS. It is not `Strict`: the way back leads from the
    /// provider's page to ours.
    #[must_use]
    pub fn cookie(&self, secret: &Secret, secure: bool) -> String {
        let claims = Claims(
            self.provider.clone(),
            self.state.clone(),
            self.nonce.clone(),
            self.verifier.clone(),
            self.guest.map(|guest| guest.0),
            self.before.map(|before| before.0),
            self.expires_ms,
        );
        let claims = rmp_serde::to_vec(&claims).expect("plain values pack");
        let value = secret.sign(PURPOSE, &claims);
        cookie(&value, ATTEMPT_LIFETIME_MS / 1_000, secure)
    }

    /// The attempt among the cookies of a `Cookie` header that `state` belongs to, while it counts.
    #[must_use]
    pub fn open(secret: &Secret, cookies: &str, state: &str, now_ms: i64) -> Option<Self> {
        let pairs = cookies.split(';').filter_map(|pair| pair.split_once('='));
        let mut ours = pairs.filter(|(name, _)| name.trim() == COOKIE);
        // One of that name may have been set by another host of this domain: it takes the place of none that counts.
        ours.find_map(|(_, value)| {
            let attempt = Self::of(secret, value.trim())?;
            (attempt.state == state && now_ms < attempt.expires_ms).then_some(attempt)
        })
    }

    /// The attempt that a cookie carries, whatever its state.
    fn of(secret: &Secret, value: &str) -> Option<Self> {
        let claims = secret.open(PURPOSE, value)?;
        let Claims(provider, state, nonce, verifier, guest, before, expires_ms) =
            rmp_serde::from_slice(&claims).ok()?;
        Some(Self {
            provider,
            state,
            nonce,
            verifier,
            guest: guest.map(LearnerId),
            before: before.map(TokenHash),
            expires_ms,
        })
    }
}

/// The `Set-Cookie` that takes an attempt away.
#[must_use]
pub fn no_attempt_cookie(secure: bool) -> String {
    cookie("", 0, secure)
}

fn cookie(value: &str, max_age_s: i64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!(
        "{COOKIE}={value}; Path={COOKIE_PATH}; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_comes_back_with_its_state_until_it_runs_out() {
        let secret = Secret::from_text(&"k".repeat(32)).expect("long enough");
        let attempt = Attempt {
            provider: "school".to_owned(),
            state: "state".to_owned(),
            nonce: "nonce".to_owned(),
            verifier: "verifier".to_owned(),
            guest: Some(LearnerId(Uuid::from_u128(7))),
            before: Some(TokenHash([200; 32])),
            expires_ms: 1_000,
        };
        let tossed = Attempt {
            state: "of somebody else".to_owned(),
            ..attempt.clone()
        };
        let tossed = tossed.cookie(&secret, true);
        let (tossed, _) = tossed.split_once(';').expect("attributes");
        let set = attempt.cookie(&secret, true);
        let (sent, rest) = set.split_once(';').expect("attributes");
        assert_eq!(
            rest,
            " Path=/v1/auth/providers; Max-Age=600; HttpOnly; SameSite=Lax; Secure"
        );
        assert!(sent.len() < 1_000, "{} bytes", sent.len());
        let sent = format!("learnr_provider=x; {tossed}; {sent}; theme=dark");
        let open = |state: &str, now| Attempt::open(&secret, &sent, state, now);
        assert!(open("state", 999) == Some(attempt));
        assert!(open("state", 1_000).is_none());
        assert!(open("another", 0).is_none());
        let other = Secret::from_text(&"o".repeat(32)).expect("long enough");
        assert!(Attempt::open(&other, &sent, "state", 0).is_none());
        assert!(Attempt::open(&secret, "learnr_provider=", "state", 0).is_none());
        assert!(no_attempt_cookie(false).contains("Max-Age=0;"));
    }
}
