//! Devices that are signed in, and the tokens that keep them so.

use std::sync::Arc;

use learnr::store::{
    LearnerId, MailPurpose, NewSignIn, Rotation, SIGN_INS_MAX, SignInId, SignInRow,
};
use uuid::Uuid;

use super::accounts::{EMAIL, MAIL_MS, another, hash, mail, somebody_new};
use crate::store::fixture::{Fixture, NOW, Place};

/// How long a device stays signed in that is not used.
pub(crate) const LASTS_MS: i64 = 30 * 86_400_000;
const LEEWAY_MS: i64 = 10_000;
/// Uses of one token that race.
const RIVALS: u8 = 8;

/// A device that signs in with a first token.
pub(crate) fn device(learner: LearnerId, byte: u8) -> NewSignIn {
    NewSignIn {
        id: SignInId(Uuid::new_v4()),
        learner,
        password_hash: Some("the first".to_owned()),
        agent: format!("browser {byte}"),
        token: hash(byte),
        created_at: NOW,
        expires_at: NOW + LASTS_MS,
    }
}

impl Fixture {
    pub(crate) async fn signed_in(&self, new: NewSignIn) {
        assert!(self.store.sign_in(new).await.expect("answered"));
    }

    pub(crate) async fn devices(&self, now_ms: i64) -> Vec<SignInRow> {
        let devices = self.store.sign_ins(self.learner, now_ms).await;
        devices.expect("answered")
    }

    async fn rotate(&self, byte: u8, next: u8, now_ms: i64) -> Rotation {
        let (token, next) = (hash(byte), hash(next));
        let rotation = self.store.rotate(token, next, now_ms, LEEWAY_MS).await;
        rotation.expect("answered")
    }

    /// A learner with an account and a device whose token is `byte`, and what rotating it comes to.
    async fn with_device(place: &dyn Place, byte: u8) -> (Fixture, NewSignIn, Rotation) {
        let fixture = Fixture::at(place).await;
        fixture.register(255, EMAIL).await;
        let new = device(fixture.learner, byte);
        fixture.signed_in(new.clone()).await;
        let rotated = Rotation::Rotated {
            learner: fixture.learner,
            sign_in: new.id,
        };
        (fixture, new, rotated)
    }
}

pub(crate) async fn devices_are_listed_latest_used_first_while_they_last(place: &dyn Place) {
    let (fixture, first, rotated) = Fixture::with_device(place, 1).await;
    let second = NewSignIn {
        created_at: NOW + 5,
        ..device(fixture.learner, 2)
    };
    fixture.signed_in(second.clone()).await;
    // Asked for again after an answer that was lost.
    fixture.signed_in(second.clone()).await;
    let row = |new: &NewSignIn, used_at| SignInRow {
        id: new.id,
        agent: new.agent.clone(),
        created_at: new.created_at,
        used_at,
    };
    let listed = [row(&second, NOW + 5), row(&first, NOW)];
    assert_eq!(fixture.devices(NOW + 5).await, listed);
    assert_eq!(fixture.rotate(1, 3, NOW + 9).await, rotated);
    let listed = [row(&first, NOW + 9), row(&second, NOW + 5)];
    assert_eq!(fixture.devices(NOW + 9).await, listed);
    // What is used lasts as long again.
    let later = fixture.devices(NOW + LASTS_MS).await;
    assert_eq!(later, listed[..1]);
    assert_eq!(fixture.devices(NOW + LASTS_MS + 9).await, []);
}

pub(crate) async fn nobody_signs_in_without_an_account(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    for (learner, byte) in [(fixture.learner, 1), (somebody_new(), 2)] {
        let signed_in = fixture.store.sign_in(device(learner, byte)).await;
        assert!(!signed_in.expect("answered"));
        let rotation = fixture.rotate(byte, 9, NOW + 1).await;
        assert_eq!(rotation, Rotation::Unknown);
    }
}

pub(crate) async fn nobody_signs_in_by_a_password_that_was_changed_meanwhile(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    fixture.register(255, EMAIL).await;
    let store = &fixture.store;
    // Let in by the first password, and slow to sign in.
    let slow = device(fixture.learner, 1);
    let (from, to) = (Some("the first"), "another".to_owned());
    let changed = store.set_password(fixture.learner, from, to, None);
    assert!(changed.await.expect("answered"));
    let without = NewSignIn {
        password_hash: None,
        ..slow.clone()
    };
    for late in [slow.clone(), without] {
        assert!(!store.sign_in(late).await.expect("answered"));
    }
    assert_eq!(fixture.rotate(1, 2, NOW + 1).await, Rotation::Unknown);
    let by_another = NewSignIn {
        password_hash: Some("another".to_owned()),
        ..slow
    };
    fixture.signed_in(by_another).await;
}

