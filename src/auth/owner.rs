//! The token of the organization's owner, given at start: there are no accounts with roles yet.
//!
//! docs/decisions/0015 says why it is this for now.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Fewest characters an owner's token may have.
pub const OWNER_TOKEN_CHARS_MIN: usize = 32;

/// An owner's token that is too short to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "LEARNR_OWNER_TOKEN: an owner's token needs at least {OWNER_TOKEN_CHARS_MIN} characters, got {found}: generate one with `openssl rand -hex 32`"
)]
pub struct OwnerTokenTooShort {
    /// Its characters.
    pub found: usize,
}

/// What the owner's token is recognised by. It has no `Debug`, and does not keep the token.
#[derive(Clone)]
pub struct OwnerToken {
    /// Keyed at random at each start: tags of guesses say nothing.
    mac: Hmac<Sha256>,
    tag: Vec<u8>,
}

impl OwnerToken {
    /// A token from configuration.
    ///
    /// # Errors
    /// [`OwnerTokenTooShort`].
    pub fn from_text(text: &str) -> Result<Self, OwnerTokenTooShort> {
        let text = text.trim();
        let found = text.chars().count();
        if found < OWNER_TOKEN_CHARS_MIN {
            return Err(OwnerTokenTooShort { found });
        }
        let key = Uuid::new_v4();
        let mac =
            Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key of any length will do");
        let tag = mac.clone().chain_update(text.as_bytes()).finalize();
        Ok(Self {
            mac,
            tag: tag.into_bytes().to_vec(),
        })
    }

    /// Whether `text` is the token, in a time that does not tell how much of it is right.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        let given = self.mac.clone().chain_update(text.as_bytes());
        given.verify_slice(&self.tag).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_taken_and_nothing_else_is() {
        let token = "t".repeat(32);
        let owner = OwnerToken::from_text(&format!(" {token}\n")).expect("long enough");
        assert!(owner.is(&token));
        for other in ["", "t", &"t".repeat(31), &"t".repeat(33), &"u".repeat(32)] {
            assert!(!owner.is(other), "{other}");
        }
        let short = OwnerToken::from_text(&"é".repeat(31)).err();
        assert_eq!(short, Some(OwnerTokenTooShort { found: 31 }));
    }
}
