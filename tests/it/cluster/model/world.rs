//! The state of a small fleet with one session: the store, the directory, instances, learners' sockets. Must not know what may happen to it.

use learnr::cluster::{Effect, Lease, Load, Member, Placement, Purpose};

/// What instances are called.
pub(super) const NAMES: [&str; 3] = ["a", "b", "c"];

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) row: Row,
    /// The epoch of each stored answer, in order.
    pub(super) log: Vec<i64>,
    /// How many of them a learner was told of.
    pub(super) acked: usize,
    /// The batch that holds the session's row locked.
    pub(super) batch: Option<Batch>,
    pub(super) directory: Directory,
    pub(super) nodes: Vec<Node>,
    pub(super) learners: Vec<Learner>,
    pub(super) faults_left: u8,
    /// Claims that succeeded since the last fault, while [`World::is_known`].
    pub(super) quiet_claims: u8,
    /// An answer was stored under an epoch that was not the row's.
    pub(super) stale_append: bool,
}

/// The session's row in the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Row {
    pub(super) owner: Option<(usize, i64)>,
    pub(super) epoch: i64,
}

/// An answer on its way into the store; its fence has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Batch {
    pub(super) node: usize,
    pub(super) life: i64,
    pub(super) epoch: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Directory {
    pub(super) up: bool,
    /// Node, life, epoch.
    pub(super) entry: Option<(usize, i64, i64)>,
    pub(super) leases: Vec<Option<i64>>,
}

/// An instance.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub(super) life: i64,
    pub(super) up: bool,
    pub(super) frozen: bool,
    pub(super) live: Option<Live>,
    pub(super) placing: Option<Placing>,
}

/// The session in an instance's memory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Live {
    pub(super) epoch: i64,
    /// Answers it knows of.
    pub(super) known: usize,
    /// Whether the directory was told.
    pub(super) noted: bool,
}

/// A placement under way: the one that runs in the server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Placing {
    pub(super) placement: Placement,
    pub(super) purpose: Purpose,
    pub(super) effect: Effect,
    pub(super) effects: u32,
    pub(super) claim: Claim,
}

/// How far a claim is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Claim {
    None,
    /// It waits for the row's lock. What its snapshot would hold.
    Waits(usize),
    /// It succeeded; the answers are not read yet.
    Won {
        epoch: i64,
        snapshot: usize,
    },
}

/// A learner's socket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Learner {
    Nowhere,
    /// At this instance, which has no session for it yet.
    Waits(usize),
    /// At one instance, in the session of another or of the same.
    Attached {
        at: usize,
        owner: usize,
    },
}

impl World {
    pub(super) fn new(nodes: usize, learners: usize, faults: u8) -> Self {
        let node = Node {
            life: 1,
            up: true,
            frozen: false,
            live: None,
            placing: None,
        };
        Self {
            row: Row {
                owner: None,
                epoch: 1,
            },
            log: Vec::new(),
            acked: 0,
            batch: None,
            directory: Directory {
                up: true,
                entry: None,
                leases: vec![Some(1); nodes],
            },
            nodes: vec![node; nodes],
            learners: vec![Learner::Nowhere; learners],
            faults_left: faults,
            quiet_claims: 0,
            stale_append: false,
        }
    }

    /// Whether an instance does anything at all.
    pub(super) fn runs(&self, node: usize) -> bool {
        self.nodes[node].up && !self.nodes[node].frozen
    }

    /// Whether the directory, if it answers, knows whoever runs. It does not in the second after it was lost: until it is told again, the
    /// living look dead, and may be claimed from in turns.
    pub(super) fn is_known(&self) -> bool {
        let mut leases = self.directory.leases.iter().enumerate();
        !self.directory.up
            || leases.all(|(node, lease)| !self.runs(node) || *lease == Some(self.nodes[node].life))
    }

    /// Whether a learner's socket is part of the session in this instance.
    pub(super) fn is_held(&self, node: usize) -> bool {
        let held = |learner: &Learner| matches!(learner, Learner::Attached { owner, .. } if *owner == node);
        self.learners.iter().any(held)
    }

    /// Whether the session in this instance may write.
    pub(super) fn is_owner(&self, node: usize) -> bool {
        let node = &self.nodes[node];
        node.live
            .as_ref()
            .is_some_and(|live| live.epoch == self.row.epoch)
    }

    /// Whether a learner's socket is at another instance than its session.
    pub(super) fn is_relayed(&self) -> bool {
        let relayed =
            |learner: &Learner| matches!(learner, Learner::Attached { at, owner } if at != owner);
        self.learners.iter().any(relayed)
    }

    /// Whether every learner is in a session that can go on.
    pub(super) fn is_served(&self) -> bool {
        self.learners.iter().all(|learner| match learner {
            Learner::Attached { at, owner } => {
                self.runs(*at)
                    && self.runs(*owner)
                    && self.is_owner(*owner)
                    && self.nodes[*owner].live.as_ref().map(|live| live.known)
                        == Some(self.log.len())
            }
            Learner::Nowhere | Learner::Waits(_) => false,
        })
    }
}

pub(super) fn member(node: usize, life: i64) -> Member {
    Member {
        node: NAMES[node].to_owned(),
        incarnation: life,
        address: NAMES[node].to_owned(),
    }
}

pub(super) fn lease(node: usize, life: i64) -> Box<Lease> {
    Box::new(Lease {
        member: member(node, life),
        beat: 1,
        draining: false,
        version: String::new(),
        secret_fingerprint: String::new(),
        http_address: String::new(),
        load: Load::default(),
    })
}

pub(super) fn index(name: &str) -> usize {
    let found = NAMES.iter().position(|known| *known == name);
    found.expect("a name of the model's")
}
