//! From an HTTP request to a connection actor: origin, subprotocol, a place, the upgrade.

use std::sync::Arc;

use actix_web::http::header::{HOST, HeaderMap, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::{Encoding, FRAME_BYTES_MAX};

use super::ConnectionContext;
use super::actor::{ConnectionActor, Opened};
use super::counted::Counted;
use super::inbound::{Incoming, guarded, messages};
use super::outbound::{Framing, Outbound, framing};
use crate::session::{Outbox, OutboxBound};
use crate::store::SessionId;

/// Why a socket was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeRefused {
    /// The page's origin is not on the allow-list.
    #[error("this origin may not connect: add it to LEARNR_ORIGINS")]
    Origin,
    /// The client offers no subprotocol of ours.
    #[error("offer the subprotocol learnr.v1.msgpack or learnr.v1.json")]
    Subprotocol,
    /// This instance is leaving.
    #[error("this instance is being restarted: try again, another takes over")]
    Draining,
    /// More sockets are being opened than it takes at once.
    #[error("too many sockets are being opened at the moment: try again")]
    TooFast,
    /// Every place is taken.
    #[error("this instance holds as many sockets as it may: try again")]
    Full,
    /// Not a WebSocket upgrade.
    #[error("this route takes WebSocket upgrades only")]
    NotAnUpgrade,
}

/// What one socket may send, and what may wait for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct SocketBounds {
    /// Largest message, in one frame or in fragments, in bytes; beyond it close 1009.
    pub(super) message_bytes: usize,
    pub(super) outbox: OutboxBound,
}

/// A socket agreed on; nobody reads it yet, and it is open once `response` is given to its client.
pub(super) struct Upgraded {
    pub(super) response: HttpResponse,
    pub(super) encoding: Encoding,
    pub(super) stream: Incoming,
    pub(super) outbox: Arc<Outbox>,
    pub(super) place: Counted,
}

/// Opens the socket of a session: the reply to the upgrade, its actor already running.
///
/// # Errors
/// [`HandshakeRefused`], before anything was upgraded.
pub async fn open_socket(
    context: &Arc<ConnectionContext>,
    session: SessionId,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, HandshakeRefused> {
    let bounds = SocketBounds {
        message_bytes: FRAME_BYTES_MAX,
        outbox: OutboxBound::default(),
    };
    let upgraded = upgrade(context, request, payload, bounds, framing).await?;
    ConnectionActor::launch(Opened {
        context: Arc::clone(context),
        id: context.next_id(),
        session,
        encoding: upgraded.encoding,
        stream: upgraded.stream,
        outbox: upgraded.outbox,
        place: upgraded.place,
    });
    Ok(upgraded.response)
}

/// Agrees on a socket: what comes in guarded and made whole, what goes out drawn from a new outbox.
///
/// # Errors
/// [`HandshakeRefused`], before anything was upgraded.
pub(super) async fn upgrade(
    context: &Arc<ConnectionContext>,
    request: &HttpRequest,
    payload: web::Payload,
    bounds: SocketBounds,
    framing: fn(Encoding) -> Framing,
) -> Result<Upgraded, HandshakeRefused> {
    if !origin_is_allowed(request.headers(), &context.origins) {
        return Err(HandshakeRefused::Origin);
    }
    let encoding = agree(request.headers()).ok_or(HandshakeRefused::Subprotocol)?;
    if context.registry.is_draining() {
        return Err(HandshakeRefused::Draining);
    }
    if !context.accepts() {
        return Err(HandshakeRefused::TooFast);
    }
    let place = context.place().ok_or(HandshakeRefused::Full)?;
    let payload = guarded(request, payload, bounds.message_bytes)
        .await
        .map_err(|_| HandshakeRefused::NotAnUpgrade)?;
    let (response, _, frames) =
        actix_ws::handle_with_protocols(request, payload, &[encoding.subprotocol()])
            .map_err(|_| HandshakeRefused::NotAnUpgrade)?;
    let outbox = Arc::new(Outbox::bounded(bounds.outbox));
    let (response, upgraded) = response.into_parts();
    let body = Outbound::new(Arc::clone(&outbox), framing(encoding), upgraded);
    Ok(Upgraded {
        response: response.set_body(body).map_into_boxed_body(),
        encoding,
        stream: messages(frames, bounds.message_bytes),
        outbox,
        place,
    })
}

/// Whether the page a browser is on may connect. Other clients send no origin; the ticket is their right.
pub(crate) fn origin_is_allowed(headers: &HeaderMap, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let own = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .zip(origin.split_once("://"))
        .is_some_and(|(host, (_, of_page))| host.eq_ignore_ascii_case(of_page));
    own || allowed.iter().any(|known| known == origin)
}

/// The encoding of the first subprotocol offered that is ours.
fn agree(headers: &HeaderMap) -> Option<Encoding> {
    headers
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|offered| {
            Encoding::ALL
                .into_iter()
                .find(|encoding| encoding.subprotocol() == offered.trim())
        })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_page_connects_from_its_own_origin_or_an_allowed_one() {
        let allowed = vec!["https://learn.example".to_owned()];
        let check = |pairs: &[(HeaderName, &'static str)], expected: bool| {
            assert_eq!(
                origin_is_allowed(&headers(pairs), &allowed),
                expected,
                "{pairs:?}"
            );
        };
        check(&[(HOST, "quiz.example")], true);
        check(
            &[(HOST, "quiz.example"), (ORIGIN, "https://quiz.example")],
            true,
        );
        check(
            &[(HOST, "quiz.example"), (ORIGIN, "https://learn.example")],
            true,
        );
        check(
            &[(HOST, "quiz.example"), (ORIGIN, "https://evil.example")],
            false,
        );
        check(
            &[
                (HOST, "quiz.example"),
                (ORIGIN, "https://quiz.example.evil.example"),
            ],
            false,
        );
        check(&[(HOST, "quiz.example"), (ORIGIN, "null")], false);
    }

    #[test]
    fn the_first_known_subprotocol_is_agreed() {
        let offer = |value| agree(&headers(&[(SEC_WEBSOCKET_PROTOCOL, value)]));
        assert_eq!(
            offer("learnr.v1.json, learnr.v1.msgpack"),
            Some(Encoding::Json)
        );
        assert_eq!(
            offer("graphql-ws, learnr.v1.msgpack"),
            Some(Encoding::MsgPack)
        );
        assert_eq!(offer("learnr.v2.msgpack"), None);
        assert_eq!(agree(&HeaderMap::new()), None);
    }
}
