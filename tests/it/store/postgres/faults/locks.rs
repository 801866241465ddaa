//! Statements that the server ends: deadlocks, time-outs; and those that are given up.

use std::sync::Arc;
use std::time::Duration;

use learnr::store::postgres::PostgresOptions;
use learnr::store::{Fence, Outcome, SessionId};
use tokio::sync::oneshot;

use crate::harness::until;
use crate::store::fixture::{Fixture, Place, answered, append, owner, random};
use crate::store::postgres::place::{Fresh, open};
use crate::store::postgres::waiters::{BATCH, Bystander};

/// Longer than any test takes.
const NEVER: Duration = Duration::from_secs(60);

/// A store with one writer, and somebody who is in its way.
struct Scene {
    fixture: Fixture,
    bystander: Bystander,
    place: Fresh,
}

/// `None` where the run goes without PostgreSQL. `settings` hold for the store's connections, not for the bystander's.
async fn scene(settings: &[(&str, &str)], retry_limit: Duration) -> Option<Scene> {
    let place = Fresh::new().await;
    if place.is_left_out() {
        return None;
    }
    let bystander = Bystander::at(place.url()).await;
    for (name, value) in settings {
        let set = format!(
            "DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET {name} = ''{value}''', \
             current_database()); END $$"
        );
        bystander.run(&set).await;
    }
    let mut options = PostgresOptions::at(place.url());
    options.lanes = 1;
    options.retry_limit = retry_limit;
    let store = open(options).await;
    Some(Scene {
        fixture: Fixture::over(Arc::new(store)).await,
        bystander,
        place,
    })
}

impl Scene {
    /// Two claimed sessions, the one with the lower id first: the order in which a batch locks them.
    async fn two(&self) -> [(SessionId, Fence); 2] {
        let mut sessions = [
            self.fixture.claimed("a").await,
            self.fixture.claimed("b").await,
        ];
        sessions.sort_by_key(|(session, _)| *session);
        sessions
    }

    fn hand_over(
        &self,
        (session, fence): (SessionId, Fence),
        seq: u32,
    ) -> oneshot::Receiver<Outcome> {
        let row = vec![answered(seq, fence)];
        self.fixture.hand_over(session, fence, row)
    }

    /// What the database has counted of a kind.
    async fn statistics(&self, column: &str) -> i64 {
        let sql =
            format!("SELECT {column} FROM pg_stat_database WHERE datname = current_database()");
        self.bystander.number(&sql).await
    }
}

/// Holds a session's row until the transaction ends.
async fn hold(bystander: &Bystander, session: SessionId) {
    let sql = format!("SELECT FROM sessions WHERE id = '{session}' FOR UPDATE");
    bystander.run(&sql).await;
}

#[tokio::test]
async fn a_batch_that_lost_a_deadlock_is_tried_again() {
    let Some(scene) = scene(&[("deadlock_timeout", "2s")], NEVER).await else {
        return;
    };
    let [low, high] = scene.two().await;
    let rival = Bystander::at(scene.place.url()).await;
    // It is the store that looks for deadlocks, and so the store that finds itself in one.
    rival.run("SET deadlock_timeout = '60s'; BEGIN").await;
    hold(&rival, high.0).await;
    // What is handed over while the writer is busy becomes one batch.
    let third = scene.fixture.claimed("c").await;
    scene.bystander.run("BEGIN").await;
    hold(&scene.bystander, third.0).await;
    let busy = scene.hand_over(third, 2);
    scene.bystander.sees_waiting(1, BATCH).await;
    let waiting = [low, high].map(|session| scene.hand_over(session, 2));
    scene.bystander.run("COMMIT").await;
    assert_eq!(busy.await, Ok(Outcome::Stored));
    scene.bystander.sees_waiting(1, BATCH).await;
    hold(&rival, low.0).await;
    rival.run("COMMIT").await;
    for outcome in waiting {
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
    until("the deadlock is counted", async || {
        scene.statistics("deadlocks").await == 1
    })
    .await;
    for (session, _) in [low, high] {
        assert_eq!(scene.fixture.seqs(session).await, [1, 2]);
    }
}

#[tokio::test]
async fn a_batch_that_the_server_ends_for_its_time_is_tried_again() {
    for name in ["statement_timeout", "lock_timeout"] {
        let Some(scene) = scene(&[(name, "200ms")], NEVER).await else {
            return;
        };
        let session = scene.fixture.claimed("practice").await;
        scene.bystander.run("BEGIN").await;
        hold(&scene.bystander, session.0).await;
        let rows = [2, 3].map(|seq| scene.hand_over(session, seq));
        until(name, async || {
            scene.fixture.store.health().retrying_since.is_some()
        })
        .await;
        scene.bystander.run("COMMIT").await;
        for outcome in rows {
            assert_eq!(outcome.await, Ok(Outcome::Stored));
        }
        assert_eq!(scene.fixture.seqs(session.0).await, [1, 2, 3]);
    }
}

#[tokio::test]
async fn what_was_given_up_leaves_no_hole_and_the_session_goes_on_when_it_is_claimed() {
    let limit = Duration::from_secs(1);
    let Some(scene) = scene(&[("statement_timeout", "200ms")], limit).await else {
        return;
    };
    let (session, fence) = scene.fixture.claimed("practice").await;
    scene.bystander.run("BEGIN").await;
    hold(&scene.bystander, session).await;
    let given_up = scene.hand_over((session, fence), 2);
    assert_eq!(given_up.await, Ok(Outcome::Unavailable));
    scene.bystander.run("COMMIT").await;
    let behind = scene.hand_over((session, fence), 3);
    assert_eq!(behind.await, Ok(Outcome::Unavailable));
    let store = &scene.fixture.store;
    let again = store.claim_and_load(session, fence.epoch, random(), owner("n1"));
    let (fence, events) = again.await.expect("answered").expect("nobody else claims");
    assert_eq!(events.len(), 1);
    let rows = append(session, fence, vec![answered(2, fence), answered(3, fence)]);
    assert_eq!(scene.fixture.append(rows).await, Outcome::Stored);
    assert_eq!(scene.fixture.seqs(session).await, [1, 2, 3]);
}
