//! Every placement ends, whatever it is told, in whatever order.

use learnr::cluster::placement::{CLAIMS_MAX, EFFECTS_MAX};
use learnr::cluster::{Effect, Entry, Event, Looked, Placement, Purpose, Reply};
use proptest::prelude::*;

use super::world::{NAMES, index, lease};

/// What chance decides of one event.
#[derive(Debug, Clone, Copy)]
struct Chance {
    /// Of eight: nothing, unknown, or what there is.
    found: u8,
    node: usize,
    /// Another life more often than one that was asked already.
    life: i64,
    draining: bool,
    epoch: i64,
    reply: Reply,
    claimed: bool,
}

fn chance() -> impl Strategy<Value = Chance> {
    let reply = prop_oneof![
        1 => Just(Reply::Holds),
        1 => Just(Reply::Stays),
        20 => Just(Reply::LetGo),
        20 => Just(Reply::Dead),
        20 => Just(Reply::Silent),
    ];
    (
        0..8_u8,
        0..NAMES.len(),
        1..9_i64,
        prop::bool::weighted(0.1),
        0..4_i64,
        reply,
        prop::bool::weighted(0.1),
    )
        .prop_map(
            |(found, node, life, draining, epoch, reply, claimed)| Chance {
                found,
                node,
                life,
                draining,
                epoch,
                reply,
                claimed,
            },
        )
}

impl Chance {
    fn looked<T>(self, found: T) -> Looked<T> {
        match self.found {
            0 => Looked::Nothing,
            1 => Looked::Unknown,
            _ => Looked::Found(found),
        }
    }

    /// What comes of an effect; `None` when it ends the placement.
    fn event(self, effect: &Effect) -> Option<Event> {
        let named = lease(self.node, self.life).member;
        Some(match effect {
            Effect::ReadEntry => Event::Entry(self.looked(Entry {
                node: named.node,
                incarnation: named.incarnation,
                epoch: self.epoch,
            })),
            Effect::ReadLease(of) => {
                let mut lease = lease(index(of), self.life);
                lease.draining = self.draining;
                Event::Lease(self.looked(lease))
            }
            Effect::ReadRow => Event::Row {
                owner: (self.found > 0).then_some(named),
                epoch: self.epoch,
            },
            Effect::Ask(_) => Event::Replied(self.reply),
            Effect::Claim { .. } => Event::Claimed(self.claimed),
            Effect::Run | Effect::Relay(_) | Effect::Leave | Effect::GiveUp => return None,
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_placement_ends_whatever_it_is_told(
        chances in proptest::collection::vec(chance(), 2 * EFFECTS_MAX as usize),
        deadline in any::<bool>(),
    ) {
        let purpose = if deadline { Purpose::Deadline } else { Purpose::Socket };
        let (mut placement, mut effect) = Placement::begin("a", 1, purpose);
        let (mut effects, mut claims) = (1, 0);
        for chance in chances {
            let Some(event) = chance.event(&effect) else {
                break;
            };
            claims += u32::from(matches!(effect, Effect::Claim { .. }));
            effect = placement.step(event);
            effects += 1;
            prop_assert!(effects <= EFFECTS_MAX, "{effects} effects");
            prop_assert!(claims <= CLAIMS_MAX, "{claims} claims");
        }
    }
}
