//! The server's own placement at work in the small fleet: its effects done, its events told. Must not decide what it decides.

use learnr::cluster::{Effect, Entry, Event, Looked, Placement, Purpose, Reply};

use super::acts::{Act, Mutant};
use super::world::{Claim, Learner, Live, Placing, World, index, lease, member};

/// Whom the placement at an instance asks, if it asks somebody.
pub(super) fn asked(world: &World, node: usize) -> Option<usize> {
    match &world.nodes[node].placing.as_ref()?.effect {
        Effect::Ask(member) => Some(index(&member.node)),
        _ => None,
    }
}

/// An act of a placement; whether it could happen.
pub(super) fn happens(world: &mut World, act: Act, mutant: Mutant) -> bool {
    match act {
        Act::Begin(node) => {
            let waits = world.learners.contains(&Learner::Waits(node));
            waits && begin(world, node, Purpose::Socket)
        }
        Act::Sweep(node) => begin(world, node, Purpose::Deadline),
        Act::Step(node) => world.runs(node) && step(world, node, mutant),
        // A question to the dead is refused, not lost.
        Act::AskLost(node) => match asked(world, node) {
            Some(to) if world.runs(node) && is_there(world, node, to) => {
                told(world, node, Event::Replied(Reply::Silent), mutant);
                true
            }
            _ => false,
        },
        Act::ReplyLost(node) => match asked(world, node) {
            Some(to) if world.runs(node) && is_there(world, node, to) => {
                if reply(world, node, to, mutant).is_none() {
                    return false;
                }
                told(world, node, Event::Replied(Reply::Silent), mutant);
                true
            }
            _ => false,
        },
        other => unreachable!("{other:?} is no act of a placement"),
    }
}

fn begin(world: &mut World, node: usize, purpose: Purpose) -> bool {
    let runs = world.runs(node);
    let place = &mut world.nodes[node];
    if !runs || place.live.is_some() || place.placing.is_some() {
        return false;
    }
    let (placement, effect) = Placement::begin(super::world::NAMES[node], place.life, purpose);
    place.placing = Some(Placing {
        placement,
        purpose,
        effect,
        effects: 1,
        claim: Claim::None,
    });
    true
}

fn step(world: &mut World, node: usize, mutant: Mutant) -> bool {
    let Some(placing) = world.nodes[node].placing.clone() else {
        return false;
    };
    let event = match &placing.effect {
        Effect::ReadEntry => Event::Entry(looked(
            world.directory.up,
            world
                .directory
                .entry
                .map(|(node, incarnation, epoch)| Entry {
                    node: super::world::NAMES[node].to_owned(),
                    incarnation,
                    epoch,
                }),
        )),
        Effect::ReadLease(name) => {
            let of = index(name);
            let found = world.directory.leases[of].map(|life| lease(of, life));
            Event::Lease(looked(world.directory.up, found))
        }
        Effect::ReadRow => Event::Row {
            owner: world.row.owner.map(|(node, life)| member(node, life)),
            epoch: world.row.epoch,
        },
        Effect::Ask(asked) => {
            let to = index(&asked.node);
            if !is_there(world, node, to) {
                Event::Replied(Reply::Dead)
            } else if world.nodes[to].frozen {
                return false;
            } else {
                match reply(world, node, to, mutant) {
                    Some(reply) => Event::Replied(reply),
                    None => return false,
                }
            }
        }
        Effect::Claim { seen } => match claim(world, node, *seen, placing.claim, mutant) {
            Claimed::Goes => return true,
            Claimed::Waits => return false,
            Claimed::Is(won) => Event::Claimed(won),
        },
        Effect::Run | Effect::Relay(_) | Effect::Leave | Effect::GiveUp => {
            unreachable!("a placement that has ended is not there any more")
        }
    };
    told(world, node, event, mutant);
    true
}

fn looked<T>(up: bool, found: Option<T>) -> Looked<T> {
    match found {
        _ if !up => Looked::Unknown,
        Some(found) => Looked::Found(found),
        None => Looked::Nothing,
    }
}

