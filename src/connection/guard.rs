//! Refuses a frame at its header when it declares more than a client may send.
//!
//! Owns the one check that the codec makes too late: it looks at the declared size only after buffering the
//! frame, so that one client declaring 1 GiB would make the server hold what it sends. Here the bytes of
//! such a frame never reach a buffer. Knows nothing of messages beyond their headers (RFC 6455, 5.2).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

/// Longest frame header: two bytes, eight of length, four of mask.
const HEADER_BYTES_MAX: usize = 14;
const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;
const LENGTH: u8 = 0x7f;
const OPCODE: u8 = 0x0f;
/// Opcodes from here on are control frames, which may stand between the fragments of a message.
const CONTROL: u8 = 0x08;

/// Follows the frames of one client, however the network cuts them up.
#[derive(Debug)]
pub struct FrameGuard {
    bytes_max: u64,
    header: [u8; HEADER_BYTES_MAX],
    have: usize,
    payload_left: u64,
    /// Payload bytes of the fragmented message under way.
    message_bytes: u64,
}

/// A frame, or the fragments of a message together, declare more than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frame declares a message of {declared} bytes, more than {limit}")]
pub struct TooBig {
    /// Bytes declared so far.
    pub declared: u64,
    /// Bytes allowed.
    pub limit: u64,
}

impl FrameGuard {
    /// A guard that lets messages of up to `bytes_max` bytes pass.
    #[must_use]
    pub fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max: bytes_max as u64,
            header: [0; HEADER_BYTES_MAX],
            have: 0,
            payload_left: 0,
            message_bytes: 0,
        }
    }

    /// Follows the next bytes of the stream.
    ///
    /// # Errors
    /// [`TooBig`] at the header that passes the limit. The stream is of no use after that.
    pub fn follow(&mut self, mut bytes: &[u8]) -> Result<(), TooBig> {
        while !bytes.is_empty() {
            if self.payload_left > 0 {
                let skip = self.payload_left.min(bytes.len() as u64);
                self.payload_left -= skip;
                bytes = &bytes[usize::try_from(skip).expect("no more than the bytes at hand")..];
                continue;
            }
            self.header[self.have] = bytes[0];
            self.have += 1;
            bytes = &bytes[1..];
            if self.have >= 2 && self.have == self.header_bytes() {
                self.have = 0;
                self.enter_frame()?;
            }
        }
        Ok(())
    }

    /// Length of the header whose first two bytes are at hand.
    fn header_bytes(&self) -> usize {
        let length = match self.header[1] & LENGTH {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mask = if self.header[1] & MASKED == 0 { 0 } else { 4 };
        2 + length + mask
    }

    fn enter_frame(&mut self) -> Result<(), TooBig> {
        let declared = match self.header[1] & LENGTH {
            126 => u64::from(u16::from_be_bytes([self.header[2], self.header[3]])),
            127 => {
                let mut length = [0; 8];
                length.copy_from_slice(&self.header[2..10]);
                u64::from_be_bytes(length)
            }
            short => u64::from(short),
        };
        let control = self.header[0] & OPCODE >= CONTROL;
        let of_message = if control {
            declared
        } else {
            self.message_bytes.saturating_add(declared)
        };
        if of_message > self.bytes_max {
            return Err(TooBig {
                declared: of_message,
                limit: self.bytes_max,
            });
        }
        if !control {
            let last = self.header[0] & FIN != 0;
            self.message_bytes = if last { 0 } else { of_message };
        }
        self.payload_left = declared;
        Ok(())
    }
}

/// A request's payload with a guard in front of it. [`TooBig`] comes out as the source of an io error.
pub(super) struct Guarded<S> {
    inner: S,
    guard: FrameGuard,
    refused: bool,
}

impl<S> Guarded<S> {
    pub(super) fn new(inner: S, bytes_max: usize) -> Self {
        Self {
            inner,
            guard: FrameGuard::new(bytes_max),
            refused: false,
        }
    }
}

impl<S> Stream for Guarded<S>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.refused {
            return Poll::Ready(None);
        }
        match Pin::new(&mut self.inner).poll_next(cx) {
            Poll::Ready(Some(Ok(bytes))) => match self.guard.follow(&bytes) {
                Ok(()) => Poll::Ready(Some(Ok(bytes))),
                Err(too_big) => {
                    self.refused = true;
                    let error = io::Error::other(too_big);
                    Poll::Ready(Some(Err(PayloadError::Io(error))))
                }
            },
            other => other,
        }
    }
}

/// Whether an error that came through the codec is this guard's refusal.
pub(super) fn is_too_big(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    // Errors nest a handful deep; the bound keeps a cycle from spinning.
    for _ in 0..8 {
        let Some(error) = cause else { return false };
        if error.is::<TooBig>() {
            return true;
        }
        cause = match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as _),
            None => error.source(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            short @ 0..126 => bytes.push(MASKED | u8::try_from(short).expect("below 126")),
            medium @ 126..=0xffff => {
                bytes.push(MASKED | 126);
                bytes.extend(u16::try_from(medium).expect("16 bits").to_be_bytes());
            }
            long => {
                bytes.push(MASKED | 127);
                bytes.extend((long as u64).to_be_bytes());
            }
        }
        bytes.extend([1, 2, 3, 4]);
        bytes.extend(payload);
        bytes
    }

    #[test]
    fn a_frame_declaring_a_gibibyte_is_refused_at_its_header() {
        let mut guard = FrameGuard::new(16_384);
        let mut header = vec![0x82, MASKED | 127];
        header.extend((1_u64 << 30).to_be_bytes());
        header.extend([0; 4]);
        let (last, before) = header.split_last().expect("a header has bytes");
        assert_eq!(guard.follow(before), Ok(()));
        assert_eq!(
            guard.follow(&[*last]),
            Err(TooBig {
                declared: 1 << 30,
                limit: 16_384
            })
        );
    }

    #[test]
    fn fragments_count_together_and_control_frames_between_them_do_not() {
        let mut guard = FrameGuard::new(300);
        for (first, bytes, passes) in [
            (0x02, 200, true),
            (0x89, 100, true),
            (0x00, 100, true),
            (0x80, 1, false),
        ] {
            let followed = guard.follow(&frame(first, &vec![7; bytes]));
            assert_eq!(followed.is_ok(), passes, "{first:#x} {bytes}");
        }
        let mut guard = FrameGuard::new(300);
        for _ in 0..3 {
            assert_eq!(guard.follow(&frame(0x82, &[7; 300])), Ok(()));
        }
    }

    proptest! {
        #[test]
        fn cutting_the_stream_anywhere_changes_nothing(
            sizes in proptest::collection::vec(0_usize..400, 1..8),
            cut in 1_usize..50,
        ) {
            let stream: Vec<u8> = sizes.iter().flat_map(|n| frame(0x82, &vec![0xff; *n])).collect();
            let whole = FrameGuard::new(300).follow(&stream).is_ok();
            let mut guard = FrameGuard::new(300);
            let pieces = stream.chunks(cut).all(|piece| guard.follow(piece).is_ok());
            prop_assert_eq!(whole, pieces);
            prop_assert_eq!(whole, sizes.iter().all(|n| *n <= 300));
        }
    }
}
