//! What a learner had seen before a session, as it stands in the session's first event.

use learnr_domain::session::Seen;
use learnr_domain::{ItemIx, Millis};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct SeenV1 {
    item: u32,
    at: i64,
    correct: bool,
    /// Stability in days, credit; not in sessions begun before the review schedule, which are written as read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory: Option<(Option<f32>, bool)>,
}

pub(super) fn seen_v1(seen: &Seen) -> SeenV1 {
    let remembered = seen.stability_days.is_some() || seen.credit != seen.correct;
    SeenV1 {
        item: seen.item.0,
        at: seen.at.0,
        correct: seen.correct,
        memory: remembered.then_some((seen.stability_days, seen.credit)),
    }
}

pub(super) fn seen_of(stored: SeenV1) -> Seen {
    let (stability_days, credit) = stored.memory.unwrap_or((None, stored.correct));
    Seen {
        item: ItemIx(stored.item),
        at: Millis(stored.at),
        correct: stored.correct,
        credit,
        stability_days,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{pack, unpack};
    use super::*;

    proptest! {
        #[test]
        fn what_was_seen_is_stored_without_loss(
            item in any::<u32>(), at in any::<i64>(), flags in any::<[bool; 2]>(),
            stability_days in prop::option::of(0.001_f32..36_500.0),
        ) {
            let [correct, credit] = flags;
            let seen = Seen { item: ItemIx(item), at: Millis(at), correct, credit, stability_days };
            let stored: SeenV1 = unpack("seen", &pack(&seen_v1(&seen))).expect("its own bytes");
            prop_assert_eq!(seen_of(stored), seen);
        }
    }

    #[test]
    fn what_was_seen_before_the_review_schedule_is_read_and_written_as_it_was() {
        let old = pack(&(7_u32, 1_700_000_000_000_i64, true));
        let stored: SeenV1 = unpack("seen", &old).expect("an old row");
        let seen = seen_of(stored);
        assert_eq!((seen.stability_days, seen.credit), (None, true));
        assert_eq!(pack(&seen_v1(&seen)), old);
    }
}
