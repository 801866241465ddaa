//! REST client. Owns the routes a learner calls and how their errors are read; knows no socket.

use std::sync::Arc;
use std::time::Duration;

use learnr_protocol::ErrorCode;
use learnr_protocol::rest::{
    CertificationList, CreateSession, ErrorEnvelope, GuestCreated, SessionReview, SessionSummary,
    SessionTicket, SessionView,
};
use learnr_protocol::standing::Standing;
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use crate::base::Base;

/// Longest a call may take before it counts as failed.
const CALL_SECONDS_MAX: u64 = 20;
/// Calls under way at once from one [`Rest`]; more wait, so that a start of thousands does not use up
/// the file descriptors their sockets need.
const CALLS_AT_ONCE_MAX: usize = 128;

/// A call that brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The server refused it, or failed and said so.
    #[error("{status} {code:?}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The envelope's code; `None` when the body is not the envelope.
        code: Option<ErrorCode>,
        /// The envelope's words, or the start of the body.
        message: String,
        /// From `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// No answer came, or not one of the shape promised.
    #[error("no answer: {0}")]
    Transport(#[from] reqwest::Error),
}

impl ApiError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500..=599),
            Self::Transport(error) => !error.is_decode() && !error.is_builder(),
        }
    }

    /// HTTP status, when one came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Transport(_) => None,
        }
    }

    /// The envelope's code, when one came.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { code, .. } => *code,
            Self::Transport(_) => None,
        }
    }
}

/// REST client of one server. Cheap to clone; connections are shared between clones.
#[derive(Debug, Clone)]
pub struct Rest {
    base: Base,
    http: reqwest::Client,
    calls: Arc<Semaphore>,
}

impl Rest {
    /// A client of the server at `base`. No connection is made yet.
    ///
    /// # Panics
    /// Never: the client is built from constants.
    #[must_use]
    pub fn new(base: Base) -> Self {
        let within = Duration::from_secs(CALL_SECONDS_MAX);
        Self::with(base, within, CALLS_AT_ONCE_MAX)
    }

    /// A client that makes a connection for each call, so that a balancer chooses anew, and waits for an answer no longer
    /// than this.
    #[must_use]
    pub fn through_balancer(base: Base, within: Duration) -> Self {
        Self::with(base, within, 0)
    }

    fn with(base: Base, within: Duration, connections_kept: usize) -> Self {
        let http = reqwest::Client::builder()
            .timeout(within)
            .pool_max_idle_per_host(connections_kept)
            .tcp_nodelay(true)
            .no_proxy()
            // Where an answer sends a browser is an answer.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client without TLS builds from constants");
        Self {
            base,
            http,
            calls: Arc::new(Semaphore::new(CALLS_AT_ONCE_MAX)),
        }
    }

    /// The server's address.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// `POST /v1/guests`: a new guest and their token.
    ///
    /// # Errors
    /// [`ApiError`], as every call.
    pub async fn guest(&self) -> Result<GuestCreated, ApiError> {
        self.call(self.request(Method::POST, "/v1/guests", None))
            .await
    }

    /// `GET /v1/certifications`.
    ///
    /// # Errors
    /// [`ApiError`], as every call.
    pub async fn certifications(&self) -> Result<CertificationList, ApiError> {
        self.call(self.request(Method::GET, "/v1/certifications", None))
            .await
    }

    /// `GET /v1/certifications/{id}/standing`: where the learner stands.
    ///
    /// # Errors
    /// [`ApiError`], as every call.
    pub async fn standing(&self, token: &str, certification: &str) -> Result<Standing, ApiError> {
        let path = format!("/v1/certifications/{certification}/standing");
        self.call(self.request(Method::GET, &path, Some(token)))
            .await
    }

    /// `POST /v1/sessions`: starts a session, or finds the open one.
    ///
    /// # Errors
    /// [`ApiError`], as every call.
    pub async fn create_session(
        &self,
        token: &str,
        create: &CreateSession,
    ) -> Result<SessionTicket, ApiError> {
        let request = self.request(Method::POST, "/v1/sessions", Some(token));
        self.call(request.json(create)).await
    }

