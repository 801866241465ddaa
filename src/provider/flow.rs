//! One sign-in at a provider: the address to go to, and what the code that comes back is worth.
//!
//! Owns the two ends. Must not keep anything between the two: the caller has it in the browser's own cookie.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType,
    CoreProviderMetadata,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardErrorResponse,
};

use super::Provider;
use super::claims::{Check, Person, refusal};
use super::discovery::Undiscovered;
use super::outbound::OutboundError;

/// Longest that a sign-in may wait for a provider, at either of its ends.
const WITHIN: Duration = Duration::from_secs(15);

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

pub(super) type Client = CoreClient<
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

/// Waits for a provider, not for ever.
async fn in_time<T>(
    work: impl Future<Output = Result<T, ProviderError>>,
) -> Result<T, ProviderError> {
    let done = tokio::time::timeout(WITHIN, work).await;
    done.unwrap_or_else(|_| Err(unavailable("it takes too long")))
}

pub(super) fn unavailable(words: &str) -> ProviderError {
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
