//! One link: bytes from each end to the other, and what befalls them on the way. Must not know when: the rules say.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

use super::rules::Rules;
use super::{Direction, Ended, Told};

/// Bytes read at once.
const CHUNK_BYTES: usize = 16 * 1024;
/// Chunks on their way in one direction while they are delayed; beyond it, reading waits.
const CHUNKS_MAX: usize = 256;

/// What both directions of a link share.
struct Link {
    told: Told,
    /// Set while the answer to a request is being swallowed.
    swallowing: AtomicBool,
    /// Set once bytes were lost: it cannot be mended.
    lossy: AtomicBool,
    /// The last bytes that went to the server, and those swallowed: needles are looked for across reads.
    tails: Mutex<[Vec<u8>; 2]>,
}

/// Carries bytes until both ends are done or the link is reset.
pub(super) async fn run(mut client: TcpStream, mut server: TcpStream, told: Told) {
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("a TCP stream");
    }
    // Before anybody can know of the link: a reset told of right then is one for it.
    let since = {
        let now = told.rules.borrow();
        (now.resets, now.mended)
    };
    told.counters.open.fetch_add(1, Ordering::SeqCst);
    let link = Link {
        told,
        swallowing: AtomicBool::new(false),
        lossy: AtomicBool::new(false),
        tails: Mutex::default(),
    };
    let ended = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        tokio::select! {
            ended = async {
                tokio::try_join!(
                    link.carry(Direction::ToServer, from_client, to_server),
                    link.carry(Direction::ToClient, from_server, to_client),
                )
            } => ended.map(|_| ()),
            () = link.reset_told(since) => Err(io::ErrorKind::ConnectionReset.into()),
        }
    };
    if ended.is_err() {
        reset(&client);
        reset(&server);
        link.told.counters.resets.fetch_add(1, Ordering::SeqCst);
    }
    drop((client, server));
    link.told.counters.open.fetch_sub(1, Ordering::SeqCst);
}

/// Makes the coming close a reset: the other end meets an error, not an end.
pub(super) fn reset(stream: &TcpStream) {
    let lingering = SockRef::from(stream).set_linger(Some(Duration::ZERO));
    lingering.expect("a TCP stream");
}

impl Link {
    /// Returns when every link, or this one, is to be reset, counted from resets and mendings there had been.
    async fn reset_told(&self, (resets, mut mended): (u64, u64)) {
        let mut rules = self.told.rules.clone();
        let gone = rules.wait_for(|now| {
            let just_mended = now.mended > mended;
            mended = now.mended;
            now.resets > resets || (just_mended && self.lossy.load(Ordering::SeqCst))
        });
        // The proxy is gone: so is the link.
        drop(gone.await);
    }

    async fn carry(&self, direction: Direction, from: ReadHalf<'_>, to: WriteHalf<'_>) -> Ended {
        let (send, chunks) = mpsc::channel(CHUNKS_MAX);
        tokio::try_join!(self.read(direction, from, send), deliver(to, chunks)).map(|_| ())
    }

    async fn read(
        &self,
        direction: Direction,
        mut from: ReadHalf<'_>,
        send: mpsc::Sender<(Instant, Vec<u8>)>,
    ) -> Ended {
        let mut rules = self.told.rules.clone();
        let limit = rules.borrow().reset_after;
        let mut left = limit.and_then(|(way, bytes)| (way == direction).then_some(bytes));
        loop {
            stall_is(&mut rules, direction, false).await?;
            let room = left.map_or(CHUNK_BYTES, |left| CHUNK_BYTES.min(left as usize));
            if room == 0 {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            let mut chunk = vec![0; room];
            let length = tokio::select! {
                length = from.read(&mut chunk) => length?,
                // Stalled meanwhile: nothing is read.
                stalled = stall_is(&mut rules, direction, true) => {
                    stalled?;
                    continue;
                }
            };
            if length == 0 {
                return Ok(());
            }
            chunk.truncate(length);
            left = left.map(|left| left - length as u64);
            if rules.borrow().cut[direction.index()] {
                self.lossy.store(true, Ordering::SeqCst);
                let lost = &self.told.counters.cut;
                lost.fetch_add(length as u64, Ordering::SeqCst);
                continue;
            }
            if self.is_swallowed(direction, &chunk)? {
                continue;
            }
            let passed = &self.told.counters.passed[direction.index()];
            passed.fetch_add(length as u64, Ordering::SeqCst);
            let due = Instant::now() + rules.borrow().delay;
            if send.send((due, chunk)).await.is_err() {
                return Ok(());
            }
        }
    }

    /// Whether a chunk is part of an answer to be lost; an error once that answer is complete, which resets the link.
    fn is_swallowed(&self, direction: Direction, chunk: &[u8]) -> io::Result<bool> {
        let Some(lost) = self.told.rules.borrow().lost.clone() else {
            return Ok(false);
        };
        let swallowing = self.swallowing.load(Ordering::SeqCst);
        match direction {
            Direction::ToServer => {
                if !swallowing
                    && self.completes(direction, chunk, &lost.request)
                    && self.told.counters.take_loss()
                {
                    self.swallowing.store(true, Ordering::SeqCst);
                }
                Ok(false)
            }
            Direction::ToClient if swallowing => {
                if self.completes(direction, chunk, &lost.answer) {
                    let counter = &self.told.counters.answers_lost;
                    counter.fetch_add(1, Ordering::SeqCst);
                    return Err(io::ErrorKind::ConnectionReset.into());
                }
                Ok(true)
            }
            Direction::ToClient => Ok(false),
        }
    }

    /// Whether `needle` ends in this chunk, wherever it began.
    fn completes(&self, direction: Direction, chunk: &[u8], needle: &[u8]) -> bool {
        if needle.is_empty() {
            return true;
        }
        let mut tails = self.tails.lock().expect("nothing panics while it is held");
        let tail = &mut tails[direction.index()];
        tail.extend_from_slice(chunk);
        let found = tail.windows(needle.len()).any(|window| window == needle);
        let kept = if found { 0 } else { needle.len() - 1 };
        tail.drain(..tail.len().saturating_sub(kept));
        found
    }
}

/// Returns when a direction is stalled, or flows, as asked; with an error when the proxy is gone.
async fn stall_is(rules: &mut Receiver<Rules>, direction: Direction, stalled: bool) -> Ended {
    let changed = rules.wait_for(|now| now.stalled[direction.index()] == stalled);
    match changed.await {
        Ok(_) => Ok(()),
        Err(_) => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

/// Writes chunks when they are due; at the end of them, ends the direction.
async fn deliver(mut to: WriteHalf<'_>, mut chunks: mpsc::Receiver<(Instant, Vec<u8>)>) -> Ended {
    while let Some((due, chunk)) = chunks.recv().await {
        tokio::time::sleep_until(due).await;
        to.write_all(&chunk).await?;
    }
    to.shutdown().await
}
