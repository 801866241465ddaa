//! The links of one instance: one to each it has something to ask, dialled when first wanted.
//!
//! Owns that there is one, however many ask, and that it is dialled again after a loss. Must not know what is asked.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::claim::Judge;
use super::dial::Dialler;
use super::tally::{End, Tally};
use super::trunk::Trunk;
use super::{Channel, Counts, Host, LinkError, REQUEST_BYTES_MAX, Seal, accept, drive};
use crate::clock::SystemClock;
use crate::cluster::member::Member;

/// Links that others may have dialled; beyond it they are turned away until one ends.
const LINKS_MAX: usize = 1024;
/// Links tried for one opening: one that was kept may turn out to be lost.
const LINKS_TRIED: usize = 2;
/// Longest that [`Links::close`] takes.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// Reaches other instances, and is reached by them. Clones are the same.
#[derive(Clone)]
pub struct Links(Arc<Inner>);

/// A dial, which all wait for who want that link; then the link.
type Dialled = Shared<BoxFuture<'static, Result<Arc<Trunk>, LinkError>>>;

pub(super) struct Inner {
    me: Member,
    address: SocketAddr,
    pub(super) seal: Arc<dyn Seal>,
    pub(super) host: Arc<dyn Host>,
    pub(super) clock: SystemClock,
    pub(super) judge: Mutex<Judge>,
    pub(super) tally: Arc<Tally>,
    /// Those that this instance dialled, the lost ones among them until the next dial.
    dialled: Mutex<HashMap<Member, Dialled>>,
    /// Those that others dialled.
    accepted: Mutex<HashMap<Member, Arc<Trunk>>>,
    pub(super) leaving: CancellationToken,
    pub(super) tasks: TaskTracker,
    runtime: Handle,
}

impl Links {
    /// Serves the links that others dial at `listener`, and dials theirs. All of it runs on `runtime`; the handle is used from any
    /// thread. `me` is what others know this instance by: its address is what they dial.
    ///
    /// # Errors
    /// What the system says of the listener.
    pub async fn listen(
        listener: std::net::TcpListener,
        me: Member,
        seal: Arc<dyn Seal>,
        host: Arc<dyn Host>,
        runtime: &Handle,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let inner = Arc::new(Inner {
            judge: Mutex::new(Judge::new(&me)),
            me,
            address,
            seal,
            host,
            clock: SystemClock::start(),
            tally: Arc::default(),
            dialled: Mutex::default(),
            accepted: Mutex::default(),
            leaving: CancellationToken::new(),
            tasks: TaskTracker::new(),
            runtime: runtime.clone(),
        });
        let serving = Arc::clone(&inner);
        let started = inner.tasks.spawn_on(
            async move {
                let listener = TcpListener::from_std(listener)?;
                let links = Arc::clone(&serving);
                serving.tasks.spawn(accept::serve(listener, links));
                io::Result::Ok(())
            },
            runtime,
        );
        started.await.map_err(io::Error::other)??;
        Ok(Self(inner))
    }

    /// Opens a channel to another instance and waits for the reply: the reply, and the channel for what follows. Dials if there is no
    /// link, once however many ask.
    ///
    /// # Errors
    /// [`LinkError`], within `within`.
    pub async fn open(
        &self,
        to: &Member,
        request: Bytes,
        within: Duration,
    ) -> Result<(Bytes, Channel), LinkError> {
        if request.len() > REQUEST_BYTES_MAX {
            return Err(LinkError::TooLong(request.len()));
        }
        let opened = tokio::time::timeout(within, self.opened(to, request));
        opened.await.unwrap_or(Err(LinkError::Silent))
    }

    async fn opened(&self, to: &Member, request: Bytes) -> Result<(Bytes, Channel), LinkError> {
        for _ in 0..LINKS_TRIED {
            let trunk = self.0.link(to)?.await?;
            if trunk.outbound.room_for(&request).await.is_none() {
                continue;
            }
            let Some(asked) = trunk.open(request.clone()) else {
                continue;
            };
            // Not queued, it takes no room after all.
            let asked = asked.inspect_err(|_| trunk.outbound.give_back(&request));
            let (channel, replied) = asked?;
            return match replied.await {
                Ok(Ok(reply)) => Ok((reply, channel)),
                Ok(Err(code)) => Err(LinkError::Closed(code)),
                // Lost meanwhile. Whether it was asked is not known, so it is not asked again; another dial tells whether it is dead.
                Err(_) => Err(self.0.link(to)?.await.err().unwrap_or(LinkError::Silent)),
            };
        }
        Err(LinkError::Silent)
    }

