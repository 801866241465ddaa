//! What a provider says of itself: where it is asked for what, and the keys that it signs with.
//!
//! Owns how long that is believed. Must not know what is signed.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::CoreProviderMetadata;
use openidconnect::{DiscoveryError, IssuerUrl};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::outbound::{Outbound, OutboundError};

/// How long it is believed without asking again.
const FRESH: Duration = Duration::from_secs(3_600);
/// How long it is believed when the provider does not answer.
const STALE: Duration = Duration::from_secs(24 * 3_600);
/// How long nobody asks again after an attempt: a provider that is down, or a token with a key that nobody has, is no reason to
/// ask at every sign-in.
const PAUSE: Duration = Duration::from_secs(2);

/// Why nothing is known of a provider.
#[derive(Debug, thiserror::Error)]
pub enum Undiscovered {
    /// What it says makes no sense, or it says nothing.
    #[error("{0}")]
    Failed(String),
    /// It failed a moment ago.
    #[error("it failed less than {PAUSE:?} ago")]
    Paused,
}

/// What was last found out about one provider.
#[derive(Default)]
pub(super) struct Discovered {
    /// Held while asking: whoever else needs it waits for the one answer.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    metadata: Option<(Arc<CoreProviderMetadata>, Instant)>,
    asked: Option<Instant>,
}

impl Discovered {
    /// What is known of the provider, asked for when that is not fresh.
    pub(super) async fn get(
        &self,
        issuer: &IssuerUrl,
        outbound: &Outbound,
    ) -> Result<Arc<CoreProviderMetadata>, Undiscovered> {
        let mut known = self.known.lock().await;
        match &known.metadata {
            Some((metadata, since)) if since.elapsed() < FRESH => Ok(Arc::clone(metadata)),
            _ => known.ask(issuer, outbound).await,
        }
    }

    /// What is known of the provider when `seen` does not do: it may have changed its keys. The same again when it was asked a moment ago.
    pub(super) async fn another(
        &self,
        seen: &Arc<CoreProviderMetadata>,
        issuer: &IssuerUrl,
        outbound: &Outbound,
    ) -> Result<Arc<CoreProviderMetadata>, Undiscovered> {
        let mut known = self.known.lock().await;
        match &known.metadata {
            Some((metadata, _)) if !Arc::ptr_eq(metadata, seen) => Ok(Arc::clone(metadata)),
            _ => known.ask(issuer, outbound).await,
        }
    }
}

impl Known {
    async fn ask(
        &mut self,
        issuer: &IssuerUrl,
        outbound: &Outbound,
    ) -> Result<Arc<CoreProviderMetadata>, Undiscovered> {
        let paused = self.asked.is_some_and(|asked| asked.elapsed() < PAUSE);
        let asked = match paused {
            true => Err(Undiscovered::Paused),
            false => {
                self.asked = Some(Instant::now());
                let asked = CoreProviderMetadata::discover_async(issuer.clone(), outbound).await;
                // The pause begins anew: whoever waited meanwhile does not ask again.
                self.asked = Some(Instant::now());
                asked.map_err(|error| Undiscovered::Failed(words(&error)))
            }
        };
        match (asked, &self.metadata) {
            (Ok(metadata), _) => {
                let metadata = Arc::new(metadata);
                self.metadata = Some((Arc::clone(&metadata), Instant::now()));
                Ok(metadata)
            }
            (Err(error), Some((metadata, since))) if since.elapsed() < STALE => {
                if !paused {
                    tracing::warn!(issuer = issuer.as_str(), %error, "a provider does not say anew where it is asked: what it said before is used");
                }
                Ok(Arc::clone(metadata))
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// What went wrong, without the body that came: whatever is in it is no business of a log.
fn words(error: &DiscoveryError<OutboundError>) -> String {
    match error {
        DiscoveryError::Request(error) => error.to_string(),
        DiscoveryError::Response(status, _, _) => {
            format!("an answer that is none, status {status}")
        }
        DiscoveryError::Validation(_) => "it says that it is another issuer".to_owned(),
        DiscoveryError::Parse(_) => "what it says of itself makes no sense".to_owned(),
        _ => "its address or its answer makes no sense".to_owned(),
    }
}
