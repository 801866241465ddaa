//! Requests to a provider, each with a bound on its time, its body and on how many there are at once.
//!
//! Owns the connections. No redirect is followed: what a provider names is dialed, and nothing that somebody else names. Must not know what
//! is said.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
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
    /// It is not there, or it ends the connection.
    #[error("it cannot be asked: {0}")]
    Transport(#[source] hyper_util::client::legacy::Error),
    /// It takes too long.
    #[error("no answer within {WITHIN:?}")]
    Slow,
    /// What it answers is larger than anything it may answer.
    #[error("the answer has more than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    /// Its answer has no end.
    #[error("the answer breaks off")]
    BreaksOff,
}

/// The connections to one provider.
pub(super) struct Outbound {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    at_once: Semaphore,
}

impl Outbound {
    /// Connections that trust whom this machine trusts.
    pub(super) fn new() -> anyhow::Result<Self> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_WITHIN));
        // What may go without TLS is looked at below, request by request.
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls()?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self {
            // Sign-ins are rare: a connection that was kept would be closed by the time it is needed.
            client: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build(connector),
            at_once: Semaphore::new(AT_ONCE_MAX),
        })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, OutboundError> {
        let uri = request.uri();
        if !Url::parse(&uri.to_string()).is_ok_and(|url| may_be_dialed(&url)) {
            return Err(OutboundError::NotDialed {
                scheme: uri.scheme_str().unwrap_or_default().to_owned(),
                host: uri.host().unwrap_or_default().to_owned(),
            });
        }
        let _place = self
            .at_once
            .try_acquire()
            .map_err(|_| OutboundError::Busy)?;
        let mut request = request.map(|body| Full::new(Bytes::from(body)));
        let name = http::HeaderValue::from_static("learnr");
        request.headers_mut().insert(http::header::USER_AGENT, name);
        let answered = tokio::time::timeout(WITHIN, self.answered(request)).await;
        answered.unwrap_or(Err(OutboundError::Slow))
    }

    async fn answered(
        &self,
        request: http::Request<Full<Bytes>>,
    ) -> Result<HttpResponse, OutboundError> {
        let answer = self.client.request(request).await;
        let (head, body) = answer.map_err(OutboundError::Transport)?.into_parts();
        let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
        let body = body.map_err(|error| match error.is::<LengthLimitError>() {
            true => OutboundError::TooLarge,
            false => OutboundError::BreaksOff,
        })?;
        Ok(http::Response::from_parts(head, body.to_bytes().to_vec()))
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
    if roots.is_empty() {
        tracing::warn!(
            "this machine trusts no certificate authority: providers of sign-in can be asked on this machine alone"
        );
    }
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
