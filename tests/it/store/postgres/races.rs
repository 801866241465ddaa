//! Every race of the design, with real connections, in the order that makes it a race.

use std::sync::Arc;

use learnr::store::postgres::{PostgresOptions, PostgresStore};
use learnr::store::{
    Append, Fence, JobKind, Outcome, SessionId, SessionStatus, StatusChange, Store,
};

use super::place::{Fresh, open};
use super::waiters::{BATCH, Bystander, CLAIM};
use crate::store::fixture::{Fixture, NOW, Place, answered, append, owner, random};

/// Two instances and a bystander on one database, with a session the first has claimed.
struct Scene {
    first: Fixture,
    second: Arc<dyn Store>,
    bystander: Bystander,
    session: SessionId,
    fence: Fence,
    place: Fresh,
}

/// `None` where the run goes without PostgreSQL.
async fn scene() -> Option<Scene> {
    let place = Fresh::new().await;
    if place.is_left_out() {
        return None;
    }
    let first = Fixture::over(place.open().await).await;
    let (session, fence) = first.claimed("practice").await;
    Some(Scene {
        second: place.open().await,
        bystander: Bystander::at(place.url()).await,
        first,
        session,
        fence,
        place,
    })
}

impl Scene {
    async fn counted(&self, what: &str) -> i64 {
        let session = self.session;
        self.bystander
            .number(&format!("SELECT count(*) FROM {what} = '{session}'"))
            .await
    }
}

fn completed() -> StatusChange {
    StatusChange {
        status: SessionStatus::Completed,
        ended_at: Some(NOW + 9),
        deadline_at: None,
        summary: Some(b"summary".to_vec()),
        jobs: vec![JobKind::SessionEnded],
    }
}

/// What a claim and load sees that waited for a batch of the former owner, which went in while it waited.
async fn seen_behind_a_batch(scene: &Scene, successor: &dyn Store) -> Vec<u32> {
    let Scene { session, fence, .. } = *scene;
    scene.bystander.occupy(session.0, 2).await;
    let batch = scene
        .first
        .hand_over(session, fence, vec![answered(2, fence)]);
    scene.bystander.sees_waiting(1, BATCH).await;
    let taken_over = successor.claim_and_load(session, fence.epoch, random(), owner("n2"));
    let (taken_over, ()) = tokio::join!(taken_over, async {
        scene
            .bystander
            .sees_waiting(1, "SET epoch = epoch + 1")
            .await;
        scene.bystander.run("ROLLBACK").await;
    });
    let (new, events) = taken_over.expect("answered").expect("nobody else claims");
    assert_eq!(new.epoch, fence.epoch + 1);
    assert_eq!(batch.await, Ok(Outcome::Stored));
    events.iter().map(|event| event.seq).collect()
}

#[tokio::test]
async fn a_load_sees_a_batch_that_was_in_flight_while_the_claim_waited() {
    let Some(scene) = scene().await else { return };
    let seen = seen_behind_a_batch(&scene, &*scene.second).await;
    assert_eq!(seen, [1, 2]);
}

#[cfg(feature = "faults")]
#[tokio::test]
async fn claiming_and_loading_in_one_statement_is_caught() {
    let Some(scene) = scene().await else { return };
    let mut options = PostgresOptions::at(scene.place.url());
    options.faults.claim_and_load_at_once = true;
    let mutant: PostgresStore = open(options).await;
    let seen = seen_behind_a_batch(&scene, &mutant).await;
    assert_eq!(seen, [1], "the mutant went unseen");
}

#[tokio::test]
async fn a_stale_owners_batch_behind_an_uncommitted_claim_is_fenced() {
    let Some(scene) = scene().await else { return };
    let Scene { session, fence, .. } = scene;
    scene.bystander.claim_without_commit(session.0, 77).await;
    let batch = scene
        .first
        .hand_over(session, fence, vec![answered(2, fence)]);
    scene.bystander.sees_waiting(1, BATCH).await;
    scene.bystander.run("COMMIT").await;
    assert_eq!(batch.await, Ok(Outcome::Fenced));
    assert_eq!(scene.first.seqs(session).await, [1]);
}

