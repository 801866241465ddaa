//! What may happen to the small fleet: what each act needs, and what it does. Must not judge what comes of it.

use super::placing;
use super::world::{Batch, Learner, Node, World};

/// Answers there are to give: enough for one before and one after a claim where one learner gives them.
const fn answers_max(learners: usize) -> usize {
    if learners == 1 { 2 } else { 1 }
}

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Act {
    /// A learner's socket reaches an instance.
    Connect(usize, usize),
    /// It joins the session that is live there.
    Attach(usize),
    /// Its instance, or the one that has its session, does not answer: it is dropped.
    Leave(usize),
    /// An instance begins to place the session for a socket that waits.
    Begin(usize),
    /// The placement under way there goes one step on.
    Step(usize),
    /// The question it asks is lost.
    AskLost(usize),
    /// The answer to it is lost.
    ReplyLost(usize),
    /// A learner answers: the batch is with the store.
    Answer(usize),
    Commit,
    /// Its instance died before it was committed.
    Rollback,
    Note(usize),
    Renew(usize),
    Expire(usize),
    Restart(usize),
    Wake(usize),
    DirectoryUp,
    Crash(usize),
    Freeze(usize),
    /// It leaves in order.
    Drain(usize),
    DirectoryDown,
    /// It is back with nothing.
    DirectoryEmpty,
    /// A learner goes elsewhere.
    Move(usize),
    /// A sweeper wants the session for its deadline.
    Sweep(usize),
    /// Nobody is there: the session is let go.
    Idle(usize),
}

/// What is wrong with a build, for the checker to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mutant {
    None,
    /// The store takes whatever it is given.
    NoFence,
    /// The claim and the load are one statement.
    OneSnapshot,
    /// A placement forgets whom it asked.
    AsksAgain,
    /// The learner is told before the commit.
    AcksEarly,
    /// Whoever is asked lets go, whoever holds it.
    NeverHolds,
}

impl Act {
    /// Whether it is one of the faults and whims that are counted; the others happen by themselves.
    pub(super) fn is_fault(self, world: &World) -> bool {
        match self {
            Self::AskLost(node) => placing::asked(world, node).is_some_and(|to| world.runs(to)),
            Self::ReplyLost(_)
            | Self::Crash(_)
            | Self::Freeze(_)
            | Self::Drain(_)
            | Self::DirectoryDown
            | Self::DirectoryEmpty
            | Self::Move(_)
            | Self::Sweep(_)
            | Self::Idle(_) => true,
            _ => false,
        }
    }

    /// Every act there is, possible now or not.
    pub(super) fn all(nodes: usize, learners: usize) -> Vec<Self> {
        let mut acts = vec![
            Self::Commit,
            Self::Rollback,
            Self::DirectoryUp,
            Self::DirectoryDown,
            Self::DirectoryEmpty,
        ];
        for learner in 0..learners {
            acts.extend((0..nodes).map(|node| Self::Connect(learner, node)));
            acts.extend([
                Self::Attach(learner),
                Self::Leave(learner),
                Self::Move(learner),
            ]);
        }
        for node in 0..nodes {
            acts.extend([
                Self::Begin(node),
                Self::Step(node),
                Self::AskLost(node),
                Self::ReplyLost(node),
                Self::Answer(node),
                Self::Note(node),
                Self::Renew(node),
                Self::Expire(node),
                Self::Restart(node),
                Self::Wake(node),
                Self::Crash(node),
                Self::Freeze(node),
                Self::Drain(node),
                Self::Sweep(node),
                Self::Idle(node),
            ]);
        }
        acts
    }
}

