//! Which fault strikes when, where and for how long: drawn from a seed, the same for the same seed. Must not touch a process.

use std::time::Duration;

use learnr_loadtest::chance::Chance;
use serde::Serialize;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// `kill -9` of an instance; its internal port is closed, which proves the death.
    InstanceKill,
    /// The same, and nothing answers at its internal address any more, as when a machine goes.
    InstanceVanish,
    /// SIGSTOP past the lease, then SIGCONT.
    InstanceFreeze,
    /// SIGTERM, and a new start.
    InstanceDrain,
    /// The wall clock of an instance jumps, and back.
    ClockStep,
    /// `kill -9` of Redis, and a new start with what it had.
    RedisKill,
    /// Redis loses everything.
    RedisEmpty,
    /// Redis cannot be reached from one instance.
    RedisUnreachable,
    /// `kill -9` of PostgreSQL with all its processes, and a new start.
    PostgresKill,
    /// What goes to one instance over internal links is lost, or what comes from it.
    LinkCut,
    /// Every socket is cut at once: all learners come back within seconds.
    Storm,
}

/// Every kind with how often it is drawn among a hundred, and between which milliseconds it lasts.
const KINDS: [(Kind, usize, (u64, u64)); 11] = [
    (Kind::InstanceKill, 17, (200, 1_500)),
    (Kind::InstanceVanish, 5, (5_500, 7_000)),
    (Kind::InstanceFreeze, 6, (6_000, 8_500)),
    (Kind::InstanceDrain, 14, (200, 1_000)),
    (Kind::ClockStep, 6, (2_000, 5_000)),
    (Kind::RedisKill, 10, (300, 3_000)),
    (Kind::RedisEmpty, 10, (0, 500)),
    (Kind::RedisUnreachable, 11, (1_500, 8_000)),
    (Kind::PostgresKill, 5, (100, 1_000)),
    (Kind::LinkCut, 11, (1_000, 7_000)),
    (Kind::Storm, 5, (0, 0)),
];

/// Kinds that strike alone, in turn: how soon learners are served again is to be told of each.
const ALONE: [Kind; 3] = [
    Kind::InstanceKill,
    Kind::InstanceDrain,
    Kind::InstanceVanish,
];
/// From the end of one that strikes alone to the next.
const ALONE_GAP: Duration = Duration::from_secs(2);

/// A fault as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Planned {
    /// When, from when those that strike alone are over; for these, from the end of the one before.
    pub(super) at: Duration,
    pub(super) kind: Kind,
    /// Which instance, where it is one's.
    pub(super) instance: usize,
    /// How long it lasts before what it broke is mended.
    pub(super) hold: Duration,
    /// Which of two ways, where a kind has two.
    pub(super) other_way: bool,
    /// Whether nothing else strikes before all is well again: how long it takes is then this fault's own doing.
    pub(super) alone: bool,
}

/// What may be drawn.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) faults: usize,
    /// How many of these strike alone, before the others.
    pub(super) alone: usize,
    pub(super) instances: usize,
    /// From one fault to the next, on average.
    pub(super) gap: Duration,
    /// Kinds to draw from.
    pub(super) kinds: Vec<Kind>,
    /// Which instance has a clock that can be stepped.
    pub(super) clock: Option<usize>,
}

/// Every kind there is.
pub(super) fn kinds() -> Vec<Kind> {
    KINDS.iter().map(|(kind, ..)| *kind).collect()
}

/// The faults in order: those that strike alone, then one of each kind, then as chance has it.
pub(super) fn draw(limits: &Limits, seed: u64) -> Vec<Planned> {
    let mut chance = Chance::new(seed);
    let mut first = limits.kinds.clone();
    let mut at = Duration::ZERO;
    (0..limits.faults)
        .map(|number| {
            let alone = number < limits.alone;
            let kind = match first.len() {
                _ if alone => ALONE[number % ALONE.len()],
                0 => weighted(&limits.kinds, &mut chance),
                left => first.swap_remove(chance.below(left)),
            };
            if !alone {
                at += limits.gap / 2 + chance.up_to(limits.gap);
            }
            let drawn = chance.below(limits.instances);
            let instance = match kind {
                // One after the other: the one that was just started again has no learner yet.
                _ if alone => number % limits.instances,
                Kind::ClockStep => limits.clock.unwrap_or(drawn),
                _ => drawn,
            };
            Planned {
                at: if alone { ALONE_GAP } else { at },
                alone,
                kind,
                instance,
                hold: hold_of(kind, &mut chance),
                other_way: chance.below(2) == 1,
            }
        })
        .collect()
}

fn weighted(kinds: &[Kind], chance: &mut Chance) -> Kind {
    let weights = KINDS.iter().filter(|(kind, ..)| kinds.contains(kind));
    let all: usize = weights.clone().map(|(_, weight, _)| weight).sum();
    let mut drawn = chance.below(all);
    for (kind, weight, _) in weights {
        if drawn < *weight {
            return *kind;
        }
        drawn -= weight;
    }
    unreachable!("less than the sum of all weights was drawn")
}

fn hold_of(wanted: Kind, chance: &mut Chance) -> Duration {
    let found = KINDS.iter().find(|(kind, ..)| *kind == wanted);
    let (_, _, (least, most)) = found.expect("every kind is in the table");
    Duration::from_millis(*least) + chance.up_to(Duration::from_millis(most - least))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(faults: usize) -> Limits {
        Limits {
            faults,
            alone: 3,
            instances: 3,
            gap: Duration::from_secs(1),
            kinds: kinds(),
            clock: Some(2),
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_schedule_and_another_seed_another() {
        let drawn = draw(&limits(200), 7);
        assert_eq!(drawn, draw(&limits(200), 7));
        assert_ne!(drawn, draw(&limits(200), 8));
        assert_eq!(drawn[..100], draw(&limits(100), 7)[..]);
    }

    #[test]
    fn every_kind_comes_first_once_and_all_stay_inside_their_limits() {
        let drawn = draw(&limits(500), 7);
        let (alone, drawn) = drawn.split_at(3);
        assert!(alone.iter().all(|fault| fault.alone));
        assert_eq!(
            alone.iter().map(|fault| fault.kind).collect::<Vec<_>>(),
            ALONE
        );
        let mut first: Vec<Kind> = drawn[..KINDS.len()]
            .iter()
            .map(|fault| fault.kind)
            .collect();
        first.sort_unstable();
        assert_eq!(first, kinds());
        assert!(drawn.is_sorted_by_key(|fault| fault.at));
        assert!(drawn.iter().all(|fault| !fault.alone));
        assert!(drawn.iter().all(|fault| fault.instance < 3));
        let steps = drawn.iter().filter(|fault| fault.kind == Kind::ClockStep);
        assert!(steps.into_iter().all(|fault| fault.instance == 2));
        assert_eq!(
            KINDS.iter().map(|(_, weight, _)| weight).sum::<usize>(),
            100
        );
    }

    #[test]
    fn a_kind_that_is_left_out_is_never_drawn() {
        let mut limits = limits(500);
        limits.kinds.retain(|kind| *kind != Kind::ClockStep);
        let drawn = draw(&limits, 7);
        assert!(drawn.iter().all(|fault| fault.kind != Kind::ClockStep));
    }
}