#[tokio::test]
async fn a_batch_behind_a_claim_that_is_taken_back_is_stored() {
    let Some(scene) = scene().await else { return };
    let Scene { session, fence, .. } = scene;
    scene.bystander.claim_without_commit(session.0, 77).await;
    let batch = scene
        .first
        .hand_over(session, fence, vec![answered(2, fence)]);
    scene.bystander.sees_waiting(1, BATCH).await;
    scene.bystander.run("ROLLBACK").await;
    assert_eq!(batch.await, Ok(Outcome::Stored));
    assert_eq!(scene.first.seqs(session).await, [1, 2]);
}

#[tokio::test]
async fn of_two_claims_that_wait_for_one_lock_one_wins() {
    let Some(scene) = scene().await else { return };
    let Scene { session, fence, .. } = scene;
    let hold = format!("BEGIN; SELECT FROM sessions WHERE id = '{session}' FOR UPDATE");
    scene.bystander.run(&hold).await;
    let epoch = fence.epoch;
    let first = scene
        .first
        .store
        .claim(session, epoch, random(), owner("n1"));
    let second = scene.second.claim(session, epoch, random(), owner("n2"));
    let (first, second, ()) = tokio::join!(first, second, async {
        scene.bystander.sees_waiting(2, CLAIM).await;
        scene.bystander.run("COMMIT").await;
    });
    let won: Vec<Fence> = [first, second]
        .into_iter()
        .filter_map(|claim| claim.expect("answered"))
        .collect();
    assert_eq!(won.len(), 1, "{won:?}");
    let row = scene.first.row(session).await;
    assert_eq!((row.fence, row.fence.epoch), (won[0], epoch + 1));
}

#[tokio::test]
async fn an_epoch_that_a_failover_reused_is_told_apart_by_its_claim() {
    let Some(scene) = scene().await else { return };
    let Scene { session, fence, .. } = scene;
    let claim = async |store: &dyn Store, node: &str| {
        let claimed = store.claim(session, fence.epoch, random(), owner(node));
        claimed
            .await
            .expect("answered")
            .expect("nobody else claims")
    };
    let lost = claim(&*scene.first.store, "n1").await;
    // The server that took over never heard of that claim.
    let Fence { epoch, claim: old } = fence;
    let undo = format!("UPDATE sessions SET epoch = {epoch}, claim = {old} WHERE id = '{session}'");
    scene.bystander.run(&undo).await;
    let kept = claim(&*scene.second, "n2").await;
    assert_eq!(lost.epoch, kept.epoch);
    let stale = append(session, lost, vec![answered(2, lost)]);
    assert_eq!(scene.first.append(stale).await, Outcome::Fenced);
    assert_eq!(scene.first.seqs(session).await, [1]);
    let rows = append(session, kept, vec![answered(2, kept)]);
    let stored = scene.second.append(rows).expect("there is room").await;
    assert_eq!(stored, Ok(Outcome::Stored));
    // The same words under the lost claim are another event.
    let stale = append(session, lost, vec![answered(2, lost)]);
    assert_eq!(scene.first.append(stale).await, Outcome::Fenced);
    assert!(
        !scene
            .first
            .store
            .release(session, lost)
            .await
            .expect("answered")
    );
}

#[tokio::test]
async fn an_ending_behind_an_uncommitted_claim_changes_nothing() {
    let Some(scene) = scene().await else { return };
    let Scene { session, fence, .. } = scene;
    scene.bystander.claim_without_commit(session.0, 77).await;
    let ending = scene.first.store.append(Append {
        status: Some(completed()),
        ..append(session, fence, vec![answered(2, fence)])
    });
    scene.bystander.sees_waiting(1, BATCH).await;
    scene.bystander.run("COMMIT").await;
    let outcome = ending.expect("there is room").await;
    assert_eq!(outcome, Ok(Outcome::Fenced));
    assert_eq!(scene.first.seqs(session).await, [1]);
    assert_eq!(scene.first.row(session).await.status, SessionStatus::Open);
    assert_eq!(scene.counted("jobs WHERE session").await, 0);
}

