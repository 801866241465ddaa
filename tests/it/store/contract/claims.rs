//! Who may write a session, proved at the store.

use std::sync::Arc;

use learnr::store::{Fence, Outcome, SessionId};
use uuid::Uuid;

use crate::store::fixture::{Fixture, Place, answered, append, owner, random};

/// Claims that race for one session.
const RIVALS: usize = 16;

pub(crate) async fn of_claims_at_once_exactly_one_wins(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let session = fixture.created("practice").await;
    let rivals: Vec<_> = (0..RIVALS)
        .map(|rival| {
            let store = Arc::clone(&fixture.store);
            let seen = session.fence.epoch;
            let id = session.id;
            tokio::spawn(async move {
                let owner = owner(&format!("n{rival}"));
                store.claim(id, seen, random(), owner).await
            })
        })
        .collect();
    let mut won = Vec::new();
    for rival in rivals {
        won.extend(rival.await.expect("no panic").expect("answered"));
    }
    assert_eq!(won.len(), 1);
    let row = fixture.row(session.id).await;
    assert_eq!(row.fence, won[0]);
    assert_eq!(row.fence.epoch, session.fence.epoch + 1);
    assert!(row.owner.is_some());
}

pub(crate) async fn a_claim_repeated_is_the_same_claim(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let session = fixture.created("practice").await;
    let claim = random();
    let expected = Fence {
        epoch: session.fence.epoch + 1,
        claim,
    };
    for _ in 0..2 {
        let fence = fixture
            .store
            .claim(session.id, session.fence.epoch, claim, owner("n1"))
            .await;
        assert_eq!(fence.expect("answered"), Some(expected));
    }
    let late = fixture
        .store
        .claim(session.id, session.fence.epoch, random(), owner("n1"))
        .await;
    assert_eq!(late.expect("answered"), None);
    assert_eq!(fixture.row(session.id).await.fence, expected);
}

pub(crate) async fn an_append_behind_a_claim_is_fenced(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, old) = fixture.claimed("practice").await;
    let before = fixture.hand_over(session, old, vec![answered(2, old)]);
    let new = fixture
        .store
        .claim(session, old.epoch, random(), owner("n2"))
        .await;
    let new = new.expect("answered").expect("wins");
    let behind = fixture.hand_over(session, old, vec![answered(3, old)]);
    assert_eq!(before.await, Ok(Outcome::Stored));
    assert_eq!(behind.await, Ok(Outcome::Fenced));
    let outcome = fixture.append(append(session, new, vec![answered(3, new)]));
    assert_eq!(outcome.await, Outcome::Stored);
}

pub(crate) async fn a_load_after_a_claim_sees_everything_acknowledged(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, mut fence) = fixture.claimed("practice").await;
    let mut last = 1;
    for round in 0..20 {
        let handed_over: Vec<_> = (last + 1..last + 30)
            .map(|seq| fixture.hand_over(session, fence, vec![answered(seq, fence)]))
            .collect();
        let next = fixture
            .store
            .claim(session, fence.epoch, random(), owner("n2"))
            .await
            .expect("answered")
            .expect("nobody else claims");
        let seen = fixture.seqs(session).await;
        let mut acknowledged = last;
        for outcome in handed_over {
            if outcome.await == Ok(Outcome::Stored) {
                acknowledged += 1;
            }
        }
        let expected: Vec<u32> = (1..=acknowledged).collect();
        assert_eq!(seen, expected, "round {round}");
        (last, fence) = (acknowledged, next);
    }
}

pub(crate) async fn only_the_holder_releases_a_session(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let (session, fence) = fixture.claimed("practice").await;
    let others = [
        Fence {
            epoch: fence.epoch - 1,
            ..fence
        },
        Fence {
            claim: fence.claim ^ 1,
            ..fence
        },
    ];
    for other in others {
        let released = fixture.store.release(session, other).await;
        assert!(!released.expect("answered"));
        assert!(fixture.row(session).await.owner.is_some());
    }
    assert!(
        fixture
            .store
            .release(session, fence)
            .await
            .expect("answered")
    );
    let row = fixture.row(session).await;
    assert_eq!((row.owner, row.fence), (None, fence));
}

pub(crate) async fn an_unknown_session_cannot_be_claimed(place: &dyn Place) {
    let fixture = Fixture::at(place).await;
    let nowhere = SessionId(Uuid::now_v7());
    let claimed = fixture.store.claim(nowhere, 1, random(), owner("n1")).await;
    assert_eq!(claimed.expect("answered"), None);
}
