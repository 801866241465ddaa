//! The frame guard: what a client sends before anything is decoded.

use actix_codec::Decoder;
use actix_http::ws::{Codec, Frame, Item};
use bytes::BytesMut;
use learnr::connection::FrameGuard;

/// However a stream is cut, the guard says the same of it; and no message that it lets pass is over the limit when the
/// codec behind it has read it.
pub fn guard(data: &[u8]) {
    let [limit, cut, stream @ ..] = data else {
        return;
    };
    let limit = usize::from(*limit) * 8;
    let whole = FrameGuard::new(limit).follow(stream);
    let mut in_pieces = FrameGuard::new(limit);
    let pieces = stream
        .chunks(usize::from(*cut).max(1))
        .try_for_each(|piece| in_pieces.follow(piece));
    assert_eq!(whole, pieces, "cutting the stream changed the verdict");
    if whole.is_ok() {
        let longest = longest_message(stream);
        assert!(
            longest <= limit,
            "{longest} bytes passed a limit of {limit}"
        );
    }
}

/// Payload bytes of the longest message that the codec makes of a stream, up to its first error.
fn longest_message(stream: &[u8]) -> usize {
    let mut codec = Codec::new().max_size(1 << 20);
    let mut rest = BytesMut::from(stream);
    let (mut longest, mut fragments) = (0, 0);
    while let Ok(Some(frame)) = codec.decode(&mut rest) {
        let message = match frame {
            Frame::Text(bytes) | Frame::Binary(bytes) | Frame::Ping(bytes) | Frame::Pong(bytes) => {
                bytes.len()
            }
            Frame::Continuation(item) => {
                match item {
                    Item::FirstText(bytes) | Item::FirstBinary(bytes) => fragments = bytes.len(),
                    Item::Continue(bytes) | Item::Last(bytes) => fragments += bytes.len(),
                }
                fragments
            }
            Frame::Close(_) => break,
        };
        longest = longest.max(message);
    }
    longest
}