#[tokio::test]
async fn a_claim_behind_an_ending_in_flight_sees_the_session_ended() {
    let Some(scene) = scene().await else { return };
    let Scene { session, fence, .. } = scene;
    scene.bystander.occupy(session.0, 2).await;
    let ending = scene.first.store.append(Append {
        status: Some(completed()),
        ..append(session, fence, vec![answered(2, fence)])
    });
    scene.bystander.sees_waiting(1, BATCH).await;
    let claim = scene
        .second
        .claim_and_load(session, fence.epoch, random(), owner("n2"));
    let (claimed, ()) = tokio::join!(claim, async {
        scene
            .bystander
            .sees_waiting(1, "SET epoch = epoch + 1")
            .await;
        scene.bystander.run("ROLLBACK").await;
    });
    let (new, events) = claimed.expect("answered").expect("nobody else claims");
    assert_eq!(ending.expect("there is room").await, Ok(Outcome::Stored));
    assert_eq!(events.len(), 2);
    let row = scene.first.row(session).await;
    assert_eq!((row.status, row.fence), (SessionStatus::Completed, new));
    assert_eq!(scene.counted("jobs WHERE session").await, 1);
}

#[tokio::test]
async fn two_instances_that_fight_over_a_session_lose_and_double_nothing() {
    let Some(scene) = scene().await else { return };
    let session = scene.session;
    let one = fight(Arc::clone(&scene.first.store), session, "n1");
    let other = fight(Arc::clone(&scene.second), session, "n2");
    let (mut acknowledged, more) = tokio::join!(one, other);
    acknowledged.extend(more);
    acknowledged.sort_unstable();
    let stored = scene.first.store.load_events(session).await;
    let stored = stored.expect("loads");
    let seqs: Vec<u32> = stored.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=seqs.len() as u32).collect::<Vec<_>>());
    assert!(
        stored
            .windows(2)
            .all(|pair| pair[0].fence.epoch <= pair[1].fence.epoch)
    );
    let ids: Vec<(u32, String)> = stored
        .into_iter()
        .filter_map(|event| Some((event.seq, event.request_id?)))
        .collect();
    let twice = acknowledged.windows(2).any(|pair| pair[0] == pair[1]);
    assert!(!twice && acknowledged.iter().all(|ack| ids.contains(ack)));
}

/// How often each of two instances takes the session from the other.
const TAKEOVERS: usize = 40;
/// Answers an owner hands over at once, before it waits for any.
const AT_ONCE: u32 = 3;

/// Claims the session again and again and writes until it is fenced; what it was told was stored.
async fn fight(store: Arc<dyn Store>, session: SessionId, node: &str) -> Vec<(u32, String)> {
    let mut acknowledged = Vec::new();
    for takeover in 0..TAKEOVERS {
        let row = store.session(session).await.expect("read").expect("stored");
        let seen = row.fence.epoch;
        let claimed = store.claim_and_load(session, seen, random(), owner(node));
        let Some((fence, events)) = claimed.await.expect("answered") else {
            continue;
        };
        let last = events.last().expect("it has begun").seq;
        let waiting: Vec<_> = (last + 1..=last + AT_ONCE)
            .map(|seq| {
                let mut row = answered(seq, fence);
                let id = format!("{node}-{takeover}-{seq}");
                row.request_id = Some(id.clone());
                let outcome = store.append(append(session, fence, vec![row]));
                (seq, id, outcome.expect("there is room"))
            })
            .collect();
        for (seq, id, outcome) in waiting {
            match outcome.await.expect("answered") {
                Outcome::Stored => acknowledged.push((seq, id)),
                Outcome::Fenced => {}
                other => panic!("{other:?}"),
            }
        }
    }
    acknowledged
}
