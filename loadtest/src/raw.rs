//! A WebSocket by hand, for tests that write frames no library would. Owns the bytes of a handshake and
//! of a frame's header; knows nothing of messages.

use std::io;

use learnr_protocol::Encoding;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::base::Base;
use crate::socket::{DEADLINE, Dial};

/// Longest head of a reply to an upgrade, bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Largest server frame read here, bytes.
const FRAME_BYTES_MAX: u64 = 1024 * 1024;

/// Opcode of a continuation frame.
pub const CONTINUATION: u8 = 0;
/// Opcode of a text frame.
pub const TEXT: u8 = 1;
/// Opcode of a binary frame.
pub const BINARY: u8 = 2;
/// Opcode of a close frame.
pub const CLOSE: u8 = 8;
/// Opcode of a ping.
pub const PING: u8 = 9;
/// Opcode of a pong.
pub const PONG: u8 = 10;

/// A frame from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFrame {
    /// Low four bits of the first byte.
    pub opcode: u8,
    /// The payload as it came.
    pub payload: Vec<u8>,
}

impl RawFrame {
    /// Close code, when it is a close frame that carries one.
    #[must_use]
    pub fn close_code(&self) -> Option<u16> {
        match (self.opcode, self.payload.as_slice()) {
            (CLOSE, [high, low, ..]) => Some(u16::from_be_bytes([*high, *low])),
            _ => None,
        }
    }
}

/// Connects, upgrades by hand, and gives the bare stream, nothing read beyond the handshake.
///
/// # Errors
/// When the server cannot be reached, or its reply is not 101; the error holds the reply's head.
pub async fn handshaken(
    base: &Base,
    session_id: &str,
    encoding: Encoding,
) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(base.authority()).await?;
    stream.set_nodelay(true)?;
    upgraded(stream, base, session_id, encoding).await
}

/// The same on a stream that is connected already, for sockets with options of their own.
///
/// # Errors
/// When the reply is not 101; the error holds its head.
pub async fn upgraded(
    mut stream: TcpStream,
    base: &Base,
    session_id: &str,
    encoding: Encoding,
) -> io::Result<TcpStream> {
    let dial = Dial::new(base.clone(), session_id, encoding);
    let head = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bGVhcm5yLWxvYWR0ZXN0IQ==\r\n\
         Sec-WebSocket-Protocol: {}\r\n\r\n",
        dial.path(),
        base.authority(),
        encoding.subprotocol(),
    );
    stream.write_all(head.as_bytes()).await?;
    let reply = timeout(DEADLINE, read_head(&mut stream))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    if reply.starts_with("HTTP/1.1 101") {
        Ok(stream)
    } else {
        Err(io::Error::other(reply))
    }
}

/// One byte at a time: a frame that follows the head at once must stay in the stream.
async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= HEAD_BYTES_MAX {
            return Err(io::Error::other("head of the reply has no end"));
        }
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// A client's frame header that declares `length` bytes, however many follow.
///
/// `mask` of `None` leaves the mask bit off, which a server must refuse.
#[must_use]
pub fn header(opcode: u8, fin: bool, length: u64, mask: Option<[u8; 4]>) -> Vec<u8> {
    let mask_bit = if mask.is_some() { 0x80 } else { 0 };
    let mut bytes = vec![(u8::from(fin) << 7) | (opcode & 0x0f)];
    if length < 126 {
        bytes.push(mask_bit | length as u8);
    } else if let Ok(short) = u16::try_from(length) {
        bytes.push(mask_bit | 126);
        bytes.extend(short.to_be_bytes());
    } else {
        bytes.push(mask_bit | 127);
        bytes.extend(length.to_be_bytes());
    }
    bytes.extend(mask.iter().flatten());
    bytes
}

/// A whole masked frame.
#[must_use]
pub fn frame(opcode: u8, fin: bool, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x11, 0x22, 0x33, 0x44];
    let mut bytes = header(opcode, fin, payload.len() as u64, Some(MASK));
    let masked = payload
        .iter()
        .zip(MASK.iter().cycle())
        .map(|(byte, mask)| byte ^ mask);
    bytes.extend(masked);
    bytes
}

/// The server's next frame within [`DEADLINE`]; `None` when the stream ends first.
///
/// # Errors
/// On a broken stream, a frame above 1 MiB, or nothing in time.
pub async fn read_frame<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<RawFrame>> {
    timeout(DEADLINE, read_whole(stream))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

async fn read_whole<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<RawFrame>> {
    let first = match stream.read_u8().await {
        Ok(first) => first,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = match stream.read_u8().await? & 0x7f {
        126 => u64::from(stream.read_u16().await?),
        127 => stream.read_u64().await?,
        short => u64::from(short),
    };
    if length > FRAME_BYTES_MAX {
        return Err(io::Error::other(format!("frame of {length} bytes")));
    }
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload).await?;
    Ok(Some(RawFrame {
        opcode: first & 0x0f,
        payload,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_takes_the_shortest_form_its_length_fits() {
        assert_eq!(header(TEXT, true, 5, None), [0x81, 5]);
        assert_eq!(header(BINARY, false, 126, None), [0x02, 126, 0, 126]);
        let long = header(BINARY, true, 1 << 30, Some([1, 2, 3, 4]));
        assert_eq!(long, [0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]);
    }

    #[test]
    fn masking_twice_gives_the_payload_back() {
        let bytes = frame(TEXT, true, b"hello");
        let (head, body) = bytes.split_at(6);
        let plain: Vec<u8> = body
            .iter()
            .zip(head[2..].iter().cycle())
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        assert_eq!(plain, b"hello");
    }
}