pub(crate) async fn a_spent_token_gives_another_within_the_leeway_and_ends_its_sign_in_after(
    place: &dyn Place,
) {
    let (fixture, new, rotated) = Fixture::with_device(place, 1).await;
    let bystander = device(fixture.learner, 100);
    fixture.signed_in(bystander.clone()).await;
    assert_eq!(fixture.rotate(1, 2, NOW + 1).await, rotated);
    assert_eq!(fixture.rotate(2, 3, NOW + 2).await, rotated);
    let edge = NOW + 1 + LEEWAY_MS;
    assert_eq!(fixture.rotate(1, 4, edge).await, rotated, "two tabs");
    assert_eq!(fixture.rotate(4, 5, edge).await, rotated);
    let learner = fixture.learner;
    let reused = Rotation::Reused { learner };
    assert_eq!(fixture.rotate(1, 6, edge + 1).await, reused, "a thief");
    for byte in 1..=6 {
        let rotation = fixture.rotate(byte, 7, edge + 2).await;
        assert_eq!(rotation, Rotation::Unknown, "{byte}");
    }
    let ids: Vec<_> = fixture
        .devices(edge)
        .await
        .iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(ids, [bystander.id], "only its own sign-in ends");
    let caller = fixture.store.caller(learner, Some(new.id), edge).await;
    assert_eq!(caller.expect("answered"), None);
}

pub(crate) async fn a_spent_token_gives_another_in_place_of_what_nobody_has_used(
    place: &dyn Place,
) {
    let (fixture, new, rotated) = Fixture::with_device(place, 1).await;
    let late = |times: i64| NOW + times * 2 * LEEWAY_MS;
    assert_eq!(fixture.rotate(1, 2, NOW + 1).await, rotated);
    // The answer was lost, and the one to that as well; with two of one token at once the one that is used goes on.
    assert_eq!(fixture.rotate(1, 3, late(1)).await, rotated);
    assert_eq!(fixture.rotate(1, 4, late(2)).await, rotated);
    assert_eq!(fixture.rotate(4, 5, late(3)).await, rotated);
    assert_eq!(fixture.rotate(5, 6, late(4)).await, rotated);
    let found = async |byte| {
        let found = fixture.store.sign_in_of(hash(byte), late(4)).await;
        found.expect("answered")
    };
    for byte in [1, 2, 6] {
        assert_eq!(found(byte).await, Some((fixture.learner, new.id)), "{byte}");
    }
    assert_eq!(found(7).await, None);
    // Somebody did get one of those that were lost.
    let reused = Rotation::Reused {
        learner: fixture.learner,
    };
    assert_eq!(fixture.rotate(3, 7, late(4)).await, reused);
    assert_eq!(fixture.rotate(6, 8, late(4)).await, Rotation::Unknown);
    assert_eq!(found(6).await, None);
    assert_eq!(fixture.devices(late(4)).await, []);
}

pub(crate) async fn who_has_what_another_took_the_place_of_ends_the_sign_in_at_once(
    place: &dyn Place,
) {
    let (fixture, _, rotated) = Fixture::with_device(place, 1).await;
    // A thief was first, and the owner came a little later.
    assert_eq!(fixture.rotate(1, 2, NOW + 1).await, rotated);
    let late = NOW + 2 + LEEWAY_MS;
    assert_eq!(fixture.rotate(1, 3, late).await, rotated);
    let reused = Rotation::Reused {
        learner: fixture.learner,
    };
    assert_eq!(fixture.rotate(2, 4, late).await, reused, "no leeway");
    assert_eq!(fixture.rotate(3, 5, late).await, Rotation::Unknown);
}

/// Uses one token many times at once.
async fn at_once(fixture: &Fixture, now_ms: i64, leeway_ms: i64) -> Vec<Rotation> {
    let rivals: Vec<_> = (2..2 + RIVALS)
        .map(|next| {
            let store = Arc::clone(&fixture.store);
            let (token, next) = (hash(1), hash(next));
            tokio::spawn(async move { store.rotate(token, next, now_ms, leeway_ms).await })
        })
        .collect();
    let mut rotations = Vec::new();
    for rival in rivals {
        rotations.push(rival.await.expect("no panic").expect("answered"));
    }
    rotations
}

pub(crate) async fn uses_of_one_token_at_once_each_get_another(place: &dyn Place) {
    let (fixture, _, rotated) = Fixture::with_device(place, 1).await;
    let rotations = at_once(&fixture, NOW + 1, LEEWAY_MS).await;
    assert!(rotations.iter().all(|one| *one == rotated), "{rotations:?}");
    for next in 2..2 + RIVALS {
        let rotation = fixture.rotate(next, next + 100, NOW + 2).await;
        assert_eq!(rotation, rotated, "{next}");
    }
}

