//! Tokens that are worth something because they are stored: refresh tokens in a cookie, and the tokens in mails.
//!
//! Owns how one is made, hashed and carried. Must not know what it is good for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::store::TokenHash;

/// How long a device stays signed in when it is not used, in milliseconds: 60 days.
pub const SIGN_IN_LIFETIME_MS: i64 = 60 * 86_400_000;
/// Within this time of its first use a refresh token that comes again gives one more, in milliseconds: two tabs, or instances whose clocks
/// differ. Longer than the page waits for an answer, so that one who asks again is not taken for a second holder.
pub const REUSE_LEEWAY_MS: i64 = 60_000;
/// Bytes of a token, at random: nobody guesses one.
const TOKEN_BYTES: usize = 32;

/// What the refresh token's cookie is called.
const COOKIE: &str = "learnr_refresh";
/// Where browsers send it.
const COOKIE_PATH: &str = "/v1/auth";

/// A token at random. It has no `Debug`, so that it cannot be logged.
pub struct RandomToken([u8; TOKEN_BYTES]);

impl RandomToken {
    /// Another one.
    ///
    /// # Errors
    /// The system gives no random bytes: then there is no token either.
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// As its holder carries it: 43 characters, safe in a URL and in a cookie.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }

    /// What is stored of the token that `text` carries; `None` when it carries none.
    #[must_use]
    pub fn hash_of(text: &str) -> Option<TokenHash> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let bytes: [u8; TOKEN_BYTES] = bytes.try_into().ok()?;
        Some(Self(bytes).hash())
    }
}

/// The `Set-Cookie` that gives a browser a refresh token. `secure`: only ever over TLS.
#[must_use]
pub fn refresh_cookie(token: &RandomToken, secure: bool) -> String {
    cookie(&token.text(), SIGN_IN_LIFETIME_MS / 1_000, secure)
}

/// The `Set-Cookie` that takes it away.
#[must_use]
pub fn no_refresh_cookie(secure: bool) -> String {
    cookie("", 0, secure)
}

fn cookie(value: &str, max_age_s: i64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!(
        "{COOKIE}={value}; Path={COOKIE_PATH}; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}"
    )
}

/// What is stored of the refresh token among the cookies of a `Cookie` header.
#[must_use]
pub fn refresh_hash(cookies: &str) -> Option<TokenHash> {
    let pairs = cookies.split(';').filter_map(|pair| pair.split_once('='));
    let mut ours = pairs.filter(|(name, _)| name.trim() == COOKIE);
    // One of that name may have been set by another host of this domain: it takes the place of none that is a token.
    ours.find_map(|(_, value)| RandomToken::hash_of(value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_from_its_cookie_and_nothing_else_does() {
        let token = RandomToken::fresh().expect("random bytes");
        let (text, hash) = (token.text(), token.hash());
        assert_eq!(text.len(), 43);
        assert_eq!(RandomToken::hash_of(&text), Some(hash));
        let other = RandomToken::fresh().expect("random bytes");
        assert_ne!(other.hash(), hash);
        let sent = format!("theme=dark; learnr_refresh={text}; other=1");
        assert_eq!(refresh_hash(&sent), Some(hash));
        let tossed = format!("learnr_refresh=nonsense; learnr_refresh={text}");
        assert_eq!(refresh_hash(&tossed), Some(hash));
        for sent in [
            "".to_owned(),
            "learnr_refresh".to_owned(),
            "learnr_refresh=".to_owned(),
            format!("learnr_refresh={text}A"),
            format!("learnr_refresh={}", &text[1..]),
            format!("xlearnr_refresh={text}"),
        ] {
            assert_eq!(refresh_hash(&sent), None, "{sent}");
        }
    }

    #[test]
    fn a_cookie_is_for_the_server_alone() {
        let token = RandomToken::fresh().expect("random bytes");
        let text = token.text();
        assert_eq!(
            refresh_cookie(&token, true),
            format!(
                "learnr_refresh={text}; Path=/v1/auth; Max-Age=5184000; HttpOnly; SameSite=Strict; Secure"
            )
        );
        let off = no_refresh_cookie(false);
        assert!(off.starts_with("learnr_refresh=; ") && off.contains("Max-Age=0;"));
        assert!(!off.contains("Secure"));
    }
}
