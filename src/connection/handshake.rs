//! From an HTTP request to a connection actor: origin, subprotocol, a place, the upgrade.

use std::pin::Pin;
use std::sync::Arc;

use actix_web::error::PayloadError;
use actix_web::http::header::{HOST, HeaderMap, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev, web};
use futures_util::future::ready;
use futures_util::{Stream, StreamExt};
use learnr_protocol::{Encoding, FRAME_BYTES_MAX};

use super::ConnectionContext;
use super::actor::{ConnectionActor, Opened};
use super::guard::Guarded;
use super::outbound::Outbound;
use crate::session::Outbox;
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
    /// Every place is taken.
    #[error("this instance holds as many sockets as it may: try again")]
    Full,
    /// Not a WebSocket upgrade.
    #[error("this route takes WebSocket upgrades only")]
    NotAnUpgrade,
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
    if !origin_is_allowed(request.headers(), &context.origins) {
        return Err(HandshakeRefused::Origin);
    }
    let encoding = agree(request.headers()).ok_or(HandshakeRefused::Subprotocol)?;
    let place = context.place().ok_or(HandshakeRefused::Full)?;
    let guarded: Pin<Box<dyn Stream<Item = Result<web::Bytes, PayloadError>>>> =
        Box::pin(Guarded::new(payload.into_inner(), FRAME_BYTES_MAX));
    let mut guarded = dev::Payload::Stream { payload: guarded };
    let payload = web::Payload::from_request(request, &mut guarded)
        .await
        .map_err(|_| HandshakeRefused::NotAnUpgrade)?;
    let (response, _, stream) =
        actix_ws::handle_with_protocols(request, payload, &[encoding.subprotocol()])
            .map_err(|_| HandshakeRefused::NotAnUpgrade)?;
    let stream = stream
        .max_frame_size(FRAME_BYTES_MAX)
        .aggregate_continuations()
        .max_continuation_size(FRAME_BYTES_MAX);
    // After an error the codec would give the same one again and again, and buffer what still comes in.
    let stream = stream.scan(false, |broken, message| {
        let ended = std::mem::replace(broken, message.is_err());
        ready((!ended).then_some(message))
    });
    let outbox = Arc::new(Outbox::default());
    let (response, upgraded) = response.into_parts();
    let response = response.set_body(Outbound::new(Arc::clone(&outbox), encoding, upgraded));
    ConnectionActor::launch(Opened {
        context: Arc::clone(context),
        id: context.next_id(),
        session,
        encoding,
        stream: stream.boxed_local(),
        outbox,
        place,
    });
    Ok(response.map_into_boxed_body())
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