pub(crate) async fn of_uses_of_one_token_at_once_exactly_one_is_last(place: &dyn Place) {
    let (fixture, _, rotated) = Fixture::with_device(place, 1).await;
    // Without a leeway each takes the place of what those before it were given.
    let rotations = at_once(&fixture, NOW + 1, -1).await;
    assert!(rotations.iter().all(|one| *one == rotated), "{rotations:?}");
    let mut used = Vec::new();
    for next in 2..2 + RIVALS {
        used.push(fixture.rotate(next, next + 100, NOW + 2).await);
    }
    let reused = Rotation::Reused {
        learner: fixture.learner,
    };
    let ended = used.iter().position(|one| *one == reused);
    let ended = ended.expect("all but one were revoked");
    // The last one may have come first in this line, and no other.
    assert!(ended <= 1 && used[..ended].iter().all(|one| *one == rotated));
    let after = &used[ended + 1..];
    assert!(
        after.iter().all(|one| *one == Rotation::Unknown),
        "{used:?}"
    );
    assert_eq!(fixture.devices(NOW + 2).await, []);
}

pub(crate) async fn what_is_unknown_or_has_run_out_gives_nothing(place: &dyn Place) {
    let (fixture, new, rotated) = Fixture::with_device(place, 1).await;
    assert_eq!(fixture.rotate(9, 2, NOW + 1).await, Rotation::Unknown);
    let end = NOW + LASTS_MS;
    assert_eq!(fixture.rotate(1, 2, end).await, Rotation::Unknown);
    let caller = |now_ms| fixture.store.caller(fixture.learner, Some(new.id), now_ms);
    assert!(caller(end - 1).await.expect("answered").is_some());
    assert_eq!(caller(end).await.expect("answered"), None);
    assert_eq!(fixture.rotate(1, 2, end - 1).await, rotated);
    assert!(caller(end).await.expect("answered").is_some(), "used since");
}

pub(crate) async fn the_device_used_longest_ago_goes_when_there_are_too_many(place: &dyn Place) {
    let (fixture, first, rotated) = Fixture::with_device(place, 1).await;
    let mut devices = vec![first];
    for nth in 1..SIGN_INS_MAX {
        let new = NewSignIn {
            created_at: NOW + i64::from(nth),
            ..device(fixture.learner, 100 + u8::try_from(nth).expect("a few"))
        };
        fixture.signed_in(new.clone()).await;
        devices.push(new);
    }
    let later = NOW + 1_000;
    assert_eq!(fixture.devices(later).await.len(), SIGN_INS_MAX as usize);
    assert_eq!(fixture.rotate(1, 2, later).await, rotated);
    // However late the clock that it is told by.
    let late = device(fixture.learner, 3);
    fixture.signed_in(late.clone()).await;
    let left = fixture.devices(later).await;
    assert_eq!(left.len(), SIGN_INS_MAX as usize);
    let holds = |id| left.iter().any(|row| row.id == id);
    assert!(holds(late.id) && holds(devices[0].id) && !holds(devices[1].id));
    let rotation = fixture.rotate(101, 4, later).await;
    assert_eq!(rotation, Rotation::Unknown, "its token is gone with it");
}

pub(crate) async fn a_device_is_signed_out_by_its_learner_alone(place: &dyn Place) {
    let (fixture, new, _) = Fixture::with_device(place, 1).await;
    let other = another(&fixture, "other").await;
    other.register(254, "other@example.org").await;
    other.signed_in(device(other.learner, 2)).await;
    let out = |learner, sign_in| fixture.store.sign_out(learner, sign_in);
    let foreign = out(other.learner, Some(new.id)).await;
    assert_eq!(foreign.expect("answered"), 0);
    let caller = |learner| fixture.store.caller(learner, Some(new.id), NOW);
    assert_eq!(caller(other.learner).await.expect("answered"), None);
    let own = caller(fixture.learner).await.expect("answered");
    assert!(own.is_some_and(|own| own.has_account));
    for ended in [1, 0] {
        let found = out(fixture.learner, Some(new.id)).await;
        assert_eq!(found.expect("answered"), ended);
    }
    assert_eq!(fixture.rotate(1, 9, NOW + 1).await, Rotation::Unknown);
    assert_eq!(caller(fixture.learner).await.expect("answered"), None);
    for byte in [11, 12] {
        fixture.signed_in(device(fixture.learner, byte)).await;
    }
    assert_eq!(out(fixture.learner, None).await.expect("answered"), 2);
    assert_eq!(fixture.devices(NOW).await, []);
    assert_eq!(other.devices(NOW).await.len(), 1);
}

pub(crate) async fn what_has_run_out_is_swept_a_few_at_a_time(place: &dyn Place) {
    let (fixture, kept, _) = Fixture::with_device(place, 1).await;
    for byte in 11..14 {
        let gone = NewSignIn {
            expires_at: NOW + i64::from(byte),
            ..device(fixture.learner, byte)
        };
        fixture.signed_in(gone).await;
        let address = format!("{byte}@example.org");
        let row = mail(MailPurpose::Register, None, &address);
        fixture.mailed(byte, row).await;
    }
    let sweep = |now_ms| fixture.store.sweep_accounts(now_ms, 2);
    let now = NOW + MAIL_MS;
    assert_eq!(sweep(NOW + 10).await.expect("answered"), 0);
    for swept in [4, 2, 0] {
        assert_eq!(sweep(now).await.expect("answered"), swept);
    }
    let left = fixture.devices(NOW).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, kept.id);
}
