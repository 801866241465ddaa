//! The one cookie, and from which pages it counts.
//!
//! Owns the protection against requests that another site makes a browser send: the cookie is `SameSite=Strict`, the request has a header
//! that no form can send, and an origin that a browser names is ours or on the list. Must not know what the cookie is good for.

use std::future::{Ready, ready};
use std::net::Ipv4Addr;

use actix_web::http::StatusCode;
use actix_web::http::header::{COOKIE, HOST, HeaderMap, ORIGIN};
use actix_web::{FromRequest, HttpRequest, dev, web};
use learnr_protocol::ErrorCode;

use super::{ApiError, HttpContext};
use crate::auth::refresh_hash;
use crate::store::TokenHash;

/// The header that a request with the cookie needs; its value is nothing but `1`.
pub(super) const REQUEST_HEADER: &str = "x-learnr-request";

/// Where people find the page: what links in mails begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    url: String,
    /// Whether the cookie is to travel over TLS alone.
    secure: bool,
}

/// An address of the page that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "LEARNR_PUBLIC_URL: want http:// or https:// and a host, with nothing behind them, such as https://learn.example, got {0:?}"
)]
pub struct NoPublicUrl(String);

impl PublicUrl {
    /// The address in configuration.
    ///
    /// # Errors
    /// [`NoPublicUrl`].
    pub fn parse(text: &str) -> Result<Self, NoPublicUrl> {
        let url = text.trim().trim_end_matches('/');
        let refused = || NoPublicUrl(text.to_owned());
        let (scheme, rest) = url.split_once("://").ok_or_else(refused)?;
        // No path either: browsers send the cookies to paths of ours, and the page asks there.
        let odd = |c: char| c.is_whitespace() || c.is_control() || "/?#@\"<>\\".contains(c);
        if !matches!(scheme, "http" | "https") || rest.is_empty() || rest.contains(odd) {
            return Err(refused());
        }
        let host = match rest.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => rest,
        };
        if host.is_empty() {
            return Err(refused());
        }
        // Browsers keep a cookie of a page without TLS only where it is not `Secure`; that is for a machine of one's own.
        let loopback = |host: Ipv4Addr| host.is_loopback();
        let own_machine = matches!(host, "localhost" | "[::1]") || host.parse().is_ok_and(loopback);
        Ok(Self {
            url: url.to_owned(),
            secure: !own_machine,
        })
    }

    /// The address, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Whether the cookie is to travel over TLS alone: everywhere but on one's own machine.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether browsers are to come over TLS ever after.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.url.starts_with("https://")
    }
}

/// What a request from a page of ours has in its cookie: the hash of a refresh token, if any. A request from elsewhere is refused before
/// the cookie is looked at.
pub(super) struct DeviceCookie(pub(super) Option<TokenHash>);

impl FromRequest for DeviceCookie {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(read(request))
    }
}

fn read(request: &HttpRequest) -> Result<DeviceCookie, ApiError> {
    let context = request
        .app_data::<web::Data<HttpContext>>()
        .ok_or_else(|| ApiError::internal(&"the routes have no context"))?;
    let headers = request.headers();
    let meant = headers
        .get(REQUEST_HEADER)
        .is_some_and(|value| value.as_bytes() == b"1");
    if !meant {
        return Err(ApiError::refused(
            StatusCode::FORBIDDEN,
            ErrorCode::Forbidden,
            "send the header `X-LearnR-Request: 1`: without it the cookie does not count",
        ));
    }
    if !is_ours(headers, context) {
        return Err(not_ours());
    }
    Ok(DeviceCookie(device(headers)))
}

/// The hash of the refresh token among the cookies, if any. Where a page of somebody else may have sent it, it counts for nothing.
pub(super) fn device(headers: &HeaderMap) -> Option<TokenHash> {
    let cookies = headers.get_all(COOKIE);
    cookies
        .filter_map(|value| value.to_str().ok())
        .find_map(refresh_hash)
}

/// What a page of somebody else is told.
pub(super) fn not_ours() -> ApiError {
    ApiError::refused(
        StatusCode::FORBIDDEN,
        ErrorCode::OriginNotAllowed,
        "pages of this origin may not use the cookie: add it to LEARNR_ORIGINS",
    )
}

/// Whether a request comes from a page of ours or from no page at all.
pub(super) fn is_ours(headers: &HeaderMap, context: &HttpContext) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    is_own(origin, host) || context.origins.iter().any(|known| known == origin)
}

fn is_own(origin: &str, host: Option<&str>) -> bool {
    host.zip(origin.split_once("://"))
        .is_some_and(|(host, (_, of_page))| host.eq_ignore_ascii_case(of_page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_somewhere_and_the_cookie_is_secure_but_on_ones_own_machine() {
        let check = |text: &str, url: &str, secure: bool| {
            let parsed = PublicUrl::parse(text).expect("an address");
            assert_eq!((parsed.as_str(), parsed.is_secure()), (url, secure));
        };
        check("https://learn.example/", "https://learn.example", true);
        check("http://learn.example", "http://learn.example", true);
        check("http://127.0.0.1:8000", "http://127.0.0.1:8000", false);
        check("http://localhost:8000/", "http://localhost:8000", false);
        check("http://[::1]:8000", "http://[::1]:8000", false);
        check("http://127.evil.example", "http://127.evil.example", true);
        for bad in [
            "",
            "learn.example",
            "ftp://learn.example",
            "https://",
            "https://:80",
            "https://learn.example/quiz",
            "https://learn.example?x=1",
            "https://a@learn.example",
            "https://learn example",
        ] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_of_another_host_is_not_our_own() {
        for (origin, host, own) in [
            ("https://learn.example", Some("learn.example"), true),
            ("https://LEARN.example", Some("learn.example"), true),
            ("https://learn.example:8443", Some("learn.example"), false),
            ("https://evil.example", Some("learn.example"), false),
            ("null", Some("learn.example"), false),
            ("https://learn.example", None, false),
        ] {
            assert_eq!(is_own(origin, host), own, "{origin} {host:?}");
        }
    }
}
