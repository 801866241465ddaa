//! Which database is read: a learner's own history where it is written, what owners look at where the replica is.

use std::sync::Arc;

use learnr::store::postgres::PostgresOptions;
use learnr::store::{DaySpan, EndedSpan, SessionFilter, StoredAbility};

use super::Fresh;
use super::place::open;
use crate::store::contract::endings::completion;
use crate::store::contract::rollups::{activity, concept, rollup};
use crate::store::fixture::{CERTIFICATION, Fixture, NOW, Place, answered};

/// Rows of each thing a learner sees of themselves.
async fn own(fixture: &Fixture) -> [usize; 5] {
    const DAYS: DaySpan = DaySpan {
        first: 0,
        last: 0,
        offset_quarters: 0,
    };
    let (store, learner) = (&fixture.store, fixture.learner);
    let sessions = store.sessions_of_learner(learner, SessionFilter::default(), None, 9);
    let by_day = store.activity_by_day(learner, CERTIFICATION, DAYS);
    let by_area = store.activity_by_area(learner, CERTIFICATION, DAYS);
    let competency = store.competency_by_day(learner, CERTIFICATION, DAYS);
    let hardest = store.hardest_concepts(learner, CERTIFICATION, 1, 9);
    [
        sessions.await.expect("read").len(),
        by_day.await.expect("read").len(),
        by_area.await.expect("read").len(),
        competency.await.expect("read").len(),
        hardest.await.expect("read").len(),
    ]
}

/// Rows of each thing an owner sees.
async fn late(fixture: &Fixture) -> [usize; 4] {
    const ENDED: EndedSpan = EndedSpan {
        from_ms: 0,
        to_ms: i64::MAX,
    };
    let store = &fixture.store;
    let versions = store.version_statistics(CERTIFICATION);
    let items = store.item_statistics(CERTIFICATION, "v1", None, 9);
    let learners = store.learner_progress(CERTIFICATION, None, 9);
    let answers = store.exported_answers(CERTIFICATION, ENDED, None, 9);
    [
        versions.await.expect("read").len(),
        items.await.expect("read").len(),
        learners.await.expect("read").len(),
        answers.await.expect("read").len(),
    ]
}

/// The other database is as a replica that has replayed nothing since the schema was made.
#[tokio::test]
async fn learners_read_their_writes_from_the_primary_and_owners_read_the_replica() {
    let (primary, replica) = (Fresh::new().await, Fresh::new().await);
    if primary.is_left_out() {
        return;
    }
    let mut options = PostgresOptions::at(primary.url());
    options.read_url = Some(replica.url().to_owned());
    let fixture = Fixture::over(Arc::new(open(options).await)).await;
    let (session, fence) = fixture.claimed("practice").await;
    let mut ending = completion(session, fence, NOW);
    ending.rows.insert(0, answered(2, fence));
    ending.rows[1].seq = 3;
    ending.rows[1].request_id = None;
    fixture.append(ending).await;
    let mut one = rollup(&fixture, session);
    one.activity = vec![activity(0, "tax", 3, 2)];
    one.activity[0].ability = Some(StoredAbility {
        theta: 0.5,
        standard_error: 0.4,
        at_ms: 7,
    });
    one.concepts = vec![concept("vat", 3, 2)];
    let waiting = fixture.store.sessions_to_roll_up(None, 9).await;
    assert_eq!(waiting.expect("read").len(), 1);
    assert!(fixture.store.roll_up(one).await.expect("answered"));

    assert_eq!(own(&fixture).await, [1; 5], "read where they are written");
    assert_eq!(late(&fixture).await, [0; 4], "the replica is behind");
    // The same database without a replica has them all.
    let alone = Fixture::over(primary.store().await).await;
    assert_eq!(late(&alone).await, [1; 4]);
}
