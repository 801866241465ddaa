//! How what crosses a link is laid out in messages: a byte that says what it is, numbers as LEB128, then the bytes themselves.
//!
//! Owns the layout, whose version is [`super::claim::VERSION`]. Must not know who may send what.

use bytes::{BufMut, Bytes, BytesMut};

use super::trunk::Violation;
use super::{FRAME_BYTES_MAX, REQUEST_BYTES_MAX};

/// Channels that one message carries a frame to.
pub(super) const RECIPIENTS_MAX: usize = 256;
/// Bytes of a message: the largest frame, and its recipients.
pub(super) const MESSAGE_BYTES_MAX: usize =
    FRAME_BYTES_MAX + 16 + RECIPIENTS_MAX * NUMBER_BYTES_MAX;
/// Bytes of a number: seven bits in each.
const NUMBER_BYTES_MAX: usize = 10;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Envelope {
    /// A channel is opened, by whoever dialled.
    Open { id: u64, request: Bytes },
    /// The answer to it.
    Reply { id: u64, reply: Bytes },
    /// One frame, for each of these channels.
    Frame { ids: Vec<u64>, frame: Bytes },
    /// So many frames more may be sent.
    Credit { id: u64, frames: u32 },
    /// The channel is closed.
    Close { id: u64, code: u16 },
}

const OPEN: u8 = 1;
const REPLY: u8 = 2;
const FRAME: u8 = 3;
const CREDIT: u8 = 4;
const CLOSE: u8 = 5;

impl Envelope {
    /// The message as it crosses.
    pub(super) fn encode(&self) -> Bytes {
        let mut message =
            BytesMut::with_capacity(16 + self.body().len() + self.ids() * NUMBER_BYTES_MAX);
        match self {
            Self::Open { id, .. } => put(&mut message, OPEN, &[*id]),
            Self::Reply { id, .. } => put(&mut message, REPLY, &[*id]),
            Self::Frame { ids, .. } => {
                put(&mut message, FRAME, &[ids.len() as u64]);
                for id in ids {
                    put_number(&mut message, *id);
                }
            }
            Self::Credit { id, frames } => put(&mut message, CREDIT, &[*id, u64::from(*frames)]),
            Self::Close { id, code } => put(&mut message, CLOSE, &[*id, u64::from(*code)]),
        }
        message.extend_from_slice(self.body());
        message.freeze()
    }

    /// Reads a message; its bytes are not copied.
    ///
    /// # Errors
    /// [`Violation::Unreadable`] for anything that [`Envelope::encode`] does not make.
    pub(super) fn decode(mut message: Bytes) -> Result<Self, Violation> {
        let Some(kind) = message.first().copied() else {
            return Err(Violation::Unreadable);
        };
        let rest = &mut message;
        drop(rest.split_to(1));
        let first = number(rest)?;
        let envelope = match kind {
            OPEN => Self::Open {
                id: first,
                request: body(message, REQUEST_BYTES_MAX)?,
            },
            REPLY => Self::Reply {
                id: first,
                reply: body(message, REQUEST_BYTES_MAX)?,
            },
            FRAME => {
                let count = usize::try_from(first).map_err(|_| Violation::Unreadable)?;
                if count == 0 || count > RECIPIENTS_MAX {
                    return Err(Violation::Unreadable);
                }
                let ids = (0..count).map(|_| number(rest)).collect::<Result<_, _>>()?;
                Self::Frame {
                    ids,
                    frame: body(message, FRAME_BYTES_MAX)?,
                }
            }
            CREDIT => Self::Credit {
                id: first,
                frames: last(message)?,
            },
            CLOSE => Self::Close {
                id: first,
                code: last(message)?,
            },
            _ => return Err(Violation::Unreadable),
        };
        Ok(envelope)
    }

    fn body(&self) -> &[u8] {
        match self {
            Self::Open { request: body, .. }
            | Self::Reply { reply: body, .. }
            | Self::Frame { frame: body, .. } => body,
            Self::Credit { .. } | Self::Close { .. } => &[],
        }
    }

    fn ids(&self) -> usize {
        match self {
            Self::Frame { ids, .. } => ids.len(),
            _ => 1,
        }
    }
}

fn put(message: &mut BytesMut, kind: u8, numbers: &[u64]) {
    message.put_u8(kind);
    for number in numbers {
        put_number(message, *number);
    }
}

fn put_number(message: &mut BytesMut, mut number: u64) {
    while number >= 0x80 {
        message.put_u8((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    message.put_u8(number as u8);
}

fn number(rest: &mut Bytes) -> Result<u64, Violation> {
    let mut number = 0_u64;
    for at in 0..NUMBER_BYTES_MAX {
        let byte = *rest.get(at).ok_or(Violation::Unreadable)?;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit.
        if at == NUMBER_BYTES_MAX - 1 && bits > 1 {
            return Err(Violation::Unreadable);
        }
        number |= bits << (7 * at);
        if byte < 0x80 {
            drop(rest.split_to(at + 1));
            return Ok(number);
        }
    }
    Err(Violation::Unreadable)
}

/// A number that nothing follows.
fn last<T: TryFrom<u64>>(mut rest: Bytes) -> Result<T, Violation> {
    let number = number(&mut rest)?;
    if !rest.is_empty() {
        return Err(Violation::Unreadable);
    }
    T::try_from(number).map_err(|_| Violation::Unreadable)
}

fn body(rest: Bytes, most: usize) -> Result<Bytes, Violation> {
    if rest.len() > most {
        return Err(Violation::Unreadable);
    }
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = Bytes> {
        proptest::collection::vec(any::<u8>(), 0..80).prop_map(Bytes::from)
    }

    fn envelope() -> impl Strategy<Value = Envelope> {
        let ids = proptest::collection::vec(any::<u64>(), 1..RECIPIENTS_MAX);
        prop_oneof![
            (any::<u64>(), bytes()).prop_map(|(id, request)| Envelope::Open { id, request }),
            (any::<u64>(), bytes()).prop_map(|(id, reply)| Envelope::Reply { id, reply }),
            (ids, bytes()).prop_map(|(ids, frame)| Envelope::Frame { ids, frame }),
            (any::<u64>(), any::<u32>()).prop_map(|(id, frames)| Envelope::Credit { id, frames }),
            (any::<u64>(), any::<u16>()).prop_map(|(id, code)| Envelope::Close { id, code }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_laid_out_is_read_back(envelope in envelope()) {
            prop_assert_eq!(Envelope::decode(envelope.encode()), Ok(envelope));
        }

        #[test]
        fn whatever_arrives_is_read_or_refused(message in bytes()) {
            if let Ok(envelope) = Envelope::decode(message) {
                prop_assert_eq!(Envelope::decode(envelope.encode()), Ok(envelope));
            }
        }
    }

    #[test]
    fn a_message_cut_short_or_with_something_after_it_is_refused() {
        for message in [
            &b""[..],
            b"\x01",
            b"\x01\x80",
            b"\x03\x00frame",
            b"\x03\x02\x01",
            b"\x03\x81\x02",
            b"\x04\x01",
            b"\x05\x01\x01x",
            b"\x05\x01\x80\x80\x04",
            b"\x09\x01",
            b"\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
        ] {
            let read = Envelope::decode(Bytes::from_static(message));
            assert_eq!(read, Err(Violation::Unreadable), "{message:?}");
        }
    }
}