/// Whether the life that is asked is at its address, frozen or not.
fn is_there(world: &World, node: usize, to: usize) -> bool {
    let placing = world.nodes[node].placing.as_ref();
    let effect = placing.map(|placing| &placing.effect);
    let life = world.nodes[to].life;
    world.nodes[to].up && matches!(effect, Some(Effect::Ask(asked)) if asked.incarnation == life)
}

/// What whoever is asked does, and answers; `None` when it is not able to yet.
fn reply(world: &mut World, node: usize, to: usize, mutant: Mutant) -> Option<Reply> {
    let purpose = world.nodes[node].placing.as_ref()?.purpose;
    if !world.runs(to) {
        return None;
    }
    let claims = |placing: &Placing| placing.claim != Claim::None;
    if world.nodes[to].placing.as_ref().is_some_and(claims) {
        return None;
    }
    if world.nodes[to].live.is_none() {
        return Some(Reply::LetGo);
    }
    if purpose == Purpose::Deadline {
        return Some(Reply::Stays);
    }
    if world.is_held(to) && mutant != Mutant::NeverHolds {
        return Some(Reply::Holds);
    }
    if !world.flushed(to) {
        return None;
    }
    world.release(to);
    Some(Reply::LetGo)
}

enum Claimed {
    /// One part of it is done.
    Goes,
    /// Somebody has the row.
    Waits,
    Is(bool),
}

/// The claim, which waits for the row's lock and compares the epoch; then, apart, the load.
fn claim(world: &mut World, node: usize, seen: i64, claim: Claim, mutant: Mutant) -> Claimed {
    let life = world.nodes[node].life;
    let now = match claim {
        // What a snapshot taken now would hold matters to nobody but the mutant.
        Claim::None => Claim::Waits(match mutant {
            Mutant::OneSnapshot => world.log.len(),
            _ => 0,
        }),
        Claim::Waits(_) if world.batch.is_some() => return Claimed::Waits,
        Claim::Waits(_) if world.row.epoch != seen => return Claimed::Is(false),
        Claim::Waits(snapshot) => {
            world.row.epoch += 1;
            world.row.owner = Some((node, life));
            if world.is_known() {
                world.quiet_claims = world.quiet_claims.saturating_add(1);
            }
            let epoch = world.row.epoch;
            Claim::Won { epoch, snapshot }
        }
        Claim::Won { epoch, snapshot } => {
            let known = match mutant {
                Mutant::OneSnapshot => snapshot,
                _ => world.log.len(),
            };
            world.nodes[node].live = Some(Live {
                epoch,
                known,
                noted: false,
            });
            return Claimed::Is(true);
        }
    };
    if let Some(placing) = &mut world.nodes[node].placing {
        placing.claim = now;
    }
    Claimed::Goes
}

/// Tells the placement, and ends it when it has ended.
fn told(world: &mut World, node: usize, event: Event, mutant: Mutant) {
    let life = world.nodes[node].life;
    let Some(mut placing) = world.nodes[node].placing.take() else {
        return;
    };
    let in_vain = matches!(event, Event::Replied(Reply::Dead | Reply::LetGo));
    placing.effect = placing.placement.step(event);
    placing.effects += 1;
    placing.claim = Claim::None;
    if mutant == Mutant::AsksAgain && in_vain {
        let name = super::world::NAMES[node];
        (placing.placement, placing.effect) = Placement::begin(name, life, placing.purpose);
    }
    match &placing.effect {
        Effect::Relay(to) => {
            let owner = index(&to.node);
            let there = world.runs(owner) && world.nodes[owner].live.is_some();
            if there && world.nodes[owner].life == to.incarnation {
                for learner in &mut world.learners {
                    if *learner == Learner::Waits(node) {
                        *learner = Learner::Attached { at: node, owner };
                    }
                }
            }
        }
        Effect::Run => {
            for learner in &mut world.learners {
                if *learner == Learner::Waits(node) {
                    let (at, owner) = (node, node);
                    *learner = Learner::Attached { at, owner };
                }
            }
        }
        Effect::Leave | Effect::GiveUp => {}
        _ => world.nodes[node].placing = Some(placing),
    }
}
