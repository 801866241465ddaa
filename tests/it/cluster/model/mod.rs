//! The server's placement, checked in every order of events in a small fleet: instances that crash, freeze and wake, a directory that is
//! gone or empty, questions and answers that are lost.
//!
//! `LEARNR_MODEL_FAULTS` says how many faults there may be at most (1), `LEARNR_MODEL_SECONDS` when to stop (15), `LEARNR_MODEL_PROGRESS`
//! from one state in how many progress is looked for (50).

mod acts;
mod bounded;
mod placing;
mod world;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use learnr::cluster::placement::EFFECTS_MAX;
use stateright::{Checker, HasDiscoveries, Model, Property};

use acts::{Act, Mutant, after};
use world::World;

/// Claims that may succeed after the last fault, in whatever order things happen; and as many again as there were faults, since each may
/// have left a placement under way that nobody waits for.
const QUIET_CLAIMS_MAX: u8 = 3;
/// Epochs looked at, and two more for each fault: while the directory has not been told who lives, there is no end to them.
const EPOCH_MAX: i64 = 6;
/// Acts within which a fleet without faults serves its learners.
const SETTLED_WITHIN: usize = 600;

/// A small fleet.
#[derive(Clone)]
struct Fleet {
    nodes: usize,
    learners: usize,
    faults: u8,
    mutant: Mutant,
    /// Progress is looked for from one state in so many.
    looked_into: u64,
    happened: Arc<Happened>,
    acts: Vec<Act>,
}

impl Fleet {
    fn new(nodes: usize, learners: usize, faults: u8) -> Self {
        Self {
            nodes,
            learners,
            faults,
            mutant: Mutant::None,
            looked_into: number("LEARNR_MODEL_PROGRESS", 50),
            happened: Arc::default(),
            acts: Act::all(nodes, learners),
        }
    }

    fn with(self, mutant: Mutant) -> Self {
        Self { mutant, ..self }
    }

    /// Whether progress is looked for from here: it takes hundreds of acts, so from one state in so many.
    fn is_looked_into(&self, world: &World) -> bool {
        let mut hasher = DefaultHasher::new();
        world.hash(&mut hasher);
        hasher.finish().is_multiple_of(self.looked_into)
    }

    /// Whether learners are served in the end when nothing more goes wrong, in an order that chance decides.
    fn settles(&self, world: &World) -> bool {
        let mut world = world.clone();
        world.faults_left = 0;
        let mut chance = 0x9e37_79b9_u64;
        for _ in 0..SETTLED_WITHIN {
            if world.is_served() {
                return true;
            }
            let begin = chance as usize % self.acts.len();
            chance = chance
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407)
                >> 1;
            let around = self.acts[begin..].iter().chain(&self.acts[..begin]);
            let next = around
                .copied()
                .find_map(|act| after(&world, act, self.mutant));
            match next {
                Some(next) => world = next,
                None => return false,
            }
        }
        false
    }
}

impl Model for Fleet {
    type State = World;
    type Action = Act;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.nodes, self.learners, self.faults)]
    }

    fn actions(&self, _: &World, acts: &mut Vec<Act>) {
        // Those that cannot happen lead nowhere.
        acts.extend(&self.acts);
    }

    fn next_state(&self, world: &World, act: Act) -> Option<World> {
        let next = after(world, act, self.mutant)?;
        self.happened.count(world, act, &next);
        Some(next)
    }

    fn within_boundary(&self, world: &World) -> bool {
        world.row.epoch <= EPOCH_MAX + 2 * i64::from(self.faults)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(SINGLE_AUTHORITY, |fleet: &Fleet, world: &World| {
                let owners = (0..fleet.nodes).filter(|node| world.is_owner(*node));
                !world.stale_append && owners.count() <= 1
            }),
            Property::always(NOTHING_MISSING, |fleet: &Fleet, world: &World| {
                let knows = |node: usize| {
                    let live = world.nodes[node].live.as_ref();
                    live.is_none_or(|live| !world.is_owner(node) || live.known >= world.acked)
                };
                world.acked <= world.log.len() && (0..fleet.nodes).all(knows)
            }),
            Property::always(EPOCHS_RISE, |_, world: &World| {
                world.log.is_sorted() && world.log.iter().all(|epoch| *epoch <= world.row.epoch)
            }),
            Property::always(PLACEMENTS_END, |_, world: &World| {
                let placing = world.nodes.iter().filter_map(|node| node.placing.as_ref());
                placing.map(|placing| placing.effects).max() <= Some(EFFECTS_MAX)
            }),
            Property::always(NO_LIVELOCK, |fleet: &Fleet, world: &World| {
                world.quiet_claims <= QUIET_CLAIMS_MAX + fleet.faults
            }),
            Property::always(PROGRESS, |fleet: &Fleet, world: &World| {
                !fleet.is_looked_into(world) || fleet.settles(world)
            }),
        ]
    }
}

