//! A raw socket that takes in little: a small receive buffer, and nothing read unless it is asked to be. Owns its
//! frames; what is said over it is `odd`'s.

use std::io;
use std::time::Duration;

use anyhow::{Context, bail};
use learnr_protocol::{ClientMessage, Encoding, Hello, encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;

use crate::base::Base;
use crate::brief::{Brief, Kind};
use crate::raw::{self, BINARY, CLOSE, PING, PONG, TEXT};
use crate::socket::DEADLINE;

/// Receive buffer asked for, bytes; the kernel doubles it. Small, so that what is not read stays with the server.
const RECEIVE_BUFFER_BYTES: u32 = 4 * 1024;
/// What is read at once, bytes.
const SIP_BYTES: usize = 512;
/// Largest frame kept while it is read sip by sip, bytes.
const FRAME_BYTES_MAX: usize = 256 * 1024;

/// What a sip brought.
pub(super) enum Sip {
    /// Whole messages, perhaps none yet.
    Messages(Vec<Brief>),
    /// The end of the socket.
    Gone,
}

/// One socket.
pub(super) struct Line {
    stream: TcpStream,
    encoding: Encoding,
    /// Read and not yet a whole frame.
    part: Vec<u8>,
}

impl Line {
    /// Connects, says hello, and reads on to the session's state.
    pub(super) async fn join(
        base: &Base,
        session: &str,
        ticket: String,
        encoding: Encoding,
    ) -> anyhow::Result<(Self, Brief)> {
        let stream = dial(base.authority()).await?;
        let mut line = Self {
            stream: raw::upgraded(stream, base, session, encoding).await?,
            encoding,
            part: Vec::new(),
        };
        let hello = ClientMessage::Hello(Hello {
            ticket,
            resume: None,
            client: concat!("learnr-loadtest/", env!("CARGO_PKG_VERSION")).to_owned(),
        });
        line.send(&hello).await?;
        loop {
            let frame = raw::read_frame(&mut line.stream).await?;
            let frame = frame.context("closed before its state")?;
            match frame.opcode {
                BINARY | TEXT => {}
                CLOSE => bail!("closed {:?} before its state", frame.close_code()),
                _ => continue,
            }
            let brief = read(&frame.payload, encoding)?;
            if brief.kind == Kind::State {
                return Ok((line, brief));
            }
        }
    }

    /// Sends a message of the contract, whatever may wait to be read.
    pub(super) async fn send(&mut self, message: &ClientMessage) -> io::Result<()> {
        let opcode = match self.encoding {
            Encoding::MsgPack => BINARY,
            Encoding::Json => TEXT,
        };
        let payload = encode(message, self.encoding);
        self.send_raw(opcode, &payload).await
    }

    /// Reads a little, for at most so long; pings among it are answered.
    pub(super) async fn sip(&mut self, within: Duration) -> anyhow::Result<Sip> {
        let mut sip = [0; SIP_BYTES];
        match timeout(within, self.stream.read(&mut sip)).await {
            Err(_) => return Ok(Sip::Messages(Vec::new())),
            Ok(Ok(bytes)) if bytes > 0 => self.part.extend_from_slice(&sip[..bytes]),
            Ok(_) => return Ok(Sip::Gone),
        }
        let mut messages = Vec::new();
        while let Some((opcode, payload)) = whole(&mut self.part)? {
            match opcode {
                PING => self.send_raw(PONG, &payload).await?,
                CLOSE => return Ok(Sip::Gone),
                BINARY | TEXT => messages.push(read(&payload, self.encoding)?),
                _ => {}
            }
        }
        Ok(Sip::Messages(messages))
    }

    async fn send_raw(&mut self, opcode: u8, payload: &[u8]) -> io::Result<()> {
        let frame = raw::frame(opcode, true, payload);
        timeout(DEADLINE, self.stream.write_all(&frame))
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }
}

/// A connection that takes in little at a time.
async fn dial(authority: &str) -> io::Result<TcpStream> {
    let address = lookup_host(authority).await?.next();
    let address = address.ok_or_else(|| io::Error::other("the server has no address"))?;
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)?;
    let stream = timeout(DEADLINE, socket.connect(address))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Takes the first whole frame off what was read; a server's frames are not masked.
fn whole(part: &mut Vec<u8>) -> anyhow::Result<Option<(u8, Vec<u8>)>> {
    let (length, head) = match *part.as_slice() {
        [_, 126, high, low, ..] => (usize::from(u16::from_be_bytes([high, low])), 4),
        [_, 127, a, b, c, d, e, f, g, h, ..] => {
            let length = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
            (usize::try_from(length)?, 10)
        }
        [_, 126 | 127, ..] => return Ok(None),
        [_, short, ..] => (usize::from(short), 2),
        _ => return Ok(None),
    };
    if length > FRAME_BYTES_MAX {
        bail!("a frame of {length} bytes");
    }
    if part.len() < head + length {
        return Ok(None);
    }
    let opcode = part[0] & 0x0f;
    let payload = part[head..head + length].to_vec();
    part.drain(..head + length);
    Ok(Some((opcode, payload)))
}

fn read(payload: &[u8], encoding: Encoding) -> anyhow::Result<Brief> {
    Brief::read(payload, encoding).map_err(|words| anyhow::anyhow!("undecodable: {words}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_taken_once_all_of_it_has_come() {
        let mut bytes = vec![0x82, 126, 1, 0];
        bytes.extend([7; 256]);
        bytes.extend([0x89, 1, 5]);
        let mut part = Vec::new();
        let mut frames = Vec::new();
        for byte in bytes {
            part.push(byte);
            while let Some(frame) = whole(&mut part).expect("the frames are small") {
                frames.push(frame);
            }
        }
        assert_eq!(frames, [(BINARY, vec![7; 256]), (PING, vec![5])]);
        let mut huge = vec![0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0];
        assert!(whole(&mut huge).is_err());
    }
}
