//! Where a server is. Owns the parsing of its address and the decision whether it is this machine.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Scheme, host and port of a server: `http://127.0.0.1:8080`.
///
/// Plain HTTP only: the load test has no TLS, and drives this machine alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Base {
    authority: String,
}

/// Why an address is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a server's address: expected http://HOST:PORT and nothing after it")]
pub struct BadBase(String);

impl Base {
    /// `HOST:PORT`, as sockets and the `Host` header want it.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// A URL below the base; `path` begins with a slash.
    #[must_use]
    pub fn http(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }

    /// The same for a WebSocket.
    #[must_use]
    pub fn ws(&self, path: &str) -> String {
        format!("ws://{}{path}", self.authority)
    }

    /// Whether the host is this machine, by its name or its number.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self
            .authority
            .rsplit_once(':')
            .map_or(self.authority.as_str(), |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for Base {
    type Err = BadBase;

    fn from_str(text: &str) -> Result<Self, BadBase> {
        let bad = || BadBase(text.to_owned());
        let rest = text.strip_prefix("http://").ok_or_else(bad)?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@', ' ']) {
            return Err(bad());
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                (host, port.parse::<u16>().map_err(|_| bad())?)
            }
            _ => (authority, 80),
        };
        if host.is_empty() {
            return Err(bad());
        }
        Ok(Self {
            authority: format!("{host}:{port}"),
        })
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, bool)>) {
        let parsed = text.parse::<Base>().ok();
        let seen = parsed
            .as_ref()
            .map(|base| (base.authority(), base.is_loopback()));
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn only_plain_http_addresses_are_taken_and_loopback_is_told_apart() {
        check("http://127.0.0.1:8080", Some(("127.0.0.1:8080", true)));
        check("http://127.8.0.1:1/", Some(("127.8.0.1:1", true)));
        check("http://localhost", Some(("localhost:80", true)));
        check("http://[::1]:9", Some(("[::1]:9", true)));
        check("http://[::1]", Some(("[::1]:80", true)));
        check("http://10.0.0.1:80", Some(("10.0.0.1:80", false)));
        check(
            "http://localhost.example:80",
            Some(("localhost.example:80", false)),
        );
        check("https://127.0.0.1", None);
        check("http://user@127.0.0.1", None);
        check("http://127.0.0.1:x", None);
        check("http://127.0.0.1/path", None);
        check("http://:80", None);
    }
}