/// How often what matters happened: a model in which nothing does proves nothing.
#[derive(Debug, Default)]
struct Happened {
    claims: AtomicU64,
    takeovers: AtomicU64,
    hand_overs: AtomicU64,
    fenced: AtomicU64,
    relayed: AtomicU64,
}

impl Happened {
    fn count(&self, before: &World, act: Act, after: &World) {
        let owned = before.row.owner.is_some();
        let claimed = after.row.epoch > before.row.epoch;
        let asks = matches!(act, Act::Step(_) | Act::ReplyLost(_));
        let fenced = match act {
            Act::Answer(node) => after.nodes[node].live.is_none(),
            _ => false,
        };
        for (counter, happened) in [
            (&self.claims, claimed),
            (&self.takeovers, claimed && owned),
            (&self.hand_overs, asks && owned && after.row.owner.is_none()),
            (&self.fenced, fenced),
            (&self.relayed, after.is_relayed() && !before.is_relayed()),
        ] {
            counter.fetch_add(u64::from(happened), Ordering::Relaxed);
        }
    }
}

const SINGLE_AUTHORITY: &str = "one at a time can write";
const NOTHING_MISSING: &str = "no acknowledged answer is missing";
const EPOCHS_RISE: &str = "epochs never fall";
const PLACEMENTS_END: &str = "placements end";
const NO_LIVELOCK: &str = "claims end when faults do";
const PROGRESS: &str = "learners are served when faults end";

fn number(variable: &str, default: u64) -> u64 {
    let told = std::env::var(variable).ok();
    let told = told.map(|text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}={text}: a whole number"))
    });
    told.unwrap_or(default)
}

fn faults() -> u8 {
    u8::try_from(number("LEARNR_MODEL_FAULTS", 1)).expect("a few")
}

/// Checks every state of a fleet, as far as it gets in the time.
fn checked(fleet: Fleet) {
    let what = format!(
        "{} instances, {} sockets, {} faults",
        fleet.nodes, fleet.learners, fleet.faults
    );
    let (happened, begun) = (Arc::clone(&fleet.happened), Instant::now());
    let within = Duration::from_secs(number("LEARNR_MODEL_SECONDS", 15));
    let checker = fleet.checker().threads(2).timeout(within).spawn_bfs();
    let checker = checker.join();
    let whole = if begun.elapsed() < within {
        "all"
    } else {
        "not all"
    };
    println!(
        "{what}: {} states, {} of them different, {whole} there are, depth {}, {:.1} s; {happened:?}",
        checker.state_count(),
        checker.unique_state_count(),
        checker.max_depth(),
        begun.elapsed().as_secs_f64(),
    );
    checker.assert_properties();
    assert!(happened.takeovers.load(Ordering::Relaxed) > 0, "{what}");
}

#[test]
fn one_socket_and_two_instances_whatever_happens() {
    checked(Fleet::new(2, 1, faults()));
}

#[test]
fn two_sockets_and_two_instances_whatever_happens() {
    checked(Fleet::new(2, 2, faults()));
}

#[test]
fn one_socket_and_three_instances_whatever_happens() {
    checked(Fleet::new(3, 1, faults()));
}

/// The checker finds this property broken in a build like that.
fn caught(fleet: Fleet, mutant: Mutant, broken: &'static str) {
    let fleet = fleet.with(mutant);
    let found = HasDiscoveries::AnyOf([broken].into());
    let checker = fleet.checker().finish_when(found).spawn_bfs().join();
    let path = checker.discovery(broken);
    let path = path.unwrap_or_else(|| panic!("{mutant:?} is not caught"));
    println!(
        "{mutant:?}: {broken}: after {} acts",
        path.into_actions().len()
    );
}

#[test]
fn a_store_without_a_fence_is_caught() {
    caught(Fleet::new(2, 1, 2), Mutant::NoFence, SINGLE_AUTHORITY);
}

#[test]
fn a_claim_that_loads_in_its_own_snapshot_is_caught() {
    caught(Fleet::new(2, 1, 2), Mutant::OneSnapshot, NOTHING_MISSING);
}

#[test]
fn an_acknowledgement_before_the_commit_is_caught() {
    caught(Fleet::new(2, 1, 1), Mutant::AcksEarly, NOTHING_MISSING);
}

#[test]
fn a_placement_that_asks_the_same_again_is_caught() {
    caught(Fleet::new(2, 1, 1), Mutant::AsksAgain, PLACEMENTS_END);
}

#[test]
fn instances_that_take_a_session_from_each_other_for_ever_are_caught() {
    caught(Fleet::new(2, 2, 0), Mutant::NeverHolds, NO_LIVELOCK);
}
