//! The task of one link: it writes what is queued, reads what comes, and asks every second whether the other end is there.
//!
//! Owns when a link is over. Must not know how channels are kept: [`Trunk`] does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::batch::Batch;
use super::envelope::{Envelope, MESSAGE_BYTES_MAX};
use super::trunk::{Trunk, Violation};
use super::{Host, PING_EVERY, SILENCE_MAX};

/// Commands written before the next flush.
const COMMANDS_MAX: usize = 256;
/// Bytes read from the socket, or gathered for it, at once.
const BUFFER_BYTES: usize = 64 * 1024;
/// How long a link that ends in order waits for the other end to have read everything.
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);

/// The bounds of a link's messages and buffers.
pub(super) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(BUFFER_BYTES + 2 * MESSAGE_BYTES_MAX)
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX))
}

/// Why a link is over.
#[derive(Debug, thiserror::Error)]
enum Over {
    #[error("it was ended in order")]
    Left,
    #[error("no sign for {} s that anything arrives", SILENCE_MAX.as_secs())]
    Silent,
    #[error("cut here: the same instance dialled again, or too much waits for it")]
    Cut,
    #[error("{0}")]
    Broken(Violation),
    #[error("lost: {0}")]
    Lost(String),
}

/// Runs a link to its end. `host` gets the channels that the other end opens, where it may.
pub(super) async fn run(
    socket: WebSocketStream<TcpStream>,
    trunk: Arc<Trunk>,
    host: Option<Arc<dyn Host>>,
) {
    let ending = Ending(&trunk);
    let (sink, stream) = socket.split();
    let heard = Heard::now();
    let over = tokio::select! {
        over = write(sink, &trunk) => over,
        over = read(stream, &trunk, host.as_deref(), &heard) => over,
        () = heard.silence() => Over::Silent,
        () = trunk.gone.cancelled() => Over::Cut,
    };
    // Before the socket: it may linger.
    drop(ending);
    let (reason, node) = (over.reason(), &trunk.peer.node);
    trunk.tally.lost(reason);
    match over {
        Over::Left | Over::Cut => tracing::debug!(peer = %node, %over, "internal link ended"),
        _ => tracing::warn!(peer = %node, %over, "internal link lost"),
    }
}

impl Over {
    fn reason(&self) -> &'static str {
        match self {
            Over::Left => "left",
            Over::Silent => "silent",
            Over::Cut => "cut",
            Over::Broken(_) => "violation",
            Over::Lost(_) => "lost",
        }
    }
}

/// Ends the channels even if the task is dropped or panics.
struct Ending<'a>(&'a Trunk);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

async fn write(mut sink: SplitSink<WebSocketStream<TcpStream>, Message>, trunk: &Trunk) -> Over {
    let mut pings = tokio::time::interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut commands = Vec::new();
    loop {
        let left = trunk.leaving.is_cancelled() && trunk.outbound.is_empty();
        let written = tokio::select! {
            // In this order: a flood of frames does not hold back the question whether the other end is there.
            biased;
            _ = pings.tick() => sink.send(Message::Ping(Bytes::new())).await,
            () = std::future::ready(()), if left => {
                if let Err(error) = sink.send(Message::Close(None)).await {
                    return Over::from(error);
                }
                tokio::time::sleep(FAREWELL_WITHIN).await;
                return Over::Left;
            }
            () = trunk.outbound.take(COMMANDS_MAX, &mut commands) => {
                write_batch(&mut sink, trunk, &mut commands).await
            }
            () = trunk.leaving.cancelled(), if !trunk.leaving.is_cancelled() => Ok(()),
        };
        if let Err(error) = written {
            return Over::from(error);
        }
    }
}

async fn write_batch(
    sink: &mut SplitSink<WebSocketStream<TcpStream>, Message>,
    trunk: &Trunk,
    commands: &mut Vec<super::outbound::Command>,
) -> Result<(), Error> {
    let batch = Batch::of(commands);
    for envelope in batch.envelopes {
        let message = envelope.encode();
        let frames = match &envelope {
            Envelope::Frame { ids, .. } => ids.len() as u64,
            _ => 0,
        };
        trunk.tally.sent(frames, message.len() as u64);
        sink.feed(Message::Binary(message)).await?;
    }
    sink.flush().await?;
    trunk.outbound.room.add_permits(batch.room);
    Ok(())
}

async fn read(
    mut stream: SplitStream<WebSocketStream<TcpStream>>,
    trunk: &Arc<Trunk>,
    host: Option<&dyn Host>,
    heard: &Heard,
) -> Over {
    while let Some(message) = stream.next().await {
        match message {
            Ok(Message::Binary(message)) => {
                if let Err(violation) = trunk.receive(message, host) {
                    return Over::Broken(violation);
                }
            }
            Ok(Message::Pong(_)) => heard.again(),
            Ok(Message::Ping(_)) => {}
            Ok(Message::Close(_)) => return Over::Left,
            Ok(Message::Text(_) | Message::Frame(_)) => {
                return Over::Broken(Violation::Unreadable);
            }
            Err(error @ (Error::Capacity(_) | Error::Utf8(_))) => {
                tracing::debug!(%error, "unreadable");
                return Over::Broken(Violation::Unreadable);
            }
            Err(error) => return Over::from(error),
        }
    }
    Over::Lost("the other end is gone".to_owned())
}

impl From<Error> for Over {
    fn from(error: Error) -> Self {
        Over::Lost(error.to_string())
    }
}

/// When the other end last confirmed that it got something. A ping of its own would not do: it says nothing of this direction.
struct Heard {
    since: Instant,
    at_ms: AtomicU64,
}

impl Heard {
    fn now() -> Self {
        Self {
            since: Instant::now(),
            at_ms: AtomicU64::new(0),
        }
    }

    fn again(&self) {
        let at_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.at_ms.store(at_ms, Ordering::Relaxed);
    }

    /// Ends once nothing was confirmed for [`SILENCE_MAX`].
    async fn silence(&self) {
        loop {
            let last = Duration::from_millis(self.at_ms.load(Ordering::Relaxed));
            let due = self.since + last + SILENCE_MAX;
            if due <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(due).await;
        }
    }
}
