//! What a provider says of a person: signed, for us, for this attempt, in time; and what is taken from it.
//!
//! Owns what is believed. Must not know how a code came here.

use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, EndUserName, LocalizedClaim, Nonce,
    OAuth2TokenResponse as _, TokenResponse as _,
};

use super::Provider;
use super::flow::{Client, ProviderError, unavailable};
use crate::auth::Email;
use crate::store::{Identity, NAME_CHARS_MAX};

/// Longest name of a person at a provider, in bytes. Source: OpenID Connect Core 1.0, section 2.
const SUBJECT_BYTES_MAX: usize = 255;

/// Whom a provider vouches for. It has no `Debug`, so that nobody is logged by accident.
pub struct Person {
    /// Who vouches, and their name for the person.
    pub identity: Identity,
    /// Their address, where the provider says that it is theirs.
    pub email: Option<Email>,
    /// What they are called; may be empty.
    pub name: String,
}

/// What a provider tells of a person.
struct Told {
    email: Option<Email>,
    name: String,
}

impl Told {
    fn new(
        email: Option<&str>,
        verified: Option<bool>,
        name: Option<&LocalizedClaim<EndUserName>>,
    ) -> Self {
        let name = name.and_then(|names| names.get(None));
        Self {
            email: email
                .filter(|_| verified == Some(true))
                .and_then(Email::parse),
            name: fitting(name.map_or("", |name| name.as_str())),
        }
    }
}

/// What an ID token is held against.
pub(super) struct Check {
    pub(super) nonce: Nonce,
    pub(super) now_ms: i64,
}

impl Check {
    /// What the ID token says, if it is signed by the issuer, for us, for this attempt, and has not run out.
    pub(super) fn claims(
        &self,
        client: &Client,
        metadata: &CoreProviderMetadata,
        tokens: &CoreTokenResponse,
    ) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
        let missing = || ClaimsVerificationError::Other("no ID token".to_owned());
        let token = tokens.id_token().ok_or_else(missing)?;
        let now = DateTime::<Utc>::from_timestamp_millis(self.now_ms).unwrap_or_default();
        let signed = metadata.id_token_signing_alg_values_supported().iter();
        // Whatever a provider says that it does: what nobody signed is nobody's word.
        let signed = signed.filter(|algorithm| **algorithm != CoreJwsSigningAlgorithm::None);
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(signed.cloned().collect::<Vec<_>>())
            .set_time_fn(move || now);
        let claims = token.claims(&verifier, &self.nonce)?;
        if let Some(told) = claims.access_token_hash() {
            let other = |_| ClaimsVerificationError::Other("its access token".to_owned());
            let key = token.signing_key(&verifier);
            let key = key.map_err(ClaimsVerificationError::SignatureVerification)?;
            let algorithm = token.signing_alg();
            let algorithm = algorithm.map_err(ClaimsVerificationError::SignatureVerification)?;
            let found = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if found.map_err(other)? != *told {
                return Err(ClaimsVerificationError::Other(
                    "another access token".to_owned(),
                ));
            }
        }
        Ok(claims.clone())
    }
}

impl Provider {
    /// Whom checked claims name. Many providers tell the address only when they are asked for it.
    pub(super) async fn person(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        claims: CoreIdTokenClaims,
    ) -> Result<Person, ProviderError> {
        let subject = claims.subject();
        let bytes = subject.as_str().len();
        if !(1..=SUBJECT_BYTES_MAX).contains(&bytes) || subject.as_str().contains('\0') {
            return Err(ProviderError::Refused("it names nobody"));
        }
        let identity = Identity {
            issuer: claims.issuer().as_str().to_owned(),
            subject: subject.as_str().to_owned(),
        };
        let told = match self.asked(client, tokens, &claims).await? {
            Some(told) => told,
            None => Told::new(
                claims.email().map(|email| email.as_str()),
                claims.email_verified(),
                claims.name(),
            ),
        };
        Ok(Person {
            identity,
            email: told.email,
            name: told.name,
        })
    }

    /// What the provider tells of a person when it is asked; `None` where the ID token has it, or there is nowhere to ask.
    async fn asked(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        claims: &CoreIdTokenClaims,
    ) -> Result<Option<Told>, ProviderError> {
        if claims.email().is_some() || client.user_info_url().is_none() {
            return Ok(None);
        }
        let token = tokens.access_token();
        // The library puts it into a header as it is, and ends the thread where that cannot be.
        if !token.secret().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(unavailable("its access token makes no sense"));
        }
        let request = client
            .user_info(token.clone(), Some(claims.subject().clone()))
            .map_err(|_| unavailable("it has no address that says who it is"))?;
        let told: CoreUserInfoClaims = request
            .request_async(&self.outbound)
            .await
            .map_err(|_| unavailable("it does not say who it is"))?;
        Ok(Some(Told::new(
            told.email().map(|email| email.as_str()),
            told.email_verified(),
            told.name(),
        )))
    }
}

/// Why claims are not believed, in our words.
pub(super) fn refusal(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "the ID token has run out: look at the clocks",
        ClaimsVerificationError::InvalidAudience(_) => "the ID token is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "the ID token is of another issuer",
        ClaimsVerificationError::InvalidNonce(_) => "the ID token answers another attempt",
        ClaimsVerificationError::SignatureVerification(_) => "the ID token is not signed by it",
        _ => "the ID token makes no sense",
    }
}

/// A name as an account can have it.
fn fitting(name: &str) -> String {
    let shown = name.trim().chars().filter(|c| !c.is_control());
    shown.take(NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_when_the_provider_says_that_it_is_theirs_and_a_name_is_made_to_fit() {
        for (email, verified, counts) in [
            (Some("ada@example.org"), Some(true), true),
            (Some("ada@example.org"), Some(false), false),
            (Some("ada@example.org"), None, false),
            (
                Some("ada@example.org\nBcc: b@example.org"),
                Some(true),
                false,
            ),
            (Some("ada"), Some(true), false),
            (None, Some(true), false),
        ] {
            let told = Told::new(email, verified, None);
            assert_eq!(told.email.is_some(), counts, "{email:?} {verified:?}");
        }
        assert_eq!(fitting(" A\u{0}da\nLovelace "), "AdaLovelace");
        assert_eq!(fitting(&"é".repeat(100)).chars().count(), NAME_CHARS_MAX);
    }
}
