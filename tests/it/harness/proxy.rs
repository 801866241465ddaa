//! A TCP proxy that misbehaves as told, between anything and anything.
//!
//! Owns links and what befalls them. Must not know what the bytes mean: a test names the bytes it waits for.

mod link;
mod rules;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use learnr_loadtest::chance::Chance;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::background::Background;
use super::free_port;
use rules::{Counters, Rules};

pub(crate) use rules::{Counts, Direction, LostAnswer};

/// What every task of a proxy reads.
#[derive(Clone)]
struct Told {
    rules: watch::Receiver<Rules>,
    counters: Arc<Counters>,
}

/// A proxy on a port of its own, on a thread of its own; its links are reset when it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    rules: watch::Sender<Rules>,
    counters: Arc<Counters>,
    /// Dropped last: its tasks hold the sockets.
    _background: Background,
}

impl Proxy {
    /// A proxy that passes everything on to `upstream`.
    pub(crate) fn to(upstream: SocketAddr) -> Self {
        Self::to_any(vec![upstream])
    }

    /// A proxy whose every link goes to one of several, drawn anew each time.
    pub(crate) fn to_any(upstreams: Vec<SocketAddr>) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let background = Background::start();
        let rules = watch::Sender::new(Rules::passing_to(upstreams));
        let counters = Arc::<Counters>::default();
        let told = Told {
            rules: rules.subscribe(),
            counters: Arc::clone(&counters),
        };
        let listener = background
            .wait_for(TcpListener::bind(address))
            .expect("a free port");
        background.handle().spawn(serve(listener, told));
        Self {
            address,
            rules,
            counters,
            _background: background,
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has seen since it began.
    pub(crate) fn counts(&self) -> Counts {
        self.counters.counts()
    }

    /// Lets bytes arrive this much later, each way; for those read from now on.
    pub(crate) fn delay(&self, by: Duration) {
        self.rules.send_modify(|rules| rules.delay = by);
    }

    /// Reads nothing more in a direction until [`Proxy::flow`]: the sender's buffers fill, nothing is lost.
    pub(crate) fn stall(&self, direction: Direction) {
        self.rules
            .send_modify(|rules| rules.stalled[direction.index()] = true);
    }

    /// Ends a stall in both directions.
    pub(crate) fn flow(&self) {
        self.rules.send_modify(|rules| rules.stalled = [false; 2]);
    }

    /// Loses every byte of a direction until [`Proxy::mend`], while the other goes on.
    pub(crate) fn cut(&self, direction: Direction) {
        self.rules
            .send_modify(|rules| rules.cut[direction.index()] = true);
    }

    /// Ends a cut. Links that lost bytes are reset: what came after would make no sense.
    pub(crate) fn mend(&self) {
        self.rules.send_modify(|rules| {
            rules.cut = [false; 2];
            rules.mended += 1;
        });
    }

    /// Resets each link that is made from now on once it has carried this many bytes in a direction; `None`: none.
    pub(crate) fn reset_after(&self, limit: Option<(Direction, u64)>) {
        self.rules.send_modify(|rules| rules.reset_after = limit);
    }

    /// Resets every link there is.
    pub(crate) fn reset_all(&self) {
        self.rules.send_modify(|rules| rules.resets += 1);
    }

    /// Refuses new connections, as a closed port does, until [`Proxy::accept`].
    pub(crate) fn refuse(&self) {
        self.rules.send_modify(|rules| rules.accepting = false);
    }

    /// Takes new connections again.
    pub(crate) fn accept(&self) {
        self.rules.send_modify(|rules| rules.accepting = true);
    }

    /// Leads new connections elsewhere; those there are stay where they are.
    pub(crate) fn switch_to(&self, upstream: SocketAddr) {
        self.switch_to_any(vec![upstream]);
    }

    /// The same for several.
    pub(crate) fn switch_to_any(&self, upstreams: Vec<SocketAddr>) {
        self.rules.send_modify(|rules| rules.upstreams = upstreams);
    }

    /// Loses the answer to the next requests, as `lost` says: the server does the work, the client never hears of it.
    pub(crate) fn lose_answers(&self, lost: LostAnswer) {
        self.counters
            .losses_left
            .store(lost.times, Ordering::SeqCst);
        self.rules.send_modify(|rules| rules.lost = Some(lost));
    }
}

async fn serve(first: TcpListener, mut told: Told) {
    let address = first.local_addr().expect("it is bound");
    let mut listener = Some(first);
    loop {
        if !told.rules.borrow().accepting {
            drop(listener.take());
            told.counters.refusing.store(true, Ordering::SeqCst);
            if told.rules.wait_for(|rules| rules.accepting).await.is_err() {
                return;
            }
        }
        let open = match listener.take() {
            Some(open) => open,
            // The port is this proxy's alone: links of before do not keep it, with the address reused.
            None => TcpListener::bind(address)
                .await
                .expect("the port is still free"),
        };
        told.counters.refusing.store(false, Ordering::SeqCst);
        tokio::select! {
            accepted = open.accept() => {
                if let Ok((client, _)) = accepted {
                    tokio::spawn(join(client, told.clone()));
                }
            }
            changed = told.rules.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
        listener = Some(open);
    }
}

/// One link from a client to an upstream of the moment. Nobody there: the client is reset.
async fn join(client: TcpStream, told: Told) {
    told.counters.connections.fetch_add(1, Ordering::SeqCst);
    let mut upstreams = told.rules.borrow().upstreams.clone();
    let mut chance = Chance::new(uuid::Uuid::new_v4().as_u64_pair().1);
    while !upstreams.is_empty() {
        let drawn = upstreams.swap_remove(chance.below(upstreams.len()));
        if let Ok(server) = TcpStream::connect(drawn).await {
            return link::run(client, server, told).await;
        }
    }
    link::reset(&client);
}

/// Whether two ends are done with each other in order.
type Ended = io::Result<()>;
