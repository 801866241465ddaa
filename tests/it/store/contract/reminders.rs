//! Who is to be reminded: claimed once, moved, and left in peace.

use std::collections::HashSet;
use std::sync::Arc;

use learnr::store::{LearnerId, PreferencesRow, Reminder};

use super::accounts::{another, somebody_new};
use super::keeping::preferences;
use crate::store::fixture::{Fixture, NOW, Place};

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// Asks for somebody to be reminded.
async fn wanted(fixture: &Fixture, learner: LearnerId, remind_at: Option<i64>) {
    let row = PreferencesRow {
        remind_at,
        ..preferences("often")
    };
    let saved = fixture.store.save_preferences(learner, row).await;
    assert!(saved.expect("answered"));
}

async fn next(fixture: &Fixture, learner: LearnerId) -> Option<i64> {
    let kept = fixture.store.preferences(learner).await.expect("answered");
    kept.expect("there are some").remind_at
}

async fn take(fixture: &Fixture, now_ms: i64) -> Vec<Reminder> {
    let taken = fixture.store.take_reminders(now_ms, 2).await;
    let mut taken = taken.expect("answered");
    taken.sort_by_key(|one| one.due_at);
    taken
}

pub(crate) async fn who_is_to_be_reminded_is_claimed_once_a_day(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let mut expected = Vec::new();
    for ms in 0..3 {
        let learner = another(&fixture, &format!("reminded-{ms}")).await.learner;
        let due_at = NOW + ms;
        wanted(&fixture, learner, Some(due_at)).await;
        expected.push(Reminder {
            learner,
            due_at,
            next_at: due_at + DAY_MS,
            body: b"often".to_vec(),
        });
    }
    wanted(&fixture, fixture.learner, None).await;
    assert_eq!(take(&fixture, NOW - 1).await, []);
    assert_eq!(take(&fixture, NOW + 2).await, expected[..2]);
    assert_eq!(take(&fixture, NOW + 2).await, expected[2..]);
    assert_eq!(take(&fixture, NOW + DAY_MS - 1).await, []);
    // Days that went by without anybody are made up for by one.
    let late = take(&fixture, NOW + 5 * DAY_MS).await;
    let times: Vec<_> = late.iter().map(|one| (one.due_at, one.next_at)).collect();
    let day = |days, ms| NOW + days * DAY_MS + ms;
    assert_eq!(times, [(day(1, 0), day(6, 0)), (day(1, 1), day(5, 1))]);
    assert_eq!(next(&fixture, late[0].learner).await, Some(day(6, 0)));
}

pub(crate) async fn who_was_reminded_is_left_in_peace_whatever_they_change(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let learner = fixture.learner;
    wanted(&fixture, learner, Some(NOW)).await;
    // Nobody was reminded yet: an evening elsewhere may be sooner.
    wanted(&fixture, learner, Some(NOW - HOUR_MS)).await;
    assert_eq!(next(&fixture, learner).await, Some(NOW - HOUR_MS));
    assert_eq!(take(&fixture, NOW).await.len(), 1);
    let (soon, later) = (NOW + 19 * HOUR_MS, NOW + 20 * HOUR_MS);
    for (asked, stored) in [
        (Some(soon), Some(soon + DAY_MS)),
        (Some(later), Some(later)),
        (None, None),
        (Some(soon), Some(soon + DAY_MS)),
    ] {
        wanted(&fixture, learner, asked).await;
        assert_eq!(next(&fixture, learner).await, stored, "{asked:?}");
    }
}

pub(crate) async fn claims_of_reminders_at_once_share_them_out(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    for ms in 0..8 {
        let one = another(&fixture, &format!("reminded-{ms}")).await.learner;
        wanted(&fixture, one, Some(NOW)).await;
    }
    let claims: Vec<_> = (0..4)
        .map(|_| {
            let store = Arc::clone(&fixture.store);
            tokio::spawn(async move { store.take_reminders(NOW, 8).await })
        })
        .collect();
    let mut claimed = Vec::new();
    for claim in claims {
        claimed.extend(claim.await.expect("no panic").expect("answered"));
    }
    let left = fixture.store.take_reminders(NOW, 8).await;
    claimed.extend(left.expect("answered"));
    let different: HashSet<_> = claimed.iter().map(|one| one.learner).collect();
    assert_eq!((claimed.len(), different.len()), (8, 8));
}

pub(crate) async fn a_claim_is_moved_unless_it_was_changed_and_ends_for_good(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (store, learner) = (&fixture.store, fixture.learner);
    wanted(&fixture, learner, Some(NOW)).await;
    for (from, to, stored) in [(NOW + 1, NOW + 2, NOW), (NOW, NOW + HOUR_MS, NOW + HOUR_MS)] {
        let moved = store.move_reminder(learner, from, to).await;
        moved.expect("answered");
        assert_eq!(next(&fixture, learner).await, Some(stored));
    }
    for somebody in [learner, learner, somebody_new()] {
        let stopped = store.stop_reminders(somebody).await;
        stopped.expect("answered");
    }
    let kept = store.preferences(learner).await.expect("answered");
    assert_eq!(kept, Some(preferences("often")), "the rest stays");
    let moved = store.move_reminder(learner, NOW + HOUR_MS, NOW).await;
    moved.expect("answered");
    assert_eq!(take(&fixture, NOW + DAY_MS).await, []);
}
