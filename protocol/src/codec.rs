//! Both encodings of the same messages.

use std::cell::RefCell;
use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::swift::SwiftAnswer;
use crate::{
    ClientMessage, ID_BYTES_MAX, OPTIONS_MAX, Response, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK,
    ServerMessage,
};

/// How messages are written on a socket, agreed by subprotocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// MessagePack maps with string keys, in binary frames.
    MsgPack,
    /// JSON, in text frames.
    Json,
}

impl Encoding {
    /// Both, in the order of preference.
    pub const ALL: [Self; 2] = [Self::MsgPack, Self::Json];

    /// The subprotocol that names this encoding.
    #[must_use]
    pub fn subprotocol(self) -> &'static str {
        match self {
            Self::MsgPack => SUBPROTOCOL_MSGPACK,
            Self::Json => SUBPROTOCOL_JSON,
        }
    }
}

/// Why a frame is not a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// Not in the encoding at all: the socket is closed with 4501.
    Garbage,
    /// Well-formed, of a `type` this version does not know: refused, the socket stays open.
    UnknownType {
        /// The type it names, cut to 64 bytes.
        name: String,
        /// Its `request_id`, if it has one.
        request_id: Option<String>,
    },
    /// Well-formed, but not of its type's shape: refused, the socket stays open.
    BadShape {
        /// What was expected.
        detail: String,
        /// Its `request_id`, if it has one.
        request_id: Option<String>,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Garbage => write!(f, "frame is not in the encoding agreed"),
            Self::UnknownType { name, .. } => write!(f, "message type {name:?} is not known"),
            Self::BadShape { detail, .. } => write!(f, "message has the wrong shape: {detail}"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// The types a client may send, to tell an unknown type from a wrong shape.
const CLIENT_TYPES: [&str; 9] = [
    "hello", "answer", "flag", "unflag", "go_to", "pause", "resume", "finish", "ping",
];

/// Lists and maps that may be nested in each other in a MessagePack frame; ours nest four deep. The decoder
/// works on the stack, so one that followed a frame to any depth could be made to overflow it. JSON is read to
/// its library's depth of 128.
const DEPTH_MAX: usize = 32;

/// Encodes any message.
///
/// # Panics
/// Never for the messages of this crate: every key is a string and every number is finite or null.
#[must_use]
pub fn encode<T: Serialize>(message: &T, encoding: Encoding) -> Bytes {
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.clear();
        match encoding {
            Encoding::MsgPack => rmp_serde::encode::write_named(scratch, message)
                .expect("messages have string keys and bounded depth"),
            Encoding::Json => serde_json::to_writer(&mut *scratch, message)
                .expect("messages have string keys and bounded depth"),
        }
        let frame = Bytes::copy_from_slice(scratch);
        scratch.shrink_to(SCRATCH_BYTES_KEPT);
        frame
    })
}

/// What one thread keeps to write messages in: more than nearly all of them take.
const SCRATCH_BYTES_KEPT: usize = 16 * 1024;

thread_local! {
    /// Written in and copied from, so that a frame is one allocation of its own size, however it grew.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Decodes a client's frame and checks the lengths of its ids and lists.
///
/// # Errors
/// [`DecodeError`] says whether the socket can stay open.
pub fn decode_client(frame: &[u8], encoding: Encoding) -> Result<ClientMessage, DecodeError> {
    let message = match decode::<SwiftAnswer>(frame, encoding) {
        Ok(SwiftAnswer(answer)) => ClientMessage::Answer(answer),
        Err(_) => match decode::<ClientMessage>(frame, encoding) {
            Ok(message) => message,
            Err(detail) => return Err(classify(frame, encoding, &detail)),
        },
    };
    match over_limit(&message) {
        Some(detail) => Err(DecodeError::BadShape {
            detail,
            request_id: message
                .request_id()
                .filter(|id| id.len() <= ID_BYTES_MAX)
                .map(ToOwned::to_owned),
        }),
        None => Ok(message),
    }
}

/// Decodes a server's frame, as clients do.
///
/// # Errors
/// The decoder's own words: a client logs them and resyncs.
pub fn decode_server(frame: &[u8], encoding: Encoding) -> Result<ServerMessage, String> {
    decode(frame, encoding)
}

fn decode<T: DeserializeOwned>(frame: &[u8], encoding: Encoding) -> Result<T, String> {
    match encoding {
        Encoding::MsgPack => {
            let mut rest = frame;
            let mut reader = rmp_serde::Deserializer::new(&mut rest);
            reader.set_max_depth(DEPTH_MAX);
            let value = T::deserialize(&mut reader).map_err(|error| error.to_string())?;
            if rest.is_empty() {
                Ok(value)
            } else {
                Err(format!("{} bytes after the message", rest.len()))
            }
        }
        Encoding::Json => serde_json::from_slice(frame).map_err(|error| error.to_string()),
    }
}

/// What can be told of a frame that is not a message.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    request_id: Option<String>,
}

fn classify(frame: &[u8], encoding: Encoding, detail: &str) -> DecodeError {
    match decode::<Envelope>(frame, encoding) {
        Ok(Envelope { kind, request_id }) => {
            let request_id = request_id.filter(|id| id.len() <= ID_BYTES_MAX);
            match kind {
                Some(name) if !CLIENT_TYPES.contains(&name.as_str()) => DecodeError::UnknownType {
                    name: name.chars().take(ID_BYTES_MAX).collect(),
                    request_id,
                },
                _ => DecodeError::BadShape {
                    detail: detail.chars().take(200).collect(),
                    request_id,
                },
            }
        }
        Err(_) if is_well_formed(frame, encoding) => DecodeError::BadShape {
            detail: "a message is a map with a `type` of text".to_owned(),
            request_id: None,
        },
        Err(_) => DecodeError::Garbage,
    }
}

fn is_well_formed(frame: &[u8], encoding: Encoding) -> bool {
    decode::<serde::de::IgnoredAny>(frame, encoding).is_ok()
}

fn over_limit(message: &ClientMessage) -> Option<String> {
    if let Some(id) = message.request_id()
        && (id.is_empty() || id.len() > ID_BYTES_MAX)
    {
        return Some(format!(
            "request_id must have 1 to {ID_BYTES_MAX} bytes, got {}",
            id.len()
        ));
    }
    if let ClientMessage::Answer(answer) = message {
        let Response::Choice { options } = &answer.response;
        if options.len() > OPTIONS_MAX {
            return Some(format!(
                "an answer has at most {OPTIONS_MAX} options, got {}",
                options.len()
            ));
        }
        if options.iter().any(|id| id.len() > ID_BYTES_MAX) {
            return Some(format!("an option id has at most {ID_BYTES_MAX} bytes"));
        }
    }
    None
}