/// Whether an act is worth trying: most are not, and trying one costs a copy of the world.
fn may_happen(world: &World, act: Act) -> bool {
    let nodes = &world.nodes;
    let left = world.faults_left > 0;
    match act {
        Act::Connect(learner, node) => {
            world.learners[learner] == Learner::Nowhere && world.runs(node)
        }
        Act::Attach(learner) => matches!(world.learners[learner], Learner::Waits(_)),
        Act::Leave(learner) => world.learners[learner] != Learner::Nowhere,
        Act::Move(learner) => left && world.learners[learner] != Learner::Nowhere,
        Act::Begin(node) => nodes[node].placing.is_none() && nodes[node].live.is_none(),
        Act::Sweep(node) => left && nodes[node].placing.is_none() && nodes[node].live.is_none(),
        Act::Step(node) => nodes[node].placing.is_some() && world.runs(node),
        Act::AskLost(node) => placing::asked(world, node).is_some(),
        Act::ReplyLost(node) => left && placing::asked(world, node).is_some(),
        Act::Answer(node) => nodes[node].live.is_some() && world.batch.is_none(),
        Act::Note(node) => nodes[node].live.as_ref().is_some_and(|live| !live.noted),
        Act::Idle(node) => left && nodes[node].live.is_some(),
        Act::Commit | Act::Rollback => world.batch.is_some(),
        Act::Renew(node) => world.directory.leases[node].is_none() && world.runs(node),
        Act::Expire(node) => world.directory.leases[node].is_some(),
        Act::Restart(node) => !nodes[node].up,
        Act::Wake(node) => nodes[node].frozen,
        Act::Crash(node) | Act::Freeze(node) | Act::Drain(node) => left && nodes[node].up,
        Act::DirectoryUp => !world.directory.up,
        Act::DirectoryDown | Act::DirectoryEmpty => left && world.directory.up,
    }
}

/// What the world is after an act; `None` when it cannot happen now.
pub(super) fn after(world: &World, act: Act, mutant: Mutant) -> Option<World> {
    if !may_happen(world, act) {
        return None;
    }
    let mut next = world.clone();
    if act.is_fault(world) {
        next.faults_left = world.faults_left.checked_sub(1)?;
        next.quiet_claims = 0;
    }
    let possible = match act {
        Act::Connect(learner, node) => next.connect(learner, node),
        Act::Attach(learner) => next.attach(learner),
        Act::Leave(learner) => next.leave(learner),
        Act::Move(learner) => {
            let somewhere = next.learners[learner] != Learner::Nowhere;
            next.learners[learner] = Learner::Nowhere;
            somewhere
        }
        Act::Begin(_) | Act::Step(_) | Act::AskLost(_) | Act::ReplyLost(_) | Act::Sweep(_) => {
            placing::happens(&mut next, act, mutant)
        }
        Act::Answer(node) => next.answer(node, mutant),
        Act::Commit => next.commit(mutant),
        Act::Rollback => next.rollback(),
        Act::Note(node) => next.note(node),
        Act::Renew(node) => next.renew(node),
        Act::Expire(node) => next.expire(node),
        Act::Idle(node) => {
            let idle = next.runs(node) && !next.is_held(node) && next.flushed(node);
            idle && next.release(node)
        }
        other => next.befalls(other),
    };
    possible.then_some(next)
}

impl World {
    fn connect(&mut self, learner: usize, node: usize) -> bool {
        let possible = self.learners[learner] == Learner::Nowhere && self.runs(node);
        self.learners[learner] = Learner::Waits(node);
        possible
    }

    fn attach(&mut self, learner: usize) -> bool {
        let Learner::Waits(at) = self.learners[learner] else {
            return false;
        };
        self.learners[learner] = Learner::Attached { at, owner: at };
        self.runs(at) && self.nodes[at].live.is_some()
    }

    fn leave(&mut self, learner: usize) -> bool {
        let (at, owner) = match self.learners[learner] {
            Learner::Nowhere => return false,
            Learner::Waits(at) => (at, at),
            Learner::Attached { at, owner } => (at, owner),
        };
        let here = self.runs(at);
        self.learners[learner] = if here {
            Learner::Waits(at)
        } else {
            Learner::Nowhere
        };
        !here || !self.runs(owner)
    }

    /// The store checks the fence and the number of the answer, in the statement that writes.
    fn answer(&mut self, node: usize, mutant: Mutant) -> bool {
        let Some(live) = self.nodes[node].live.clone() else {
            return false;
        };
        if !self.runs(node) || !self.is_held(node) || self.batch.is_some() {
            return false;
        }
        let fenced = live.epoch != self.row.epoch && mutant != Mutant::NoFence;
        if fenced || live.known != self.log.len() {
            self.lose(node);
            return true;
        }
        if self.log.len() >= answers_max(self.learners.len()) {
            return false;
        }
        self.acked += usize::from(mutant == Mutant::AcksEarly);
        self.batch = Some(Batch {
            node,
            life: self.nodes[node].life,
            epoch: live.epoch,
        });
        true
    }

