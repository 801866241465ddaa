//! Both decoders of a client's frame.

use learnr_protocol::{DecodeError, Encoding, ID_BYTES_MAX, decode_client, encode};

/// [`decode`] in MessagePack.
pub fn decode_msgpack(frame: &[u8]) {
    decode(frame, Encoding::MsgPack);
}

/// [`decode`] in JSON.
pub fn decode_json(frame: &[u8]) {
    decode(frame, Encoding::Json);
}

/// A message that was read, written in either encoding, is read as the same message. What is said of a frame that is not
/// a message is short, whatever the frame says.
fn decode(frame: &[u8], encoding: Encoding) {
    match decode_client(frame, encoding) {
        Ok(message) => {
            for encoding in Encoding::ALL {
                let again = decode_client(&encode(&message, encoding), encoding);
                assert_eq!(again.as_ref(), Ok(&message), "{encoding:?}");
            }
        }
        Err(DecodeError::Garbage) => {}
        Err(
            ref error @ (DecodeError::UnknownType { ref request_id, .. }
            | DecodeError::BadShape { ref request_id, .. }),
        ) => {
            assert!(error.to_string().len() < 2_000, "{error}");
            let named = request_id.as_deref().unwrap_or_default();
            assert!(named.len() <= ID_BYTES_MAX, "{named:?}");
        }
    }
}
