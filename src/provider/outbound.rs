//! Requests to a provider, each with a bound on its time, its body and on how many there are at once.
//!
//! Owns the connections. No redirect is followed: what a provider names is dialed, and nothing that somebody else names. Must not know what
//! is said.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use openidconnect::url::{Host, Url};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Semaphore;

/// Longest that one request may take, its body included.
const WITHIN: Duration = Duration::from_secs(5);
/// Longest that connecting may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// Largest body that is read, in bytes: keys of a large provider are a tenth of it.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// Requests to one provider under way at once; one more is refused, so that one that is slow holds up nobody else.
const AT_ONCE_MAX: usize = 32;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum OutboundError {
    /// As many requests are under way as may.
    #[error("{AT_ONCE_MAX} requests to it are under way already")]
    Busy,
    /// The provider names an address that is not to be dialed.
    #[error("an address without TLS is not dialed: {scheme}://{host}")]
    NotDialed {
        /// How.
        scheme: String,
        /// Where.
        host: String,
    },
    /// It does not answer, or not in time.
    #[error("no answer: {0}")]
    Transport(#[source] reqwest::Error),
    /// What it answers is larger than anything it may answer.
    #[error("the answer has more than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    /// The library asks for something that is no request.
    #[error("no request: {0}")]
    Request(#[source] reqwest::Error),
    /// What came is no answer.
    #[error("no response: {0}")]
    Response(#[source] http::Error),
}

/// The connections to one provider.
pub(super) struct Outbound {
    client: reqwest::Client,
    at_once: Semaphore,
}

impl Outbound {
    /// Connections that trust whom this machine trusts.
    pub(super) fn new() -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(WITHIN)
            .connect_timeout(CONNECT_WITHIN)
            .referer(false)
            .user_agent("learnr")
            .tls_backend_preconfigured(tls()?)
            .build()
            .context("connections to providers cannot be made")?;
        Ok(Self {
            client,
            at_once: Semaphore::new(AT_ONCE_MAX),
        })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, OutboundError> {
        let request = reqwest::Request::try_from(request).map_err(OutboundError::Request)?;
        let url = request.url();
        if !may_be_dialed(url) {
            return Err(OutboundError::NotDialed {
                scheme: url.scheme().to_owned(),
                host: url.host_str().unwrap_or_default().to_owned(),
            });
        }
        let _place = self
            .at_once
            .try_acquire()
            .map_err(|_| OutboundError::Busy)?;
        // Without the address: what a code was exchanged for is in none, and an issuer may be nobody's business.
        let transport = |error: reqwest::Error| OutboundError::Transport(error.without_url());
        let mut answer = self.client.execute(request).await.map_err(transport)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(transport)? {
            if body.len() + chunk.len() > BODY_BYTES_MAX {
                return Err(OutboundError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            *headers = std::mem::take(answer.headers_mut());
        }
        response.body(body).map_err(OutboundError::Response)
    }
}

impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = OutboundError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OutboundError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Whether an address is to be dialed: by TLS, or on one's own machine, where no listener stands between.
pub(super) fn may_be_dialed(url: &Url) -> bool {
    let own_machine = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && own_machine)
}

fn tls() -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("TLS to providers cannot be set up")?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_is_dialed_but_on_ones_own_machine() {
        for (url, dialed) in [
            ("https://id.example", true),
            ("https://192.0.2.1", true),
            ("http://id.example", false),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080/a", true),
            ("http://[::1]:8080", true),
            ("http://127.0.0.1.id.example", false),
            ("http://169.254.169.254", false),
            ("file:///etc/passwd", false),
            ("data:text/plain,a", false),
        ] {
            let parsed = Url::parse(url).expect("an address");
            assert_eq!(may_be_dialed(&parsed), dialed, "{url}");
        }
    }
}