    /// Takes no more channels, lets what is queued go out, and ends every link, within two seconds. Channels end with `None` at the other
    /// ends; whoever wants to tell them more closes them first.
    pub async fn close(&self) {
        // Each link leaves with it.
        self.0.leaving.cancel();
        self.0.tasks.close();
        if tokio::time::timeout(CLOSE_WITHIN, self.0.tasks.wait())
            .await
            .is_err()
        {
            for trunk in self.0.trunks() {
                trunk.gone.cancel();
            }
        }
    }

    /// Where others are served.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// What the links carry.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.tally.counts()
    }
}

impl Inner {
    /// The link to an instance, or the dial under way.
    fn link(self: &Arc<Self>, to: &Member) -> Result<Dialled, LinkError> {
        if self.leaving.is_cancelled() {
            return Err(LinkError::Leaving);
        }
        let mut dialled = self.dialled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(link) = dialled.get(to).filter(|link| lives(link)) {
            return Ok(link.clone());
        }
        dialled.retain(|_, link| lives(link));
        let (links, peer) = (Arc::clone(self), to.clone());
        let task = async move { links.dial(peer).await };
        let task = self.tasks.spawn_on(task, &self.runtime);
        // A dial that is dropped with its runtime has no answer.
        let link = async move { task.await.unwrap_or(Err(LinkError::Silent)) };
        let link = link.boxed().shared();
        dialled.insert(to.clone(), link.clone());
        // Seen to its end even if nobody waits for it any more: its outcome would be taken for a fresh one later.
        let seen = link.clone().map(drop);
        self.tasks.spawn_on(seen, &self.runtime);
        Ok(link)
    }

    async fn dial(self: Arc<Self>, to: Member) -> Result<Arc<Trunk>, LinkError> {
        self.tally.dialled.fetch_add(1, Ordering::Relaxed);
        let dialler = Dialler {
            me: &self.me,
            seal: &*self.seal,
            clock: &self.clock,
        };
        let socket = tokio::select! {
            socket = dialler.dial(&to) => socket,
            () = self.leaving.cancelled() => Err(LinkError::Leaving),
        };
        match socket {
            Ok(socket) => {
                tracing::debug!(peer = %to.node, "internal link dialled");
                let trunk = Trunk::new(to, End::Dialler, &self.leaving, &self.tally);
                self.tasks
                    .spawn(drive::run(socket, Arc::clone(&trunk), None));
                Ok(trunk)
            }
            Err(error) => {
                tracing::debug!(peer = %to.node, %error, "internal link not dialled");
                if error == LinkError::Denied {
                    tracing::warn!(peer = %to.node, %error, "an instance denied the internal link");
                }
                Err(error)
            }
        }
    }

    /// A link that another instance dialled. Its former one, if any, is lost, though it may not have shown here.
    pub(super) fn take_in(&self, peer: Member) -> Option<Arc<Trunk>> {
        let mut accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.retain(|_, trunk| !trunk.gone.is_cancelled());
        if accepted.len() >= LINKS_MAX && !accepted.contains_key(&peer) {
            return None;
        }
        let trunk = Trunk::new(peer.clone(), End::Acceptor, &self.leaving, &self.tally);
        if let Some(former) = accepted.insert(peer, Arc::clone(&trunk)) {
            former.gone.cancel();
        }
        Some(trunk)
    }

    fn trunks(&self) -> Vec<Arc<Trunk>> {
        let dialled = self.dialled.lock().unwrap_or_else(PoisonError::into_inner);
        let links = dialled
            .values()
            .filter_map(|link| link.peek()?.clone().ok());
        let mut trunks: Vec<_> = links.collect();
        let accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        trunks.extend(accepted.values().cloned());
        trunks
    }
}

/// Whether a dial is under way, or its link there.
fn lives(link: &Dialled) -> bool {
    match link.peek() {
        None => true,
        Some(Ok(trunk)) => !trunk.gone.is_cancelled(),
        Some(Err(_)) => false,
    }
}
