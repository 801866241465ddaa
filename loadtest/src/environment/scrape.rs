//! Gets one page of an instance, without a runtime. Owns that one request.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::base::Base;

/// Longest the instance may take for each part of it.
const DEADLINE: Duration = Duration::from_secs(5);
/// Largest page, bytes.
const PAGE_BYTES_MAX: u64 = 8 << 20;

/// The text of the page at `path`.
///
/// # Errors
/// When there is none.
pub(super) fn text(base: &Base, path: &str) -> anyhow::Result<String> {
    get(base, path).with_context(|| format!("get {}", base.http(path)))
}

fn get(base: &Base, path: &str) -> anyhow::Result<String> {
    let mut socket = TcpStream::connect(base.authority())?;
    socket.set_read_timeout(Some(DEADLINE))?;
    socket.set_write_timeout(Some(DEADLINE))?;
    // Of HTTP 1.0, so that the page ends where the connection does.
    let request = format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", base.authority());
    socket.write_all(request.as_bytes())?;
    let mut reply = String::new();
    socket.take(PAGE_BYTES_MAX).read_to_string(&mut reply)?;
    page(&reply).map(str::to_owned)
}

fn page(reply: &str) -> anyhow::Result<&str> {
    let (head, page) = reply.split_once("\r\n\r\n").context("no head")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    ensure!(status == "200", "status {status}");
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_what_follows_the_head_and_a_refusal_is_none() {
        assert_eq!(
            page("HTTP/1.0 200 OK\r\na: b\r\n\r\nx 1\n").ok(),
            Some("x 1\n")
        );
        assert!(page("HTTP/1.0 404 Not Found\r\n\r\nx").is_err());
        assert!(page("").is_err());
    }
}