    fn commit(&mut self, mutant: Mutant) -> bool {
        let Some(batch) = self.batch.take() else {
            return false;
        };
        self.stale_append |= batch.epoch != self.row.epoch;
        self.log.push(batch.epoch);
        let runs = self.runs(batch.node);
        let node = &mut self.nodes[batch.node];
        if let Some(live) = &mut node.live
            && (node.life, live.epoch) == (batch.life, batch.epoch)
        {
            live.known += 1;
            self.acked += usize::from(runs && mutant != Mutant::AcksEarly);
        }
        true
    }

    fn rollback(&mut self) -> bool {
        let lost = self.batch.take();
        lost.is_some_and(|batch| {
            let node = &self.nodes[batch.node];
            !node.up || node.life != batch.life
        })
    }

    fn note(&mut self, node: usize) -> bool {
        let possible = self.runs(node) && self.directory.up;
        let Node { life, live, .. } = &mut self.nodes[node];
        let Some(live) = live.as_mut().filter(|live| !live.noted) else {
            return false;
        };
        live.noted = true;
        let later = self
            .directory
            .entry
            .is_some_and(|entry| entry.2 > live.epoch);
        if !later {
            self.directory.entry = Some((node, *life, live.epoch));
        }
        possible
    }

    fn renew(&mut self, node: usize) -> bool {
        let possible = self.runs(node) && self.directory.up;
        let free = self.directory.leases[node].is_none();
        self.directory.leases[node] = Some(self.nodes[node].life);
        possible && free
    }

    /// Only of whoever cannot renew it.
    fn expire(&mut self, node: usize) -> bool {
        let lease = self.directory.leases[node].take();
        let renewed = self.runs(node) && self.directory.up && lease == Some(self.nodes[node].life);
        lease.is_some() && !renewed
    }

    fn befalls(&mut self, act: Act) -> bool {
        match act {
            Act::Crash(node) => self.nodes[node].up && self.dies(node),
            Act::Drain(node) => {
                let possible = self.runs(node) && self.flushed(node);
                if self.nodes[node].live.is_some() {
                    self.release(node);
                }
                if self.directory.up {
                    self.directory.leases[node] = None;
                }
                self.dies(node) && possible
            }
            Act::Restart(node) => {
                let node = &mut self.nodes[node];
                node.life += 1;
                !std::mem::replace(&mut node.up, true)
            }
            Act::Freeze(node) => {
                self.nodes[node].up && !std::mem::replace(&mut self.nodes[node].frozen, true)
            }
            Act::Wake(node) => std::mem::replace(&mut self.nodes[node].frozen, false),
            Act::DirectoryDown => std::mem::replace(&mut self.directory.up, false),
            Act::DirectoryUp => !std::mem::replace(&mut self.directory.up, true),
            Act::DirectoryEmpty => {
                self.directory.leases.fill(None);
                self.directory.entry.take().is_some() && self.directory.up
            }
            other => unreachable!("{other:?} is told above"),
        }
    }

    fn dies(&mut self, node: usize) -> bool {
        self.lose(node);
        for learner in &mut self.learners {
            if *learner == Learner::Waits(node)
                || matches!(learner, Learner::Attached { at, .. } if *at == node)
            {
                *learner = Learner::Nowhere;
            }
        }
        let node = &mut self.nodes[node];
        (node.up, node.frozen, node.placing) = (false, false, None);
        true
    }

    /// Whether nothing of this instance's is with the store.
    pub(super) fn flushed(&self, node: usize) -> bool {
        self.batch.as_ref().is_none_or(|batch| batch.node != node)
    }

    /// Lets the session go: the store is told under the epoch, then the directory.
    pub(super) fn release(&mut self, node: usize) -> bool {
        let Some(live) = self.nodes[node].live.clone() else {
            return false;
        };
        if live.epoch == self.row.epoch {
            self.row.owner = None;
        }
        let entry = (node, self.nodes[node].life, live.epoch);
        if self.directory.up && self.directory.entry == Some(entry) {
            self.directory.entry = None;
        }
        self.lose(node);
        true
    }

    /// The session is not in this instance any more: sockets of its own are closed, others know it from their link.
    pub(super) fn lose(&mut self, node: usize) {
        self.nodes[node].live = None;
        for learner in &mut self.learners {
            if let Learner::Attached { at, owner } = *learner
                && owner == node
            {
                *learner = if at == node {
                    Learner::Nowhere
                } else {
                    Learner::Waits(at)
                };
            }
        }
    }
}
