//! The other instances, as sessions here see them: asked for a session, told of one.
//!
//! Owns the words instances exchange about sessions, and when the directory hears of a claim. Must not decide where a session runs:
//! that is the cluster's `placement`.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Clock;
use crate::cluster::link::{Channel, LinkError, Links};
use crate::cluster::{Directory, Entry, Lease, LocalDirectory, Member, Purpose, Reply};
use crate::store::{Fence, LearnerId, Owner, SessionId};

/// Longest that another instance may take to answer: it may have to flush what its writer has.
pub(super) const ASK_WITHIN: Duration = Duration::from_secs(3);

/// What one instance asks another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// Let the session go, unless other sockets hold it.
    HandOver {
        /// Which session.
        session: Uuid,
        /// What for.
        errand: Errand,
    },
    /// Take a socket of ours in. What follows on the channel are its frames.
    Join {
        /// Which session.
        session: Uuid,
        /// Whose socket, as its ticket says, which the asking instance has used up.
        learner: Uuid,
        /// Whether its frames are text.
        json: bool,
        /// What the client has already.
        resume: Option<(String, u32)>,
    },
}

/// Why another instance wants a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Errand {
    /// Its learner is there.
    Socket,
    /// Its deadline has passed.
    Deadline,
    /// The account of its learner is being deleted.
    Removal,
}

/// What an instance answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// Other sockets hold the session here.
    Holds,
    /// The session is live here and stays.
    Stays,
    /// It is not here, or not any more.
    LetGo,
    /// The socket is part of the session.
    Joined,
    /// The socket is to be closed with this code.
    Refused(u16),
    /// The question was in no form this release knows.
    NotUnderstood,
}

impl Asked {
    /// The question as it crosses the link.
    ///
    /// # Panics
    /// Never: plain values pack.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        rmp_serde::to_vec(self).expect("plain values pack").into()
    }

    /// A question as it came over a link; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        rmp_serde::from_slice(bytes).ok()
    }
}

impl Told {
    /// The answer as it crosses the link.
    ///
    /// # Panics
    /// Never: plain values pack.
    #[must_use]
    pub fn to_bytes(self) -> Bytes {
        rmp_serde::to_vec(&self).expect("plain values pack").into()
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        rmp_serde::from_slice(bytes).unwrap_or(Self::NotUnderstood)
    }
}

/// The other instances.
pub struct Fleet {
    /// Who is there, and where sessions were claimed last.
    pub directory: Arc<dyn Directory>,
    /// The way to them; none while this instance is alone.
    links: OnceLock<Links>,
    describe: OnceLock<Describe>,
}

/// What this instance says of itself.
type Describe = Box<dyn Fn() -> Lease + Send + Sync>;

impl Fleet {
    /// A fleet that is known of through `directory` and has no links yet.
    #[must_use]
    pub fn new(directory: Arc<dyn Directory>) -> Self {
        Self {
            directory,
            links: OnceLock::new(),
            describe: OnceLock::new(),
        }
    }

    /// No fleet: this instance, and nobody else.
    #[must_use]
    pub fn alone(clock: &Arc<dyn Clock>) -> Self {
        Self::new(Arc::new(LocalDirectory::new(Arc::clone(clock))))
    }

    /// Others can be reached from here on.
    pub fn link(&self, links: Links) {
        if self.links.set(links).is_err() {
            tracing::warn!("links are up already");
        }
    }

    /// This instance is what `describe` says from here on.
    pub fn describe(&self, describe: impl Fn() -> Lease + Send + Sync + 'static) {
        if self.describe.set(Box::new(describe)).is_err() {
            tracing::warn!("this instance is described already");
        }
    }

    /// What this instance says of itself now; `None` before it has been told what it is.
    #[must_use]
    pub fn own_lease(&self) -> Option<Lease> {
        self.describe.get().map(|describe| describe())
    }

    /// Whether there may be others.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.links.get().is_some()
    }

    /// Asks an instance for a session.
    pub(super) async fn ask(&self, to: &Member, session: SessionId, errand: Errand) -> Reply {
        let asked = Asked::HandOver {
            session: session.0,
            errand,
        };
        let reply = match self.open(to, &asked).await {
            Ok((Told::Holds, _)) => Reply::Holds,
            Ok((Told::Stays, _)) => Reply::Stays,
            Ok((Told::LetGo, _)) => Reply::LetGo,
            // Of another release: as if it were not to be reached.
            Ok((Told::Joined | Told::Refused(_) | Told::NotUnderstood, _)) => Reply::Silent,
            Err(LinkError::Refused) => Reply::Dead,
            Err(error) => {
                // One of many, as long as it lasts: the link itself says once that it is lost.
                tracing::debug!(node = %to.node, %error, "an instance does not answer");
                Reply::Silent
            }
        };
        metrics::counter!("learnr_handovers_asked_total", "reply" => named(reply)).increment(1);
        reply
    }

    /// Asks an instance anything; its answer, and the channel for what follows.
    ///
    /// # Errors
    /// [`LinkError`]; `Refused` when this instance is alone.
    pub async fn open(&self, to: &Member, asked: &Asked) -> Result<(Told, Channel), LinkError> {
        let links = self.links.get().ok_or(LinkError::Refused)?;
        let (told, channel) = links.open(to, asked.to_bytes(), ASK_WITHIN).await?;
        Ok((Told::from_bytes(&told), channel))
    }

    /// Notes a claim in the directory. Nobody waits for it: without it others find the row.
    pub(super) fn note(&self, session: SessionId, owner: &Owner, fence: Fence) {
        let (directory, entry) = (Arc::clone(&self.directory), entry(owner, fence));
        tokio::spawn(async move {
            if let Err(error) = directory.record(session.0, &entry).await {
                tracing::debug!(session.id = %session, %error, "claim not noted in the directory");
            }
        });
    }

    /// Takes a session that was let go out of the directory, unless somebody has claimed it since.
    pub(super) fn forget(&self, session: SessionId, owner: &Owner, fence: Fence) {
        let (directory, entry) = (Arc::clone(&self.directory), entry(owner, fence));
        tokio::spawn(async move {
            if let Err(error) = directory.erase(session.0, &entry).await {
                tracing::debug!(session.id = %session, %error, "release not noted in the directory");
            }
        });
    }
}

impl Errand {
    /// As the placement is told.
    pub(super) fn purpose(self) -> Purpose {
        match self {
            Self::Deadline => Purpose::Deadline,
            Self::Socket | Self::Removal => Purpose::Socket,
        }
    }
}

/// An owner of record as a member of the fleet.
pub(super) fn member(owner: &Owner) -> Member {
    Member {
        node: owner.node.clone(),
        incarnation: owner.incarnation,
        address: owner.address.clone(),
    }
}

/// What a socket of this learner asks of the instance that has the session.
#[must_use]
pub fn join(
    session: SessionId,
    learner: LearnerId,
    json: bool,
    resume: Option<(String, u32)>,
) -> Asked {
    Asked::Join {
        session: session.0,
        learner: learner.0,
        json,
        resume,
    }
}

fn entry(owner: &Owner, fence: Fence) -> Entry {
    Entry {
        node: owner.node.clone(),
        incarnation: owner.incarnation,
        epoch: fence.epoch,
    }
}

fn named(reply: Reply) -> &'static str {
    match reply {
        Reply::Holds => "holds",
        Reply::Stays => "stays",
        Reply::LetGo => "let_go",
        Reply::Dead => "dead",
        Reply::Silent => "silent",
    }
}
