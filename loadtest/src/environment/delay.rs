//! A line between a server and its database that is as far away as wanted: every byte arrives, in order, half of the
//! added round trip later in each direction. Owns the listener and its threads; knows nothing of what goes through.
//!
//! Threads rather than a runtime: tokio's timers are of whole milliseconds, rounded up, which would make 2.5 ms each
//! way into 6 or 7; a sleeping thread is late by some 0.06 ms.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context;

/// Bytes read at once.
const CHUNK_BYTES: usize = 16 * 1024;
/// Chunks under way in one direction of one connection; beyond it nothing more is read until one has arrived: 16 MiB,
/// which over 2.5 ms is more than the loopback carries.
const CHUNKS_MAX: usize = 1_024;
/// Connections at once; further ones are closed.
const CONNECTIONS_MAX: usize = 512;
/// Stack of a thread that copies, bytes.
const STACK_BYTES: usize = 128 * 1024;

/// A listener that passes on what it gets; closed with everything on it when it is dropped.
#[derive(Debug)]
pub struct DelayLine {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    /// Where connections go, `HOST:PORT`.
    target: String,
    one_way: Duration,
    closed: AtomicBool,
    /// Both sockets of each connection, to end it with.
    open: Mutex<HashMap<u64, [TcpStream; 2]>>,
}

/// Bytes, and when they are to arrive.
type Chunk = (Instant, Vec<u8>);

impl DelayLine {
    /// Listens on a free loopback port, for connections to `target` (`HOST:PORT`) whose round trips take `added` more.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start(target: &str, added: Duration) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("find a free port")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            target: target.to_owned(),
            one_way: added / 2,
            closed: AtomicBool::new(false),
            open: Mutex::new(HashMap::new()),
        });
        let accepting = Arc::clone(&shared);
        let listener = thread::Builder::new()
            .name("delay line".to_owned())
            .spawn(move || accept(&listener, &accepting))
            .context("start the delay line's thread")?;
        Ok(Self {
            address,
            shared,
            listener: Some(listener),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for DelayLine {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Relaxed);
        for sockets in self.shared.open().values() {
            end(sockets);
        }
        // One more connection, so that the listener looks at the flag.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(listener) = self.listener.take()
            && woken
            && listener.join().is_err()
        {
            eprintln!("the delay line's thread panicked");
        }
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, [TcpStream; 2]>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for number in 0.. {
        let Ok((near, _)) = listener.accept() else {
            return;
        };
        if shared.closed.load(Ordering::Relaxed) {
            return;
        }
        if shared.open().len() >= CONNECTIONS_MAX {
            eprintln!("delay line: more than {CONNECTIONS_MAX} connections");
            continue;
        }
        if let Err(error) = carry(number, near, shared) {
            eprintln!("delay line: to {}: {error}", shared.target);
        }
    }
}

/// Starts the four threads of a connection: in each direction one that reads and one that writes later.
fn carry(number: u64, near: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    let far = TcpStream::connect(&shared.target)?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let pair = [near.try_clone()?, far.try_clone()?];
    shared.open().insert(number, pair);
    let ways = [(near.try_clone()?, far.try_clone()?), (far, near)];
    for (from, to) in ways {
        let (put, take) = sync_channel(CHUNKS_MAX);
        let one_way = shared.one_way;
        let spawn = |name: &str| {
            thread::Builder::new()
                .name(name.to_owned())
                .stack_size(STACK_BYTES)
        };
        spawn("delay reader").spawn(move || read(from, one_way, &put))?;
        let shared = Arc::clone(shared);
        spawn("delay writer").spawn(move || {
            write(to, &take);
            // Both directions come here; the second finds nothing left to do unless the first was a half-close.
            finish(number, &shared);
        })?;
    }
    Ok(())
}

/// Reads until the end, and sends each chunk on with the time it is due.
fn read(mut from: TcpStream, one_way: Duration, put: &SyncSender<Chunk>) {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(bytes) => {
                let chunk = (Instant::now() + one_way, buffer[..bytes].to_vec());
                if put.send(chunk).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// Writes each chunk when it is due.
fn write(mut to: TcpStream, take: &Receiver<Chunk>) {
    for (due, bytes) in take {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            return;
        }
    }
}

/// Ends a connection: neither the server nor the database half-closes one that it still listens on.
fn finish(number: u64, shared: &Shared) {
    if let Some(sockets) = shared.open().remove(&number) {
        end(&sockets);
    }
}

fn end(sockets: &[TcpStream; 2]) {
    for socket in sockets {
        match socket.shutdown(Shutdown::Both) {
            // Its other end was faster.
            Ok(()) | Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDED: Duration = Duration::from_millis(20);

    /// A line to a listener that gives back what it gets.
    fn line() -> (DelayLine, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let target = listener.local_addr().expect("it has an address");
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                thread::spawn(move || {
                    let mut from = socket.try_clone().expect("it can be cloned");
                    let mut to = socket;
                    io::copy(&mut from, &mut to).ok();
                });
            }
        });
        let line = DelayLine::start(&target.to_string(), ADDED).expect("it starts");
        let socket = TcpStream::connect(line.address()).expect("it listens");
        socket.set_nodelay(true).expect("it is a socket");
        (line, socket)
    }

    #[test]
    fn a_round_trip_takes_as_much_longer_as_asked() {
        let (_line, mut socket) = line();
        let mut shortest = Duration::MAX;
        for _ in 0..10 {
            let begun = Instant::now();
            socket.write_all(b"ping").expect("it is open");
            let mut back = [0; 4];
            socket.read_exact(&mut back).expect("it comes back");
            assert_eq!(&back, b"ping");
            shortest = shortest.min(begun.elapsed());
        }
        // Never less; of ten the shortest is close, however busy the machine.
        assert!(shortest >= ADDED, "{shortest:?}");
        assert!(shortest < ADDED * 2, "{shortest:?}");
    }

    #[test]
    fn what_is_under_way_at_once_arrives_whole_and_in_order_and_not_one_by_one() {
        let (_line, socket) = line();
        let mut write = socket.try_clone().expect("it can be cloned");
        let mut read = socket;
        let count = 4_000_u32;
        let begun = Instant::now();
        let writer = thread::spawn(move || {
            for number in 0..count {
                write
                    .write_all(&[number.to_be_bytes(); 64].concat())
                    .expect("it is open");
            }
        });
        for number in 0..count {
            let mut bytes = [0; 256];
            read.read_exact(&mut bytes).expect("it comes back");
            assert_eq!(bytes.to_vec(), [number.to_be_bytes(); 64].concat());
        }
        writer.join().expect("everything was written");
        // One after another they would take 80 s.
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{:?}",
            begun.elapsed()
        );
    }

    #[test]
    fn a_dropped_line_ends_its_connections() {
        let (line, mut socket) = line();
        socket.write_all(b"ping").expect("it is open");
        let mut back = [0; 4];
        socket.read_exact(&mut back).expect("it comes back");
        drop(line);
        let ended = match socket.read(&mut back) {
            Ok(bytes) => bytes == 0,
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        };
        assert!(ended, "the connection goes with the line");
    }
}
