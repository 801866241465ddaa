//! Dialling another instance: connect, claim, check the proof.
//!
//! Owns what a failed dial means: whether whoever was meant is dead, silent, or takes this instance for a stranger. Must not know what the
//! link is for.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::{self};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use uuid::Uuid;

use super::claim::{CLAIM_LIFETIME_MS, Claim, Proof, Verdict};
use super::{LinkError, PATH, PROOF_HEADER, Seal, drive};
use crate::clock::Clock;
use crate::cluster::member::Member;

/// Longest that connecting and both handshakes take.
const DIAL_WITHIN: Duration = Duration::from_secs(2);
/// Part of a claim's lifetime that a dialler asks for: the other end's clock may be a little behind.
const CLAIM_FOR_MS: i64 = CLAIM_LIFETIME_MS / 2;

/// Who dials, and with what.
pub(super) struct Dialler<'a> {
    pub(super) me: &'a Member,
    pub(super) seal: &'a dyn Seal,
    pub(super) clock: &'a dyn Clock,
}

/// What one attempt came to.
enum Attempt {
    Linked(Box<WebSocketStream<TcpStream>>),
    /// The other end's clock says this: another attempt by it.
    AnotherTime(i64),
}

impl Dialler<'_> {
    /// A link to `to`, in which nothing has crossed.
    pub(super) async fn dial(&self, to: &Member) -> Result<WebSocketStream<TcpStream>, LinkError> {
        let dialled = tokio::time::timeout(DIAL_WITHIN, async {
            match self.attempt(to, self.clock.now_ms()).await? {
                Attempt::Linked(socket) => Ok(*socket),
                Attempt::AnotherTime(now_ms) => match self.attempt(to, now_ms).await? {
                    Attempt::Linked(socket) => Ok(*socket),
                    Attempt::AnotherTime(_) => Err(LinkError::Denied),
                },
            }
        });
        dialled.await.unwrap_or(Err(LinkError::Silent))
    }

    async fn attempt(&self, to: &Member, now_ms: i64) -> Result<Attempt, LinkError> {
        let stream = TcpStream::connect(&to.address).await.map_err(unreached)?;
        stream.set_nodelay(true).map_err(unreached)?;
        let claim = Claim {
            from: self.me.clone(),
            to_node: to.node.clone(),
            to_incarnation: to.incarnation,
            expires_ms: now_ms + CLAIM_FOR_MS,
            nonce: Uuid::new_v4(),
        };
        let request = request(&to.address, &claim.seal(self.seal)).ok_or(LinkError::Silent)?;
        match client_async_with_config(request, stream, Some(drive::config())).await {
            Ok((socket, response)) => {
                let proof = self.proof(response.headers(), claim.nonce);
                match proof {
                    Some(proof) if proof.verdict == Verdict::Taken && is(&proof, to) => {
                        Ok(Attempt::Linked(Box::new(socket)))
                    }
                    _ => Err(LinkError::Denied),
                }
            }
            Err(tungstenite::Error::Http(response)) => {
                if response.status() == StatusCode::SERVICE_UNAVAILABLE {
                    return Err(LinkError::Silent);
                }
                match self.proof(response.headers(), claim.nonce) {
                    Some(proof) if proof.verdict == Verdict::AnotherLife && !is(&proof, to) => {
                        Err(LinkError::Refused)
                    }
                    Some(proof) if proof.verdict == Verdict::AnotherTime && is(&proof, to) => {
                        Ok(Attempt::AnotherTime(proof.now_ms))
                    }
                    _ => Err(LinkError::Denied),
                }
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn proof(&self, headers: &HeaderMap, nonce: Uuid) -> Option<Proof> {
        let text = headers.get(PROOF_HEADER)?.to_str().ok()?;
        Proof::open(self.seal, text, nonce)
    }
}

fn is(proof: &Proof, to: &Member) -> bool {
    to.is(&proof.node, proof.incarnation)
}

/// `None` when the address is none.
fn request(address: &str, claim: &str) -> Option<tungstenite::handshake::client::Request> {
    let mut request = format!("ws://{address}{PATH}").into_client_request().ok()?;
    let bearer = HeaderValue::from_str(&format!("Bearer {claim}")).ok()?;
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    Some(request)
}

fn unreached(error: std::io::Error) -> LinkError {
    match error.kind() {
        ErrorKind::ConnectionRefused => LinkError::Refused,
        _ => LinkError::Silent,
    }
}

fn failed(error: tungstenite::Error) -> LinkError {
    match error {
        tungstenite::Error::Io(_)
        | tungstenite::Error::ConnectionClosed
        | tungstenite::Error::Protocol(ProtocolError::HandshakeIncomplete) => LinkError::Silent,
        _ => LinkError::Denied,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::sync::Arc;

    use bytes::Bytes;
    use tokio::runtime::Handle;

    use super::*;
    use crate::clock::{Moment, SystemClock};
    use crate::cluster::link::{Answer, Channel, Host, Links};

    /// What is sealed with it anybody can read: clocks are looked at here, not secrecy.
    struct Plain;

    impl Seal for Plain {
        fn seal(&self, claims: &[u8]) -> String {
            claims.iter().map(|byte| format!("{byte:02x}")).collect()
        }

        fn open(&self, text: &str) -> Option<Vec<u8>> {
            let pairs = text.as_bytes().chunks(2);
            pairs
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                .collect()
        }
    }

    struct Nobody;

    impl Host for Nobody {
        fn opened(&self, _: Member, _: Bytes, channel: Channel, _: Answer) {
            drop(channel);
        }
    }

    /// The machine's clock, so many milliseconds off.
    struct Off(SystemClock, i64);

    impl Clock for Off {
        fn now_ms(&self) -> i64 {
            self.0.now_ms() + self.1
        }

        fn wait_until(&self, at_ms: i64) -> Moment {
            self.0.wait_until(at_ms - self.1)
        }
    }

    #[tokio::test]
    async fn instances_whose_clocks_differ_by_hours_link_all_the_same() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let member = |node: &str| Member {
            node: node.to_owned(),
            incarnation: 1,
            address: listener.local_addr().expect("bound").to_string(),
        };
        let (me, to) = (member("a"), member("b"));
        let (seal, host, here) = (Arc::new(Plain), Arc::new(Nobody), Handle::current());
        let links = Links::listen(listener, to.clone(), seal, host, &here).await;
        let links = links.expect("it listens");
        for (off_ms, refused) in [(0, 0), (7_200_000, 1), (-7_200_000, 2)] {
            let dialler = Dialler {
                me: &me,
                seal: &Plain,
                clock: &Off(SystemClock::start(), off_ms),
            };
            let dialled = dialler.dial(&to).await;
            assert!(dialled.is_ok(), "{off_ms} ms off: {:?}", dialled.err());
            assert_eq!(links.counts().refused, refused, "{off_ms} ms off");
        }
    }
}
