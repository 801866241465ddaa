//! Signing in elsewhere: OpenID Connect with the authorization code and PKCE, at providers that the configuration names.
//!
//! Owns what is asked of a provider and what is believed of its answers: its issuer, its keys, whom a token is for, when it runs out, that
//! it answers this very attempt. Must not know what an account is, nor what a browser is sent.

mod args;
mod claims;
mod discovery;
mod flow;
mod outbound;

use std::sync::Arc;

use openidconnect::core::CoreProviderMetadata;

pub use args::OidcConfig;
pub use claims::Person;
pub use flow::{ProviderError, Returned, Started};

use self::args::Settings;
use self::discovery::Discovered;
use self::outbound::Outbound;

/// Every provider that the configuration names.
pub struct Providers {
    providers: Vec<Provider>,
}

/// One provider.
pub struct Provider {
    settings: Settings,
    outbound: Outbound,
    discovered: Discovered,
}

impl Providers {
    /// The providers of the configuration. None is asked anything yet: one that is down keeps nobody from starting.
    ///
    /// # Errors
    /// What is wrong with the configuration; never a secret.
    pub fn new(config: &OidcConfig) -> anyhow::Result<Self> {
        let provider = |settings| {
            Ok(Provider {
                settings,
                outbound: Outbound::new()?,
                discovered: Discovered::default(),
            })
        };
        let providers = config.providers()?.into_iter().map(provider);
        Ok(Self {
            providers: providers.collect::<anyhow::Result<_>>()?,
        })
    }

    /// The providers by id.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.providers.iter()
    }

    /// The provider with an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Provider> {
        self.iter().find(|provider| provider.id() == id)
    }
}

impl Provider {
    /// Its id in routes.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.settings.id
    }

    /// Its name for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.settings.title
    }

    /// Who it says it is, and who vouches for its people.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.settings.issuer.as_str()
    }

    async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let known = self.discovered.get(&self.settings.issuer, &self.outbound);
        Ok(known.await?)
    }

    async fn another(
        &self,
        seen: &Arc<CoreProviderMetadata>,
    ) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let issuer = &self.settings.issuer;
        let another = self.discovered.another(seen, issuer, &self.outbound);
        Ok(another.await?)
    }
}
