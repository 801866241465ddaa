//! Which database is read: a learner's own history where it is written, what owners look at where the replica is.

use std::sync::Arc;

use learnr::store::postgres::PostgresOptions;
use learnr::store::{DaySpan, EndedSpan, SessionFilter, StoredAbility};

use super::Fresh;
use super::place::open;
use crate::store::contract::endings::completed;
use crate::store::contract::rollups::{activity, concept, rollup};
use crate::store::fixture::{CERTIFICATION, Fixture, NOW, Place};

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
    let session = completed(&fixture, NOW).await;
    let mut one = rollup(&fixture, session);
    one.activity = vec![activity(0, "tax", 3, 2)];
    one.activity[0].ability = Some(StoredAbility {
        theta: 0.5,
        standard_error: 0.4,
        at_ms: 7,
    });
    one.concepts = vec![concept("vat", 3, 2)];
    let (store, learner) = (&fixture.store, fixture.learner);
    assert_eq!(
        store
            .sessions_to_roll_up(None, 9)
            .await
            .expect("read")
            .len(),
        1
    );
    assert!(store.roll_up(one).await.expect("answered"));

    let days = DaySpan {
        first: 0,
        last: 0,
        offset_quarters: 0,
    };
    let whose = (learner, CERTIFICATION);
    let sessions = store.sessions_of_learner(learner, SessionFilter::default(), None, 9);
    let by_day = store.activity_by_day(whose.0, whose.1, days);
    let by_area = store.activity_by_area(whose.0, whose.1, days);
    let competency = store.competency_by_day(whose.0, whose.1, days);
    let hardest = store.hardest_concepts(whose.0, whose.1, 1, 9);
    let own = [
        sessions.await.expect("read").len(),
        by_day.await.expect("read").len(),
        by_area.await.expect("read").len(),
        competency.await.expect("read").len(),
        hardest.await.expect("read").len(),
    ];
    assert_eq!(own, [1; 5], "read where they are written");

    let ended = EndedSpan {
        from_ms: 0,
        to_ms: i64::MAX,
    };
    let late = [
        store
            .version_statistics(CERTIFICATION)
            .await
            .expect("read")
            .len(),
        store
            .item_statistics(CERTIFICATION, "v1", None, 9)
            .await
            .expect("read")
            .len(),
        store
            .learner_progress(CERTIFICATION, None, 9)
            .await
            .expect("read")
            .len(),
        store
            .exported_answers(CERTIFICATION, ended, None, 9)
            .await
            .expect("read")
            .len(),
    ];
    assert_eq!(late, [0; 4], "read from the replica, which is behind");
    // The same database without a replica has them all.
    let alone = primary.store().await;
    let fixture = Fixture::over(alone).await;
    let versions = fixture.store.version_statistics(CERTIFICATION).await;
    assert_eq!(versions.expect("read").len(), 1);
}
