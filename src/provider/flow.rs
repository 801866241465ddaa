//! One sign-in at a provider: the address to go to, and what the code that comes back is worth.
//!
//! Owns the checks of an ID token. Must not keep anything between the two: the caller has it in the browser's own cookie.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType,
    CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, TokenResponse as _,
};

use super::Provider;
use super::discovery::Undiscovered;
use super::outbound::OutboundError;
use crate::auth::Email;
use crate::store::{Identity, NAME_CHARS_MAX};

/// Longest that a sign-in may wait for a provider, at either of its ends.
const WITHIN: Duration = Duration::from_secs(15);
/// Longest name of a person at a provider, in bytes. Source: OpenID Connect Core 1.0, section 2.
const SUBJECT_BYTES_MAX: usize = 255;

/// Where to send a browser, and what has to come back with it.
pub struct Started {
    /// The provider's page.
    pub url: String,
    /// What the browser brings back with the code.
    pub state: String,
    /// What the ID token is to name.
    pub nonce: String,
    /// What the code is given out for.
    pub verifier: String,
}

/// What came back.
pub struct Returned {
    /// What the provider gave the browser.
    pub code: String,
    /// As it was started.
    pub nonce: String,
    /// As it was started.
    pub verifier: String,
    /// Now, in Unix milliseconds.
    pub now_ms: i64,
}

/// Whom a provider vouches for. It has no `Debug`, so that nobody is logged by accident.
pub struct Person {
    /// Who vouches, and their name for the person.
    pub identity: Identity,
    /// Their address, where the provider says that it is theirs.
    pub email: Option<Email>,
    /// What they are called; may be empty.
    pub name: String,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The provider does not answer, or not what it should: that may pass.
    #[error("the provider does not do its part: {0}")]
    Unavailable(String),
    /// What came back with the browser is not believed.
    #[error("what came back is not believed: {0}")]
    Refused(&'static str),
}

impl From<Undiscovered> for ProviderError {
    fn from(error: Undiscovered) -> Self {
        Self::Unavailable(error.to_string())
    }
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Provider {
    /// Begins a sign-in that comes back to `redirect`.
    ///
    /// # Errors
    /// [`ProviderError::Unavailable`].
    pub async fn start(&self, redirect: &str) -> Result<Started, ProviderError> {
        let metadata = in_time(self.metadata()).await?;
        let client = self.client(&metadata, redirect)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        let scopes = ["email", "profile"].map(|scope| Scope::new(scope.to_owned()));
        let (url, state, nonce) = request
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        if !matches!(url.scheme(), "https" | "http") {
            let words = "its page is at no address to go to";
            return Err(ProviderError::Unavailable(words.to_owned()));
        }
        Ok(Started {
            url: url.into(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Whom a code that came back to `redirect` stands for.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn finish(
        &self,
        redirect: &str,
        returned: Returned,
    ) -> Result<Person, ProviderError> {
        in_time(self.finished(redirect, returned)).await
    }

    async fn finished(&self, redirect: &str, returned: Returned) -> Result<Person, ProviderError> {
        let metadata = self.metadata().await?;
        let client = self.client(&metadata, redirect)?;
        let Returned {
            code,
            nonce,
            verifier,
            now_ms,
        } = returned;
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| unavailable("it has no address for codes"))?;
        let tokens = request
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&self.outbound)
            .await
            .map_err(exchange_failed)?;
        let check = Check {
            nonce: Nonce::new(nonce),
            now_ms,
        };
        let claims = match check.claims(&client, &metadata, &tokens) {
            // Signed with a key that was not there when it was asked for them.
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let another = self.another(&metadata).await?;
                let client = self.client(&another, redirect)?;
                check.claims(&client, &another, &tokens)
            }
            checked => checked,
        };
        let claims = claims.map_err(|error| ProviderError::Refused(refusal(&error)))?;
        self.person(&client, &tokens, claims).await
    }

    /// Whom checked claims name. Many providers tell the address only when they are asked for it.
    async fn person(
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
        let verified = |told: Option<bool>, email: Option<&str>| {
            email.filter(|_| told == Some(true)).and_then(Email::parse)
        };
        let token = tokens.access_token().clone();
        let asked = client.user_info(token, Some(subject.clone()));
        let (email, name) = match asked {
            Ok(request) if claims.email().is_none() => {
                let told: CoreUserInfoClaims = request
                    .request_async(&self.outbound)
                    .await
                    .map_err(|_| unavailable("it does not say who it is"))?;
                let email = told.email().map(|email| email.as_str());
                let name = told.name().and_then(|name| name.get(None));
                (
                    verified(told.email_verified(), email),
                    name.map(|name| name.as_str().to_owned()),
                )
            }
            _ => {
                let email = claims.email().map(|email| email.as_str());
                let name = claims.name().and_then(|name| name.get(None));
                (
                    verified(claims.email_verified(), email),
                    name.map(|name| name.as_str().to_owned()),
                )
            }
        };
        Ok(Person {
            identity,
            email,
            name: fitting(&name.unwrap_or_default()),
        })
    }

    fn client(
        &self,
        metadata: &Arc<CoreProviderMetadata>,
        redirect: &str,
    ) -> Result<Client, ProviderError> {
        let settings = &self.settings;
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|_| unavailable("LEARNR_PUBLIC_URL is nowhere to come back to"))?;
        let client = CoreClient::from_provider_metadata(
            CoreProviderMetadata::clone(metadata),
            settings.client.clone(),
            settings.secret.clone(),
        );
        let methods = metadata.token_endpoint_auth_methods_supported();
        let by_body = methods.is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let auth = if by_body {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        };
        Ok(client.set_redirect_uri(redirect).set_auth_type(auth))
    }
}

/// What an ID token is held against.
struct Check {
    nonce: Nonce,
    now_ms: i64,
}

impl Check {
    /// What the ID token says, if it is signed by the issuer, for us, for this attempt, and has not run out.
    fn claims(
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

/// Waits for a provider, not for ever.
async fn in_time<T>(
    work: impl Future<Output = Result<T, ProviderError>>,
) -> Result<T, ProviderError> {
    let done = tokio::time::timeout(WITHIN, work).await;
    done.unwrap_or_else(|_| Err(unavailable("it takes too long")))
}

fn unavailable(words: &str) -> ProviderError {
    ProviderError::Unavailable(words.to_owned())
}

/// Why a code was not exchanged, without a word of the provider's: it is for no log of ours to repeat.
fn exchange_failed(
    error: RequestTokenError<OutboundError, StandardErrorResponse<CoreErrorResponseType>>,
) -> ProviderError {
    match error {
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            CoreErrorResponseType::InvalidGrant => {
                ProviderError::Refused("the code was used, has run out, or is somebody else's")
            }
            CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                unavailable(
                    "it does not take our client id and secret: look at LEARNR_OIDC_CLIENTS and LEARNR_OIDC_SECRETS",
                )
            }
            _ => unavailable("it does not exchange the code"),
        },
        RequestTokenError::Request(error) => ProviderError::Unavailable(error.to_string()),
        _ => unavailable("what it answers to a code makes no sense"),
    }
}

fn refusal(error: &ClaimsVerificationError) -> &'static str {
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
