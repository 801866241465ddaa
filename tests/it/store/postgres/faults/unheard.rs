//! Each write whose commit is never heard of: it is done once, and says what it would have said.

use std::sync::Arc;

use learnr::store::postgres::PostgresOptions;
use learnr::store::{Created, ExposureRow, LearnerStateRow, Outcome, Saved, Watermark};

use super::cluster;
use super::links::READY;
use crate::harness::postgres::{Cluster, at, left_out};
use crate::harness::proxy::{LostAnswer, Proxy};
use crate::store::contract::endings::completion;
use crate::store::fixture::{
    CERTIFICATION, Fixture, NOW, answered, append, certification, identity, new_session, owner,
    random,
};
use crate::store::postgres::place::open;
use crate::store::postgres::waiters::BATCH;

/// A store whose way to the server loses answers on request.
pub(super) struct Scene {
    pub(super) fixture: Fixture,
    proxy: Proxy,
    cluster: Cluster,
}

pub(super) async fn scene() -> Scene {
    let (cluster, url) = cluster().await;
    let proxy = Proxy::to(cluster.address());
    // Prepared, a statement's words are on the wire once, and it would be known by nothing.
    let url = format!("{}?prepare=never", at(&url, proxy.address()));
    let store = open(PostgresOptions::at(url)).await;
    Scene {
        fixture: Fixture::over(Arc::new(store)).await,
        proxy,
        cluster,
    }
}

impl Scene {
    /// Loses the answer to the next request with these words, and gives what the call says all the same.
    pub(super) async fn unheard<T>(&self, words: &str, call: impl Future<Output = T>) -> T {
        let lost = self.proxy.counts().answers_lost;
        self.proxy.lose_answers(LostAnswer {
            request: words.as_bytes().to_vec(),
            answer: READY.to_vec(),
            times: 1,
        });
        let said = call.await;
        assert_eq!(self.proxy.counts().answers_lost, lost + 1, "{words}");
        said
    }

    pub(super) fn count(&self, table: &str) -> String {
        self.cluster
            .sql("learnr", &format!("SELECT count(*) FROM {table}"))
    }
}

#[tokio::test]
async fn a_session_is_created_claimed_written_ended_and_released_once() {
    if left_out() {
        return;
    }
    let scene = scene().await;
    let store = &scene.fixture.store;
    let new = new_session(scene.fixture.learner, "practice");
    let created = scene.unheard("INSERT INTO sessions", store.create_session(new));
    let Created::New(row) = created.await.expect("answered") else {
        panic!("it found itself in its own way");
    };
    let claim = store.claim(row.id, row.fence.epoch, random(), owner("n1"));
    let claim = scene.unheard("SET epoch = epoch + 1", claim).await;
    let fence = claim.expect("answered").expect("nobody else claims");
    assert_eq!(fence.epoch, row.fence.epoch + 1);
    let taken = store.claim_and_load(row.id, fence.epoch, random(), owner("n1"));
    let taken = scene.unheard("SET epoch = epoch + 1", taken).await;
    let (fence, events) = taken.expect("answered").expect("nobody else claims");
    assert_eq!(events.len(), 1);
    let released = scene.unheard("SET owner_node = NULL", store.release(row.id, fence));
    assert!(released.await.expect("answered"));
    let ending = scene.fixture.append(completion(row.id, fence, NOW + 1));
    assert_eq!(scene.unheard(BATCH, ending).await, Outcome::Stored);
    assert_eq!(scene.fixture.seqs(row.id).await, [1, 2]);
    assert_eq!(
        (scene.count("sessions"), scene.count("jobs")),
        ("1".to_owned(), "1".to_owned())
    );
    // A change of status alone leaves no row to find it by.
    let paused = scene.fixture.claimed("paused").await;
    let mut alone = append(paused.0, paused.1, Vec::new());
    alone.status = completion(paused.0, paused.1, NOW + 1).status;
    let outcome = scene.unheard(BATCH, scene.fixture.append(alone)).await;
    assert_eq!(outcome, Outcome::Stored);
    let rows = append(row.id, fence, vec![answered(3, fence)]);
    assert_eq!(
        scene.unheard(BATCH, scene.fixture.append(rows)).await,
        Outcome::Stored
    );
}

#[tokio::test]
async fn what_is_kept_beside_sessions_is_written_once() {
    if left_out() {
        return;
    }
    let scene = scene().await;
    let store = &scene.fixture.store;
    let saved = scene.unheard("COMMIT", store.save_certification(certification("v2")));
    // Whether by this call or by an earlier one is not told apart; that it is there is.
    assert!(matches!(
        saved.await.expect("answered"),
        Saved::New | Saved::Unchanged
    ));
    assert_eq!(scene.count("items"), "6");
    let learner = scene.unheard(
        "INSERT INTO identities",
        store.learner_for(identity("new"), NOW),
    );
    let learner = learner.await.expect("answered");
    assert_eq!(
        store
            .learner_for(identity("new"), NOW)
            .await
            .expect("answered"),
        learner
    );
    let more = scene.unheard(
        "SET time_multiplier",
        store.set_time_multiplier(learner, 2.0),
    );
    assert!(more.await.expect("answered"));
    let exposure = ExposureRow {
        certification: CERTIFICATION.to_owned(),
        version: "v1".to_owned(),
        examinees: 7,
        body: b"counts".to_vec(),
    };
    let counts = scene.unheard("INSERT INTO exposures", store.save_exposure(exposure, None));
    assert!(counts.await.expect("answered"));
    let (session, fence) = scene.fixture.claimed("practice").await;
    let ending = scene
        .fixture
        .append(completion(session, fence, NOW + 1))
        .await;
    assert_eq!(ending, Outcome::Stored);
    let jobs = store.next_jobs(NOW + 10, 1, 1_000).await.expect("answered");
    let state = LearnerStateRow {
        learner: scene.fixture.learner,
        certification: CERTIFICATION.to_owned(),
        watermark: Watermark {
            ended_at: NOW + 1,
            session,
        },
        body: b"state".to_vec(),
    };
    let folded = store.save_learner_state(state.clone(), None, jobs[0].id);
    assert!(scene.unheard("COMMIT", folded).await.expect("answered"));
    let stored = store
        .learner_state(scene.fixture.learner, CERTIFICATION)
        .await;
    assert_eq!(stored.expect("answered"), Some(state));
}