    /// `POST /v1/sessions/{id}/tickets`: another one-use ticket.
    ///
    /// # Errors
    /// [`ApiError`], as every call.
    pub async fn ticket(&self, token: &str, session: &str) -> Result<SessionTicket, ApiError> {
        let path = format!("/v1/sessions/{session}/tickets");
        self.call(self.request(Method::POST, &path, Some(token)))
            .await
    }

    /// `GET /v1/sessions/{id}`: the session as it is stored.
    ///
    /// # Errors
    /// [`ApiError`], as every call.
    pub async fn session_view(&self, token: &str, session: &str) -> Result<SessionView, ApiError> {
        let path = format!("/v1/sessions/{session}");
        self.call(self.request(Method::GET, &path, Some(token)))
            .await
    }

    /// `GET /v1/sessions/{id}/summary`: what an ended session came to.
    ///
    /// # Errors
    /// [`ApiError`], as every call.
    pub async fn summary(&self, token: &str, session: &str) -> Result<SessionSummary, ApiError> {
        let path = format!("/v1/sessions/{session}/summary");
        self.call(self.request(Method::GET, &path, Some(token)))
            .await
    }

    /// `GET /v1/sessions/{id}/review`: an ended session, question by question.
    ///
    /// # Errors
    /// [`ApiError`], as every call.
    pub async fn review(&self, token: &str, session: &str) -> Result<SessionReview, ApiError> {
        let path = format!("/v1/sessions/{session}/review");
        self.call(self.request(Method::GET, &path, Some(token)))
            .await
    }

    /// `GET path` as text: `/metrics`, `/healthz`.
    ///
    /// # Errors
    /// [`ApiError`], as every call.
    pub async fn text(&self, path: &str) -> Result<String, ApiError> {
        let reply = self.request(Method::GET, path, None).send().await?;
        Ok(accepted(reply).await?.text().await?)
    }

    /// `GET path` with a bearer token.
    ///
    /// # Errors
    /// [`ApiError`], as every call.
    pub async fn get<T: DeserializeOwned>(&self, path: &str, token: &str) -> Result<T, ApiError> {
        self.call(self.request(Method::GET, path, Some(token)))
            .await
    }

    /// A request for tests that want to shape it themselves.
    pub fn request(&self, method: Method, path: &str, token: Option<&str>) -> RequestBuilder {
        let request = self.http.request(method, self.base.http(path));
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ApiError> {
        let _permit = self.calls.acquire().await.ok();
        let reply = request.send().await?;
        Ok(accepted(reply).await?.json().await?)
    }
}

/// The reply when its status is a success, else the error its body names.
async fn accepted(reply: reqwest::Response) -> Result<reqwest::Response, ApiError> {
    let status = reply.status().as_u16();
    if reply.status().is_success() {
        return Ok(reply);
    }
    let retry_after = reply
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    let body = reply.bytes().await?;
    let (code, message) = read_envelope(&body);
    Err(ApiError::Refused {
        status,
        code,
        message,
        retry_after,
    })
}

/// Code and words of an error's body; the start of the body itself when it is not the envelope.
pub(crate) fn read_envelope(body: &[u8]) -> (Option<ErrorCode>, String) {
    match serde_json::from_slice::<ErrorEnvelope>(body) {
        Ok(envelope) => (Some(envelope.error.code), envelope.error.message),
        Err(_) => {
            let text = String::from_utf8_lossy(body);
            (None, text.chars().take(200).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_read_from_its_envelope_or_from_its_text() {
        let body =
            br#"{"error":{"code":"not_found","message":"no","retryable":false,"request_id":"r"}}"#;
        assert_eq!(
            read_envelope(body),
            (Some(ErrorCode::NotFound), "no".to_owned())
        );
        assert_eq!(read_envelope(b"<html>"), (None, "<html>".to_owned()));
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for (status, expected) in [(503, true), (429, true), (401, false), (404, false)] {
            let error = ApiError::Refused {
                status,
                code: None,
                message: String::new(),
                retry_after: None,
            };
            assert_eq!(error.is_transient(), expected, "{status}");
        }
    }
}
