//! Being dialled: a bounded number of handshakes at a time, each for a bounded time, and nothing revealed to strangers.
//!
//! Owns who gets in. Must not know what they do then.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use super::claim::{Judged, Proof, Verdict};
use super::links::Inner;
use super::{PATH, PROOF_HEADER, drive};
use crate::clock::Clock;
use crate::cluster::member::Member;

/// Handshakes under way; beyond it nobody is accepted until one ends.
const HANDSHAKES_MAX: usize = 64;
/// Longest that a handshake takes; then its socket is closed.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(1);
/// Pause after the system gave no socket: it has none left, and asking again at once changes nothing.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes links until the instance leaves.
pub(super) async fn serve(listener: TcpListener, links: Arc<Inner>) {
    let places = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        tokio::select! {
            () = links.leaving.cancelled() => return,
            (accepted, place) = accepted => match (accepted, place) {
                (Ok((stream, _)), Ok(place)) => {
                    let inner = Arc::clone(&links);
                    links.tasks.spawn(take(stream, inner, place));
                }
                (Err(error), _) => {
                    tracing::warn!(%error, "cannot accept an internal link");
                    tokio::time::sleep(PAUSE).await;
                }
                // The places are never closed.
                (_, Err(_)) => return,
            },
        }
    }
}

async fn take(stream: TcpStream, links: Arc<Inner>, place: OwnedSemaphorePermit) {
    let shaken = tokio::time::timeout(HANDSHAKE_WITHIN, handshake(stream, &links));
    let shaken = tokio::select! {
        shaken = shaken => shaken,
        () = links.leaving.cancelled() => return,
    };
    drop(place);
    match shaken {
        Ok(Some((socket, peer))) => {
            let Some(trunk) = links.take_in(peer) else {
                links.tally.refused("links_max");
                return;
            };
            let host = Arc::clone(&links.host);
            drive::run(socket, trunk, Some(host)).await;
        }
        Ok(None) => {}
        Err(_) => links.tally.refused("too_slow"),
    }
}

#[expect(
    clippy::result_large_err,
    reason = "the library's callback gives a refusal whole"
)]
async fn handshake(
    stream: TcpStream,
    links: &Inner,
) -> Option<(WebSocketStream<TcpStream>, Member)> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "an internal link ended before it began");
        return None;
    }
    let mut peer = None;
    let mut refused = None;
    let socket = accept_hdr_async_with_config(
        stream,
        |request: &Request, response: Response| match admitted(links, request) {
            Ok((member, proof)) => {
                peer = Some(member);
                Ok(with_proof(links, response, &proof))
            }
            Err((reason, response)) => {
                refused = Some(reason);
                Err(*response)
            }
        },
        Some(drive::config()),
    )
    .await;
    match (socket, peer) {
        (Ok(socket), Some(peer)) => Some((socket, peer)),
        (socket, _) => {
            let reason = refused.unwrap_or("no_handshake");
            links.tally.refused(reason);
            let error = socket.err().map(|error| error.to_string());
            tracing::debug!(reason, ?error, "an internal link was refused");
            None
        }
    }
}

/// Who asks, and the proof for them; or why not, and what they are told of it.
fn admitted(
    links: &Inner,
    request: &Request,
) -> Result<(Member, Proof), (&'static str, Box<ErrorResponse>)> {
    if request.uri().path() != PATH {
        return Err(("another_path", refusal(StatusCode::UNAUTHORIZED)));
    }
    let bearer = request.headers().get(header::AUTHORIZATION);
    let text = bearer.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let now_ms = links.clock.now_ms();
    let judged = {
        let mut judge = links.judge.lock().unwrap_or_else(PoisonError::into_inner);
        judge.judge(&*links.seal, text, now_ms)
    };
    let (status, reason, proof) = match judged {
        Judged::Refused(reason) => return Err((reason, refusal(StatusCode::UNAUTHORIZED))),
        Judged::Full => return Err(("claims_max", refusal(StatusCode::SERVICE_UNAVAILABLE))),
        Judged::Answered(claim, proof) => match proof.verdict {
            Verdict::Taken => return Ok((claim.from, proof)),
            Verdict::AnotherLife => (StatusCode::GONE, "another_life", proof),
            Verdict::AnotherTime => (StatusCode::CONFLICT, "another_time", proof),
        },
    };
    let response = with_proof(links, *refusal(status), &proof);
    Err((reason, Box::new(response)))
}

fn refusal(status: StatusCode) -> Box<ErrorResponse> {
    let mut response = ErrorResponse::new(None);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    Box::new(response)
}

fn with_proof<T>(
    links: &Inner,
    mut response: tokio_tungstenite::tungstenite::http::Response<T>,
    proof: &Proof,
) -> tokio_tungstenite::tungstenite::http::Response<T> {
    let text = proof.seal(&*links.seal);
    // A seal is safe in a header; were it not, the dialler would miss the proof and refuse.
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(PROOF_HEADER, value);
    }
    response
}
